import CMatchingKernels

/// Finds the stored images that share features with a query, without looking at them one by one.
///
/// Every feature of the query looks into a few cells of the postings; near signatures there vote for their image, and an
/// image counts with the votes that agree on one turn and one scale.
package enum Voter {
  /// Limits, all of which only ever leave out votes.
  package struct Limits: Sendable {
    /// Bits of 40 by which a posting may differ.
    package var distance = 11
    /// Postings looked at in one cell; what is beyond is not seen. A cell that full says little anyway.
    package var cellPostings = 16_384
    /// A query feature that finds more postings than this is too common to count.
    package var featureVotes = 4_096
    /// Candidates returned, both orientations together.
    package var candidates = 60

    package init() {}
  }

  /// Finds candidates for both orientations of a query.
  ///
  /// - Parameter isLive: Whether an image of a table may be returned; `false` for deleted ones.
  /// - Returns: Most votes first; ties in the order of tables and images.
  package static func candidates(
    for query: QueryFeatures, in tables: [PostingView], limits: Limits = Limits(),
    isLive: (_ table: Int, _ image: Int) -> Bool = { _, _ in true }
  ) -> [Candidate] {
    let both =
      candidates(query.upright, mirrored: false, tables, limits, isLive)
      + candidates(query.mirrored, mirrored: true, tables, limits, isLive)
    return both.sorted {
      ($1.votes, $0.table, $0.image, $0.mirrored ? 1 : 0) < ($0.votes, $1.table, $1.image, $1.mirrored ? 1 : 0)
    }
    .prefix(limits.candidates).map { $0 }
  }

  private static func candidates(
    _ features: FeatureSet, mirrored: Bool, _ tables: [PostingView], _ limits: Limits,
    _ isLive: (Int, Int) -> Bool
  ) -> [Candidate] {
    var best: [Candidate] = []
    for (t, table) in tables.enumerated() where table.imageCount > 0 {
      var votes = VoteList()
      collect(features, table, limits, &votes)
      best += votes.best(limits.candidates, coarse: coarse(features)) { isLive(t, $0) }
        .map { Candidate(table: t, image: $0.image, mirrored: mirrored, votes: $0.votes) }
    }
    best.sort { ($1.votes, $0.table, $0.image) < ($0.votes, $1.table, $1.image) }
    return Array(best.prefix(limits.candidates))
  }

  static func coarse(_ features: FeatureSet) -> [UInt8] {
    (0..<features.count).map { PackedFrame.coarse(angle: features.angle[$0], sigma: features.sigma[$0]) }
  }

  private static func collect(_ features: FeatureSet, _ table: PostingView, _ limits: Limits, _ votes: inout VoteList) {
    let capacity = max(0, min(limits.cellPostings, 1 << 20))
    var positions = [UInt32](repeating: 0, count: capacity)
    var distances = [UInt8](repeating: 0, count: capacity)
    var cells = [Int](repeating: 0, count: Probes.masks.count)
    guard let words = table.words.baseAddress else { return }
    for f in 0..<min(features.count, VoteList.mostFeatures) {
      let signature = features.signatures[f]
      let first = f * FeatureSet.keyBits
      let probes = features.keyMargins.withUnsafeBufferPointer {
        Probes.cells(
          signature: signature, prefixBits: table.prefixBits,
          margins: UnsafeBufferPointer(rebasing: $0[first..<min($0.count, first + FeatureSet.keyBits)]), into: &cells)
      }
      let before = votes.count
      for cell in cells.prefix(probes) {
        let range = table.cell(cell)
        guard table.isSound(range) else { continue }
        let found = matching_scan_postings(
          words + range.lowerBound, min(range.count, capacity), signature & PostingTableBuilder.fragment,
          UInt32(max(0, min(40, limits.distance))), &positions, &distances, capacity)
        for i in 0..<min(found, capacity) {
          let at = range.lowerBound + Int(positions[i])
          let image = Int(words[at] >> 40)
          guard image < table.imageCount else { continue }
          votes.add(image: image, feature: f, distance: distances[i], coarse: table.frames[at])
        }
      }
      votes.closeFeature(from: before, most: limits.featureVotes)
    }
  }
}
