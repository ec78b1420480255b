@testable import ImageSearch

/// Not random: the same bytes always, so that jitter is a known part of the wait.
struct FixedRandom: RandomSource {
  /// Every byte; 0 is no jitter, 128 about half of it.
  var byte: UInt8 = 0

  func bytes(_ count: Int) -> [UInt8] { Array(repeating: byte, count: count) }
}
