/// Postings of a number of images, sorted by cell. What a segment file holds, and what is searched in memory.
package struct PostingTable: Sendable {
  package let prefixBits: Int
  package let imageCount: Int
  /// See ``PostingView`` for the three columns.
  package let starts: [UInt32]
  package let words: [UInt64]
  package let frames: [UInt8]

  /// Postings a cell should hold on average: few enough to scan quickly, enough that the directory stays small beside
  /// them (4 bytes a cell).
  private static let fill = 64

  /// Sorts the features of images into cells.
  ///
  /// - Parameter images: Number of an image in this table and its features. Numbers must be below
  ///   ``PostingView/mostImages``; others, and images beyond 2³² − 1 features, are left out.
  package init(_ images: some Sequence<(number: Int, features: ImageFeatures)>) {
    var builder = PostingTableBuilder()
    for (number, features) in images { builder.add(number: number, features) }
    self = builder.table()
  }

  init(prefixBits: Int, imageCount: Int, starts: [UInt32], words: [UInt64], frames: [UInt8]) {
    self.prefixBits = prefixBits
    self.imageCount = imageCount
    self.starts = starts
    self.words = words
    self.frames = frames
  }

  /// Bits that give about ``fill`` postings a cell.
  package static func prefixBits(postings: Int) -> Int {
    var bits = 6
    while bits < 22, postings >> bits > fill { bits += 1 }
    return bits
  }

  /// Lends the columns to the voter.
  package func withView<R>(_ body: (PostingView) throws -> R) rethrows -> R? {
    try starts.withUnsafeBufferPointer { starts in
      try words.withUnsafeBufferPointer { words in
        try frames.withUnsafeBufferPointer { frames in
          try PostingView(
            prefixBits: prefixBits, imageCount: imageCount, starts: starts, words: words, frames: frames
          ).map(body)
        }
      }
    }
  }
}

/// Collects features and sorts them into a ``PostingTable``. Needs about 25 bytes a feature.
package struct PostingTableBuilder: Sendable {
  private var signatures: [UInt64] = []
  private var numbers: [UInt32] = []
  private var frames: [UInt8] = []
  private var imageCount = 0

  package init() {}

  /// Adds the features of an image.
  ///
  /// - Returns: `false`, and nothing is added, when the number is not below ``PostingView/mostImages`` or the table would
  ///   have more than 2³² − 1 postings.
  @discardableResult
  package mutating func add(number: Int, _ features: ImageFeatures) -> Bool {
    guard number >= 0, number < PostingView.mostImages,
      signatures.count + features.signatures.count <= Int(UInt32.max)
    else { return false }
    signatures += features.signatures
    frames += features.frames.lazy.map(\.coarse)
    numbers += repeatElement(UInt32(number), count: features.signatures.count)
    imageCount = max(imageCount, number + 1)
    return true
  }

  /// The sorted table; equal cells keep the order in which images were added.
  package func table() -> PostingTable {
    let bits = PostingTable.prefixBits(postings: signatures.count)
    let shift = UInt64(64 - bits)
    var starts = [UInt32](repeating: 0, count: (1 << bits) + 1)
    for s in signatures { starts[Int(s >> shift) + 1] += 1 }
    for c in 1..<starts.count { starts[c] += starts[c - 1] }
    var next = starts
    var words = [UInt64](repeating: 0, count: signatures.count)
    var sorted = [UInt8](repeating: 0, count: signatures.count)
    for (i, s) in signatures.enumerated() {
      let cell = Int(s >> shift)
      let at = Int(next[cell])
      next[cell] += 1
      words[at] = UInt64(numbers[i]) << 40 | s & PostingTableBuilder.fragment
      sorted[at] = frames[i]
    }
    return PostingTable(
      prefixBits: bits, imageCount: imageCount, starts: starts, words: words, frames: sorted)
  }

  /// The bits of a signature that a posting keeps.
  package static let fragment: UInt64 = (1 << 40) - 1
}

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
