/// Postings in memory that someone else owns: an array, or a mapped file. Valid only as long as that memory.
///
/// Three columns. `words` and `frames` have one entry a stored feature, ordered by the first `prefixBits` bits of its
/// signature: a word is `image << 40 | low 40 bits of the signature`, a frame is ``PackedFrame/coarse``. `starts` has
/// `2^prefixBits + 1` entries: cell c is `starts[c]..<starts[c + 1]`.
package struct PostingView {
  /// High bits of a signature that name a cell, 1...24.
  package let prefixBits: Int
  /// Images are numbered 0..<imageCount; words that name others are ignored.
  package let imageCount: Int
  let starts: UnsafeBufferPointer<UInt32>
  let words: UnsafeBufferPointer<UInt64>
  let frames: UnsafeBufferPointer<UInt8>
  let isSound: (Range<Int>) -> Bool

  /// Images one table can number.
  package static let mostImages = 1 << 24

  /// - Parameter isSound: Asked before postings are read, so that a file can be checked piece by piece; those of `false`
  ///   are left out.
  /// - Returns: `nil` when the columns do not fit together: their lengths, or `starts` falling or not ending at the number
  ///   of words. Reads all of `starts`, nothing of the other two.
  package init?(
    prefixBits: Int, imageCount: Int, starts: UnsafeBufferPointer<UInt32>, words: UnsafeBufferPointer<UInt64>,
    frames: UnsafeBufferPointer<UInt8>, isSound: @escaping (Range<Int>) -> Bool = { _ in true }
  ) {
    guard (1...FeatureSet.keyBits).contains(prefixBits), (0...Self.mostImages).contains(imageCount),
      starts.count == (1 << prefixBits) + 1, words.count == frames.count, let first = starts.first, first == 0,
      let last = starts.last, Int(last) == words.count
    else { return nil }
    var before: UInt32 = 0
    var rises = true
    for start in starts {
      rises = rises && start >= before
      before = start
    }
    guard rises else { return nil }
    self.prefixBits = prefixBits
    self.imageCount = imageCount
    self.starts = starts
    self.words = words
    self.frames = frames
    self.isSound = isSound
  }

  /// The postings of one cell.
  func cell(_ c: Int) -> Range<Int> { Int(starts[c])..<Int(starts[c + 1]) }
}
