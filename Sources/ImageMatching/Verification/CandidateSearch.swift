/// The whole search over tables that someone else keeps: candidates first, then a look at each.
package enum CandidateSearch {
  /// What is searched: one segment, or what is in memory.
  package struct Table {
    /// The local features.
    package let postings: PostingView
    /// The global codes, four words an image, in the order of the images' numbers.
    package let codes: UnsafeBufferPointer<UInt64>
    /// The same sorted, where there are too many to be scanned one by one.
    package let bands: CodeBands?

    package init(postings: PostingView, codes: UnsafeBufferPointer<UInt64>, bands: CodeBands? = nil) {
      self.postings = postings
      self.codes = codes
      self.bands = bands
    }

    /// The codes near some others, see ``GlobalCodeScan/nearest(in:to:within:limit:)``.
    package func nearest(to queries: [GlobalCode], within distance: Int, limit: Int) -> [GlobalCodeScan.Hit] {
      bands?.nearest(in: codes, to: queries, within: distance, limit: limit)
        ?? GlobalCodeScan.nearest(in: codes, to: queries, within: distance, limit: limit)
    }
  }

  /// A stored image to look at, and why.
  package struct Candidate: Sendable {
    package let table: Int
    package let image: Int
    package internal(set) var hints: Matcher.Hints
  }

  /// A stored image that shows the query.
  package struct Hit: Sendable {
    package let table: Int
    package let image: Int
    package let match: ImageMatch
  }

  /// Candidates by votes for which everything is tried.
  private static let leaders = 10
  /// Candidates by global code that are looked at.
  private static let mostByCode = 40

  /// Finds the images that are worth a look: those with most votes, and those with a near global code.
  ///
  /// - Parameters:
  ///   - mirrored: Whether mirrored copies are looked for.
  ///   - isLive: Whether an image of a table may be returned; `false` for deleted ones.
  /// - Returns: Most votes first, then those by code alone, nearest first.
  package static func candidates(
    for query: QueryFeatures, in tables: [Table], limits: Voter.Limits = Voter.Limits(), mirrored: Bool = true,
    isLive: (_ table: Int, _ image: Int) -> Bool = { _, _ in true }
  ) -> [Candidate] {
    var candidates: [Candidate] = []
    var places: [Int: Int] = [:]
    func propose(_ table: Int, _ image: Int, _ change: (inout Matcher.Hints) -> Void) {
      let key = table << 32 | image
      let place = places[key] ?? candidates.count
      if place == candidates.count {
        candidates.append(Candidate(table: table, image: image, hints: Matcher.Hints()))
        places[key] = place
      }
      change(&candidates[place].hints)
    }
    let voted = Voter.candidates(
      for: query, in: tables.map(\.postings), limits: limits, mirrored: mirrored, isLive: isLive)
    for (rank, c) in voted.enumerated() {
      propose(c.table, c.image) {
        if c.mirrored { $0.mirrored = true } else { $0.upright = true }
        if rank < leaders { $0.leads = true }
      }
    }
    let orientations = Dihedral.all.filter {
      (mirrored || !$0.isMirrored) && query.codes.indices.contains(Int($0.rawValue))
    }
    let codes = orientations.map { query.codes[Int($0.rawValue)] }
    for (t, table) in tables.enumerated() {
      let near = table.nearest(to: codes, within: Matcher.codeDistance, limit: mostByCode)
      for hit in near where isLive(t, hit.index) {
        propose(t, hit.index) { $0.code = (hit.distance, orientations[hit.query]) }
      }
    }
    return candidates
  }

  /// Looks at candidates one by one.
  ///
  /// - Parameters:
  ///   - indexSize: Number of images in all tables.
  ///   - leastConfidence: What is below is left out; ``ImageMatch/accepted`` is the calibrated limit.
  ///   - load: The stored features of an image, `nil` when it is gone.
  ///   - check: Called before every candidate; throws to stop (deadline, cancellation).
  /// - Returns: In the order of ``ImageMatch/order``, ties by table and number.
  /// - Throws: What `load` and `check` throw.
  package static func verify(
    _ candidates: [Candidate], of query: QueryFeatures, indexSize: Int,
    leastConfidence: Double = ImageMatch.accepted,
    load: (_ table: Int, _ image: Int) throws -> ImageFeatures?, check: () throws -> Void = {}
  ) rethrows -> [Hit] {
    let matcher = Matcher(query, indexSize: indexSize)
    var jury = Jury(indexSize: indexSize)
    var places: [(table: Int, image: Int)] = []
    for candidate in candidates {
      try check()
      guard let stored = try load(candidate.table, candidate.image), let look = matcher.look(stored, candidate.hints)
      else { continue }
      jury.add(look, of: stored)
      places.append((candidate.table, candidate.image))
    }
    let hits = try jury.verdicts(check).enumerated().compactMap { i, match in
      match.confidence >= leastConfidence ? Hit(table: places[i].table, image: places[i].image, match: match) : nil
    }
    return hits.map { ($0, $0.match.order) }
      .sorted { a, b in a.1 != b.1 ? a.1 > b.1 : (a.0.table, a.0.image) < (b.0.table, b.0.image) }
      .map(\.0)
  }
}
