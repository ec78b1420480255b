/// The whole search over tables owned by the caller: finding candidates, then verifying each.
package enum CandidateSearch {
  /// A searched table: one segment, or a table in memory.
  package struct Table {
    /// The local features.
    package let postings: PostingView
    /// The global codes, four words per image, in the order of the images' numbers.
    package let codes: UnsafeBufferPointer<UInt64>
    /// The same codes sorted, where there are too many for a linear scan.
    package let bands: CodeBands?

    package init(postings: PostingView, codes: UnsafeBufferPointer<UInt64>, bands: CodeBands? = nil) {
      self.postings = postings
      self.codes = codes
      self.bands = bands
    }

    /// The codes near any of `queries`, see ``GlobalCodeScan/nearest(in:to:within:limit:)``.
    package func nearest(to queries: [GlobalCode], within distance: Int, limit: Int) -> [GlobalCodeScan.Hit] {
      bands?.nearest(in: codes, to: queries, within: distance, limit: limit)
        ?? GlobalCodeScan.nearest(in: codes, to: queries, within: distance, limit: limit)
    }
  }

  /// A stored image to verify, and why.
  package struct Candidate: Sendable {
    package let table: Int
    package let image: Int
    package internal(set) var hints: Matcher.Hints
  }

  /// A stored image that matches the query.
  package struct Hit: Sendable {
    package let table: Int
    package let image: Int
    package let match: ImageMatch
  }

  /// Number of candidates with most votes for which more hypotheses are tried.
  private static let leaders = 10
  /// Maximum number of candidates by global code.
  private static let mostByCode = 40
  /// Maximum numbers of candidates by votes and by code in a second pass. Lower, because there are several second passes and the
  /// image is almost always among the first five.
  private static let mostAgain = 10
  private static let mostByCodeAgain = 5
  /// Number of candidates by votes for a comparison of outlines, and maximum distance of their codes. More, because an outline is compared in a
  /// twentieth of the time, and such an image has few votes.
  private static let mostByOutline = 100
  private static let outlineDistance = 100

  /// Finds the candidates: the images with most votes, and those with a near global code.
  ///
  /// - Parameters:
  ///   - mirrored: Whether to search for mirrored copies.
  ///   - parallel: Runs the votes of both orientations and the search for codes. `isLive` and the tables' `isSound` are called there.
  ///   - isLive: Whether an image of a table may be returned; `false` for deleted ones.
  /// - Returns: Most votes first, then those by code alone, nearest first.
  package static func candidates(
    for query: QueryFeatures, in tables: [Table], limits: Voter.Limits = Voter.Limits(), mirrored: Bool = true,
    parallel: Parallel = .none, isLive: @escaping (_ table: Int, _ image: Int) -> Bool = { _, _ in true }
  ) -> [Candidate] {
    var candidates: [Candidate] = []
    var places: [Int: Int] = [:]
    func propose(_ table: Int, _ image: Int, _ change: (inout Matcher.Hints) -> Void) {
      let key = table << 32 | image
      let place = places[key] ?? candidates.count
      if place == candidates.count {
        var hints = Matcher.Hints()
        hints.mayBeMirrored = mirrored
        candidates.append(Candidate(table: table, image: image, hints: hints))
        places[key] = place
      }
      change(&candidates[place].hints)
    }
    var limits = limits
    if query.outlineUse == .only {
      limits.candidates = max(Self.mostByOutline, limits.candidates)
    } else if query.isSecondLook {
      limits.candidates = min(Self.mostAgain, limits.candidates)
    }
    let mostByCode = query.isSecondLook && query.outlineUse != .only ? Self.mostByCodeAgain : Self.mostByCode
    let codeDistance = query.outlineUse == .only ? Self.outlineDistance : Matcher.codeDistance
    let orientations = Dihedral.all.filter {
      (mirrored || !$0.isMirrored) && query.codes.indices.contains(Int($0.rawValue))
    }
    let codes = orientations.map { query.codes[Int($0.rawValue)] }
    let wanted = limits
    enum Found {
      case votes([VotedImage])
      case codes([[GlobalCodeScan.Hit]])
    }
    // The longest first.
    let found = parallel.map(mirrored ? 3 : 2) { part -> Found in
      switch part {
      case 0: .votes(Voter.candidates(for: query, mirrored: false, in: tables.map(\.postings), wanted, isLive))
      case 1 where mirrored:
        .votes(Voter.candidates(for: query, mirrored: true, in: tables.map(\.postings), wanted, isLive))
      default: .codes(tables.map { $0.nearest(to: codes, within: codeDistance, limit: mostByCode) })
      }
    }
    var votes: [VotedImage] = []
    var near: [[GlobalCodeScan.Hit]] = []
    for part in found {
      switch part {
      case .votes(let more): votes += more
      case .codes(let hits): near = hits
      }
    }
    let voted = Voter.best(votes, wanted)
    for (rank, c) in voted.enumerated() {
      propose(c.table, c.image) {
        if c.mirrored { $0.mirrored = true } else { $0.upright = true }
        if rank < leaders { $0.leads = true }
      }
    }
    for (t, near) in near.enumerated() {
      for hit in near where isLive(t, hit.index) {
        propose(t, hit.index) { $0.code = (hit.distance, orientations[hit.query]) }
      }
    }
    // Even an image without a vote costs next to nothing in an index of so few.
    let counts = tables.map { $0.codes.count / 4 }
    if query.outlineUse == .only, counts.reduce(0, +) <= 2 * Self.mostByOutline {
      for (t, count) in counts.enumerated() {
        for image in 0..<count where isLive(t, image) { propose(t, image) { _ in } }
      }
    }
    return candidates
  }

  /// Number of candidates loaded and verified at a time.
  private static let batch = 64

  private struct Looked { let look: Look? }

  /// A stored image that was verified.
  package struct Found: Sendable {
    package let table: Int
    package let image: Int
    package internal(set) var finding: Finding
  }

  /// Verifies candidates.
  ///
  /// - Parameters:
  ///   - indexSize: Number of images in all tables.
  ///   - parallel: Runs the verification.
  ///   - load: Returns the stored features of an image, `nil` when it was removed.
  ///   - check: Called before each candidate is loaded, and once at the end; throws to stop (deadline, cancellation).
  /// - Returns: Those with any evidence, in the order of the candidates.
  /// - Throws: The errors of `load` and `check`.
  package static func look(
    at candidates: [Candidate], of query: QueryFeatures, indexSize: Int, parallel: Parallel = .none,
    load: (_ table: Int, _ image: Int) throws -> ImageFeatures?, check: () throws -> Void = {}
  ) rethrows -> [Found] {
    let matcher = Matcher(query, indexSize: indexSize)
    var found: [Found] = []
    var start = 0
    while start < candidates.count {
      var loaded: [(candidate: Candidate, features: ImageFeatures)] = []
      for candidate in candidates[start..<min(candidates.count, start + batch)] {
        try check()
        if let stored = try load(candidate.table, candidate.image) { loaded.append((candidate, stored)) }
      }
      start += batch
      let looks = parallel.map(loaded.count) { [loaded] in
        Looked(look: matcher.look(loaded[$0].features, loaded[$0].candidate.hints))
      }
      for (looked, (candidate, features)) in zip(looks, loaded) {
        guard let look = looked.look else { continue }
        found.append(Found(table: candidate.table, image: candidate.image, finding: Finding(look, features)))
      }
    }
    try check()
    return found
  }

  /// Judges all verified images together.
  ///
  /// - Parameters:
  ///   - leastConfidence: Minimum confidence of a hit; ``ImageMatch/accepted`` is the calibrated threshold.
  ///   - differs: Whether a stored image differs from the query in its detail, see ``Jury/verdicts(_:differs:)``.
  ///   - check: Called now and then; throws to stop.
  /// - Returns: The hits in the order of ``ImageMatch/order``, ties by table and number.
  /// - Throws: The errors of `differs` and `check`.
  package static func hits(
    among found: [Found], indexSize: Int, leastConfidence: Double = ImageMatch.accepted,
    differs: (Found) throws -> Bool? = { _ in nil }, check: () throws -> Void = {}
  ) rethrows -> [Hit] {
    let matches = try Jury(found.map(\.finding), indexSize: indexSize).verdicts(check) { try differs(found[$0]) }
    let hits = zip(found, matches).compactMap { found, match in
      match.confidence >= leastConfidence ? Hit(table: found.table, image: found.image, match: match) : nil
    }
    return hits.map { ($0, $0.match.order) }
      .sorted { a, b in a.1 != b.1 ? a.1 > b.1 : (a.0.table, a.0.image) < (b.0.table, b.0.image) }
      .map(\.0)
  }

  /// Verifies candidates, and judges them together: ``look(at:of:indexSize:parallel:load:check:)`` and
  /// ``hits(among:indexSize:leastConfidence:differs:check:)``.
  package static func verify(
    _ candidates: [Candidate], of query: QueryFeatures, indexSize: Int,
    leastConfidence: Double = ImageMatch.accepted, parallel: Parallel = .none,
    load: (_ table: Int, _ image: Int) throws -> ImageFeatures?, differs: (Found) throws -> Bool? = { _ in nil },
    check: () throws -> Void = {}
  ) rethrows -> [Hit] {
    let found = try look(
      at: candidates, of: query, indexSize: indexSize, parallel: parallel, load: load, check: check)
    return try hits(
      among: found, indexSize: indexSize, leastConfidence: leastConfidence, differs: differs, check: check)
  }
}
