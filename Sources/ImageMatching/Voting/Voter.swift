import CMatchingKernels

/// A candidate for the query.
package struct VotedImage: Sendable, Hashable {
  /// Index of its table in those given to the voter.
  package let table: Int
  /// Number of the image in that table.
  package let image: Int
  /// Whether the mirrored query found it.
  package let mirrored: Bool
  /// Weighted votes that agree on rotation and scale.
  package let votes: Float
}

/// Finds the stored images that share features with a query (candidates) by means of the postings.
///
/// Every feature of the query probes a few cells of the postings; similar signatures there vote for their image. An
/// image is ranked by the votes that agree on one rotation and scale.
package enum Voter {
  /// Limits, all of which only ever leave out votes.
  package struct Limits: Sendable {
    /// Maximum Hamming distance of a posting, of 40 bits.
    package var distance = 11
    /// Maximum number of postings read per cell; the others are ignored. Such a full cell is little evidence anyway.
    package var cellPostings = 16_384
    /// A query feature that finds more postings than this is too common to count.
    package var featureVotes = 4_096
    /// Maximum number of candidates, both orientations together.
    package var candidates = 60

    package init() {}
  }

  /// Finds candidates for both orientations of a query.
  ///
  /// - Parameters:
  ///   - mirrored: Whether the mirrored query votes as well.
  ///   - isLive: Whether an image of a table may be returned; `false` for deleted ones.
  /// - Returns: Most votes first; ties in the order of tables and images.
  package static func candidates(
    for query: QueryFeatures, in tables: [PostingView], limits: Limits = Limits(), mirrored: Bool = true,
    isLive: (_ table: Int, _ image: Int) -> Bool = { _, _ in true }
  ) -> [VotedImage] {
    best(
      candidates(for: query, mirrored: false, in: tables, limits, isLive)
        + (mirrored ? candidates(for: query, mirrored: true, in: tables, limits, isLive) : []), limits)
  }

  /// Finds candidates for one orientation of a query.
  static func candidates(
    for query: QueryFeatures, mirrored: Bool, in tables: [PostingView], _ limits: Limits, _ isLive: (Int, Int) -> Bool
  ) -> [VotedImage] {
    candidates(mirrored ? query.mirrored : query.upright, mirrored: mirrored, tables, limits, isLive)
  }

  /// The candidates of both orientations with most votes.
  static func best(_ both: [VotedImage], _ limits: Limits) -> [VotedImage] {
    both.sorted {
      ($1.votes, $0.table, $0.image, $0.mirrored ? 1 : 0) < ($0.votes, $1.table, $1.image, $1.mirrored ? 1 : 0)
    }
    .prefix(limits.candidates).map { $0 }
  }

  private static func candidates(
    _ features: FeatureSet, mirrored: Bool, _ tables: [PostingView], _ limits: Limits,
    _ isLive: (Int, Int) -> Bool
  ) -> [VotedImage] {
    var best: [VotedImage] = []
    for (t, table) in tables.enumerated() where table.imageCount > 0 {
      var votes = VoteList()
      collect(features, table, limits, &votes)
      best += votes.best(limits.candidates, coarse: coarse(features)) { isLive(t, $0) }
        .map { VotedImage(table: t, image: $0.image, mirrored: mirrored, votes: $0.votes) }
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
    guard let words = table.words.baseAddress else { return }
    let ranges = probes(features, table)
    let fragment = PostingTableBuilder.fragment
    let each = Probes.masks.count
    for f in 0..<min(features.count, VoteList.mostFeatures) {
      let before = votes.count
      for probe in f * each..<(f + 1) * each {
        // Cells are scattered over gigabytes: prefetch those read later.
        let ahead = probe + Self.ahead
        if ahead < ranges.count {
          let next = ranges[ahead]
          matching_prefetch(words + next.lowerBound, 8 * min(next.count, Self.mostAhead))
        }
        let range = ranges[probe]
        guard !range.isEmpty, table.isSound(range) else { continue }
        let found = matching_scan_postings(
          words + range.lowerBound, min(range.count, capacity), features.signatures[f] & fragment,
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

  /// Number of probes between prefetching a cell and reading it, and number of postings prefetched.
  private static let ahead = 12
  private static let mostAhead = 128

  /// The postings to read for each feature: one range per probe, empty if there is no such probe.
  private static func probes(_ features: FeatureSet, _ table: PostingView) -> [Range<Int>] {
    let each = Probes.masks.count
    var cells = [Int](repeating: 0, count: each)
    let count = min(features.count, VoteList.mostFeatures)
    var numbers = [Int](repeating: -1, count: count * each)
    features.keyMargins.withUnsafeBufferPointer { margins in
      for f in 0..<count {
        let first = min(margins.count, f * FeatureSet.keyBits)
        let own = UnsafeBufferPointer(rebasing: margins[first..<min(margins.count, first + FeatureSet.keyBits)])
        let found = Probes.cells(
          signature: features.signatures[f], prefixBits: table.prefixBits, margins: own, into: &cells)
        for k in 0..<found {
          numbers[f * each + k] = cells[k]
          matching_prefetch(table.starts.baseAddress.map { $0 + cells[k] }, 4)
        }
      }
    }
    return numbers.map { $0 < 0 ? 0..<0 : table.cell($0) }
  }
}

/// The cells to probe for one feature of a query: its own, and those reached by flipping one or two of the least
/// certain bits of its key.
enum Probes {
  /// Subsets of the least certain bits in the order they are flipped: bit k of a mask is the (k + 1)-least certain bit.
  static let masks: [UInt8] = [0, 0b1, 0b10, 0b100, 0b11, 0b1000, 0b101, 0b1_0000]

  /// - Parameters:
  ///   - prefixBits: High bits that name a cell.
  ///   - margins: Certainty of the high bits of the signature, highest first; at least `prefixBits` of them.
  ///   - cells: Receives one cell per mask.
  /// - Returns: Number of cells written.
  static func cells(
    signature: UInt64, prefixBits: Int, margins: UnsafeBufferPointer<Float>, into cells: inout [Int]
  ) -> Int {
    let own = Int(signature >> UInt64(64 - prefixBits))
    // The five least certain bits by insertion: cheaper than sorting all.
    var least = SIMD8<Int32>(repeating: -1)
    var cost = SIMD8<Float>(repeating: .infinity)
    let usable = min(prefixBits, margins.count)
    for bit in 0..<usable {
      let m = margins[bit]
      guard m < cost[4] else { continue }
      var at = 4
      while at > 0, cost[at - 1] > m {
        cost[at] = cost[at - 1]
        least[at] = least[at - 1]
        at -= 1
      }
      cost[at] = m
      least[at] = Int32(bit)
    }
    var count = 0
    for mask in masks {
      var cell = own
      var possible = true
      for k in 0..<5 where mask >> k & 1 == 1 {
        if least[k] < 0 { possible = false } else { cell ^= 1 << (prefixBits - 1 - Int(least[k])) }
      }
      guard possible, count < cells.count else { continue }
      cells[count] = cell
      count += 1
    }
    return count
  }
}
