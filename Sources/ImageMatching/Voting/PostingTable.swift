/// The postings of a number of images, sorted by cell; the same layout in segment files and in memory.
package struct PostingTable: Sendable {
  package let prefixBits: Int
  package let imageCount: Int
  /// See ``PostingView`` for the three columns.
  package let starts: [UInt32]
  package let words: [UInt64]
  package let frames: [UInt8]

  /// Target number of postings per cell: few enough to scan quickly, enough to keep the directory (4 bytes per cell) small in
  /// comparison.
  private static let fill = 64

  /// Sorts the features of images into cells.
  ///
  /// - Parameter images: The number of each image in this table, and its features. Images whose number is not below
  ///   ``PostingView/mostImages``, and those beyond 2³² − 1 features, are left out.
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

  /// Number of bits that leads to about ``fill`` postings per cell.
  package static func prefixBits(postings: Int) -> Int {
    var bits = 6
    while bits < 22, postings >> bits > fill { bits += 1 }
    return bits
  }

  /// Calls `body` with a view of the columns.
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

/// Collects features and sorts them into a ``PostingTable``. Needs about 25 bytes per feature.
package struct PostingTableBuilder: Sendable {
  private var signatures: [UInt64] = []
  private var numbers: [UInt32] = []
  private var frames: [UInt8] = []
  private var imageCount = 0

  package init() {}

  /// Adds the features of an image.
  ///
  /// - Returns: `false`, without adding anything, when the number is not below ``PostingView/mostImages`` or the table would
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

  /// Mask of the signature bits that a posting contains.
  package static let fragment: UInt64 = (1 << 40) - 1
}

/// A view of postings in memory owned by the caller: an array, or a mapped file. Valid only as long as that memory.
///
/// Three columns. `words` and `frames` have one entry per stored feature, ordered by the first `prefixBits` bits of its
/// signature: a word is `image << 40 | low 40 bits of the signature`, a frame is ``PackedFrame/coarse``. `starts` has
/// `2^prefixBits + 1` entries: cell c is `starts[c]..<starts[c + 1]`.
package struct PostingView {
  /// Number of high bits of a signature that determine its cell, 1...24.
  package let prefixBits: Int
  /// Images are numbered 0..<imageCount; words with other numbers are ignored.
  package let imageCount: Int
  let starts: UnsafeBufferPointer<UInt32>
  let words: UnsafeBufferPointer<UInt64>
  let frames: UnsafeBufferPointer<UInt8>
  let isSound: (Range<Int>) -> Bool

  /// Maximum number of images in a table.
  package static let mostImages = 1 << 24

  /// Checks all of `starts`, and nothing of the other two columns.
  ///
  /// - Parameter isSound: Called before a range of postings is read, so that a file can be verified piece by piece; ranges for which it
  ///   returns `false` are skipped.
  /// - Returns: `nil` when the columns are inconsistent: by their lengths, or because `starts` decreases or does not end at the number of
  ///   words.
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
