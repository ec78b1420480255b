/// Which cells are looked at for one feature of a query: its own, and those that one or two of the least certain bits of
/// its key away.
enum Probes {
  /// Subsets of the least certain bits in the order they are flipped: bit k of a mask is the (k + 1)-least certain bit.
  static let masks: [UInt8] = [0, 0b1, 0b10, 0b100, 0b11, 0b1000, 0b101, 0b1_0000]

  /// - Parameters:
  ///   - prefixBits: High bits that name a cell.
  ///   - margins: Certainty of the high bits of the signature, highest first; at least `prefixBits` of them.
  ///   - cells: Receives one cell a mask.
  /// - Returns: Number of cells written.
  static func cells(
    signature: UInt64, prefixBits: Int, margins: UnsafeBufferPointer<Float>, into cells: inout [Int]
  ) -> Int {
    let own = Int(signature >> UInt64(64 - prefixBits))
    // The five least certain bits by insertion: cheaper than sorting all.
    var least = SIMD8<Int32>(repeating: -1)
    var cost = SIMD8<Float>(repeating: .infinity)
    let usable = min(prefixBits, margins.count)
    for bit in 0..<usable {
      let m = margins[bit]
      guard m < cost[4] else { continue }
      var at = 4
      while at > 0, cost[at - 1] > m {
        cost[at] = cost[at - 1]
        least[at] = least[at - 1]
        at -= 1
      }
      cost[at] = m
      least[at] = Int32(bit)
    }
    var count = 0
    for mask in masks {
      var cell = own
      var possible = true
      for k in 0..<5 where mask >> k & 1 == 1 {
        if least[k] < 0 { possible = false } else { cell ^= 1 << (prefixBits - 1 - Int(least[k])) }
      }
      guard possible, count < cells.count else { continue }
      cells[count] = cell
      count += 1
    }
    return count
  }
}
