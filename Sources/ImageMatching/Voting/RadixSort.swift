/// Sorts words by some of their bits, keeping the order of equal ones.
enum RadixSort {
  /// - Parameters:
  ///   - low: First bit that counts.
  ///   - high: One past the last bit that counts, at most 64.
  static func sorted(_ words: [UInt64], from low: Int, to high: Int) -> [UInt64] {
    guard words.count > 1 else { return words }
    var from = words
    var to = words
    var shift = low
    while shift < high {
      let bits = min(11, high - shift)
      let mask = UInt64(1 << bits) - 1
      var places = [Int](repeating: 0, count: 1 << bits)
      for w in from { places[Int(w >> UInt64(shift) & mask)] += 1 }
      var sum = 0
      for i in places.indices { (places[i], sum) = (sum, sum + places[i]) }
      for w in from {
        let digit = Int(w >> UInt64(shift) & mask)
        to[places[digit]] = w
        places[digit] += 1
      }
      swap(&from, &to)
      shift += bits
    }
    return from
  }
}
