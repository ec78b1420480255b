import CMatchingKernels

/// Finds the stored images that share features with a *stored* image or its mirror image: joins the postings of an index with themselves.
///
/// A query has margins for the bits of its keys, which determine the cells to probe. A stored feature has none, so every
/// cell is probed whose key differs in at most one bit.
package enum PostingJoin {
  /// Limits, all of which only ever leave out votes.
  package struct Limits: Sendable {
    /// Maximum Hamming distance of a posting, of 40 bits.
    package var distance = 9
    /// Maximum number of postings in a cell; a larger cell is skipped, since it is little evidence.
    package var cellPostings = 4096
    /// A feature that finds more postings than this is too common to count.
    package var featureVotes = 1024
    /// Maximum number of candidates per image and table.
    package var candidates = 40
    /// Minimum votes that agree on one rotation and scale.
    package var leastVotes: Float = 2.5

    package init() {}
  }

  /// Memory reused from image to image; not to be shared between threads.
  package struct Scratch {
    fileprivate var positions: [UInt32] = []
    fileprivate var distances: [UInt8] = []

    package init() {}
  }

  /// - Parameters:
  ///   - features: Those of the stored image.
  ///   - isWanted: Whether an image of the table may be returned; `false` for deleted ones and for the image itself.
  /// - Returns: The numbers of the images.
  package static func neighbours(
    of features: ImageFeatures, in table: PostingView, limits: Limits = Limits(), scratch: inout Scratch,
    isWanted: (_ image: Int) -> Bool
  ) -> Set<Int> {
    guard table.imageCount > 0, let words = table.words.baseAddress else { return [] }
    let capacity = max(0, min(limits.cellPostings, 1 << 20))
    if scratch.positions.count < capacity {
      scratch.positions = [UInt32](repeating: 0, count: capacity)
      scratch.distances = [UInt8](repeating: 0, count: capacity)
    }
    let mirrored = features.set.mirrored
    let coarse = zip(mirrored.angle, mirrored.sigma).map { PackedFrame.coarse(angle: $0, sigma: $1) }
    var near: Set<Int> = []
    // Mirrored features are looked up in their own cells only, a twentieth of the work: mirrored copies are seldom small parts.
    for (signatures, coarse, bits) in [
      (features.signatures, features.frames.map(\.coarse), table.prefixBits), (mirrored.signatures, coarse, 0),
    ] {
      let votes = votes(of: signatures, in: table, words, flipped: bits, limits, capacity, &scratch)
      for found in votes.best(limits.candidates, coarse: coarse, isLive: isWanted)
      where found.votes >= limits.leastVotes {
        near.insert(found.image)
      }
    }
    return near
  }

  /// - Parameter flipped: Number of key bits, from the lowest, that are flipped one at a time to find the neighbouring cells.
  private static func votes(
    of signatures: [UInt64], in table: PostingView, _ words: UnsafePointer<UInt64>, flipped: Int, _ limits: Limits,
    _ capacity: Int, _ scratch: inout Scratch
  ) -> VoteList {
    var votes = VoteList()
    let shift = UInt64(64 - table.prefixBits)
    for (f, signature) in signatures.prefix(VoteList.mostFeatures).enumerated() {
      let own = Int(signature >> shift)
      let before = votes.count
      for bit in -1..<flipped {
        let range = table.cell(bit < 0 ? own : own ^ 1 << bit)
        guard !range.isEmpty, range.count <= capacity, table.isSound(range) else { continue }
        let found = matching_scan_postings(
          words + range.lowerBound, range.count, signature & PostingTableBuilder.fragment,
          UInt32(max(0, min(40, limits.distance))), &scratch.positions, &scratch.distances, capacity)
        for i in 0..<min(found, capacity) {
          let at = range.lowerBound + Int(scratch.positions[i])
          let image = Int(words[at] >> 40)
          guard image < table.imageCount else { continue }
          votes.add(image: image, feature: f, distance: scratch.distances[i], coarse: table.frames[at])
        }
      }
      votes.closeFeature(from: before, most: limits.featureVotes)
    }
    return votes
  }
}
