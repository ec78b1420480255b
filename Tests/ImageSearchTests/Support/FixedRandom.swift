@testable import ImageSearch

/// Not random: always the same bytes, so that the jitter of a wait is known.
struct FixedRandom: RandomSource {
  /// The value of every byte; 0 is no jitter, 128 about half of it.
  var byte: UInt8 = 0

  func bytes(_ count: Int) -> [UInt8] { Array(repeating: byte, count: count) }
}
