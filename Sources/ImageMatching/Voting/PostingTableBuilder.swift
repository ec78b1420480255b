/// Collects features and sorts them into a ``PostingTable``. Needs about 25 bytes a feature.
package struct PostingTableBuilder: Sendable {
  private var signatures: [UInt64] = []
  private var numbers: [UInt32] = []
  private var frames: [UInt8] = []
  private var imageCount = 0

  package init() {}

  /// Features collected so far.
  package var postingCount: Int { signatures.count }

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
