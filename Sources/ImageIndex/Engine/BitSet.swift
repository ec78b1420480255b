/// A set of small numbers, a bit each.
struct BitSet: Sendable {
  private var words: [UInt64]
  /// How many there are.
  private(set) var count = 0

  init(count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

  /// Makes room for the numbers below `count`.
  mutating func grow(to count: Int) {
    let needed = (count + 63) / 64
    if needed > words.count { words += [UInt64](repeating: 0, count: needed - words.count) }
  }

  /// Numbers beyond the room are left out.
  mutating func insert(_ number: Int) {
    guard number >= 0, number >> 6 < words.count else { return }
    if !contains(number) { count += 1 }
    words[number >> 6] |= 1 << UInt64(number & 63)
  }

  func contains(_ number: Int) -> Bool {
    number >= 0 && number >> 6 < words.count && words[number >> 6] >> UInt64(number & 63) & 1 == 1
  }
}
