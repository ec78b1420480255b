import Rasters

@testable import ImageMatching

/// Global codes at scale: a linear scan compared with sorted bands, on random codes with copies of the queries among them.
enum CodeTrial {
  /// - Parameters:
  ///   - count: Codes in the table.
  ///   - milliseconds: A clock.
  /// - Returns: The measurements as a line.
  static func measure(_ count: Int, milliseconds: () -> Double) -> String {
    var state: UInt64 = 0x1234_5678
    func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
    var table = (0..<4 * count).map { _ in next() }
    let queries = (0..<20).map { _ in
      (0..<8).map { _ in GlobalCode(words: SIMD4(next(), next(), next(), next())) }
    }
    // A copy of each query in which a sixteenth, an eighth … of the bits are flipped.
    let rates = [1, 2, 3, 4]
    for (q, codes) in queries.enumerated() {
      for (r, rate) in rates.enumerated() {
        let at = count / 100 * (4 * q + r + 1) % count
        for k in 0..<4 {
          // Four random words combined by AND have a sixteenth of their bits set.
          let bits = (0..<rate).reduce(UInt64(0)) { all, _ in all | next() & next() & next() & next() }
          table[4 * at + k] = codes[q % 8].words[k] ^ bits
        }
      }
    }
    return table.withUnsafeBufferPointer { table in
      let start = milliseconds()
      let bands = CodeBands(table)
      let built = milliseconds() - start
      var (scanned, sorted) = (0.0, 0.0)
      var (all, found) = (0, 0)
      for codes in queries {
        let begun = milliseconds()
        let near = GlobalCodeScan.nearest(in: table, to: codes, within: 64, limit: 200)
        let between = milliseconds()
        let quick = bands.nearest(in: table, to: codes, within: 64, limit: 200)
        sorted += milliseconds() - between
        scanned += between - begun
        all += near.count
        found += Set(near).intersection(quick).count
      }
      let n = Double(queries.count)
      return
        "\(count) codes, eight orientations: scanned in \(scanned / n) CPU ms, by bands \(sorted / n) (sorting them \(built)); "
        + "\(found) of \(all) within 64 bits found by bands"
    }
  }

  /// Whether bands find what a scan finds among the codes of real images and altered copies of them.
  static func compare(_ indexed: [GrayImage], _ queries: [GrayImage]) -> String {
    let codes = indexed.compactMap { try? ImageFeatures(of: $0) }.flatMap { f in (0..<4).map { f.globalCode.words[$0] }
    }
    var byDistance = [(all: Int, found: Int)](repeating: (0, 0), count: 9)
    codes.withUnsafeBufferPointer { table in
      let bands = CodeBands(table)
      for image in queries {
        guard let query = try? QueryFeatures(of: image) else { continue }
        let quick = Set(bands.nearest(in: table, to: query.codes, within: 80, limit: 40).map(\.index))
        for hit in GlobalCodeScan.nearest(in: table, to: query.codes, within: 80, limit: 40).prefix(1) {
          byDistance[hit.distance / 10].all += 1
          byDistance[hit.distance / 10].found += quick.contains(hit.index) ? 1 : 0
        }
      }
    }
    return byDistance.enumerated().map { "from \(10 * $0.offset) bits \($0.element.found) of \($0.element.all)" }
      .joined(separator: ", ")
  }
}
