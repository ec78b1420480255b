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
