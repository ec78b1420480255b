/// The whole search over tables that someone else keeps: candidates first, then a look at each.
package enum CandidateSearch {
  /// What is searched: one segment, or what is in memory.
  package struct Table {
    /// The local features.
    package let postings: PostingView
    /// The global codes, four words an image, in the order of the images' numbers.
    package let codes: UnsafeBufferPointer<UInt64>

    package init(postings: PostingView, codes: UnsafeBufferPointer<UInt64>) {
      self.postings = postings
      self.codes = codes
    }
  }

  /// A stored image to look at, and why.
  package struct Suspect: Sendable {
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
  /// - Parameter isLive: Whether an image of a table may be returned; `false` for deleted ones.
  /// - Returns: Most votes first, then those by code alone, nearest first.
  package static func suspects(
    for query: QueryFeatures, in tables: [Table], limits: Voter.Limits = Voter.Limits(),
    isLive: (_ table: Int, _ image: Int) -> Bool = { _, _ in true }
  ) -> [Suspect] {
    var suspects: [Suspect] = []
    var places: [Int: Int] = [:]
    func note(_ table: Int, _ image: Int, _ change: (inout Matcher.Hints) -> Void) {
      let key = table << 32 | image
      let place = places[key] ?? suspects.count
      if place == suspects.count {
        suspects.append(Suspect(table: table, image: image, hints: Matcher.Hints()))
        places[key] = place
      }
      change(&suspects[place].hints)
    }
    let candidates = Voter.candidates(for: query, in: tables.map(\.postings), limits: limits, isLive: isLive)
    for (rank, c) in candidates.enumerated() {
      note(c.table, c.image) {
        if c.mirrored { $0.mirrored = true } else { $0.upright = true }
        if rank < leaders { $0.leads = true }
      }
    }
    for (t, table) in tables.enumerated() {
      let near = GlobalCodeScan.nearest(
        in: table.codes, to: query.codes, within: Matcher.codeDistance, limit: mostByCode)
      for hit in near where isLive(t, hit.index) {
        note(t, hit.index) { $0.code = (hit.distance, Dihedral(rawValue: UInt8(truncatingIfNeeded: hit.query))) }
      }
    }
    return suspects
  }

  /// Looks at candidates one by one.
  ///
  /// - Parameters:
  ///   - indexSize: Number of images in all tables.
  ///   - leastConfidence: What is below is left out; ``ImageMatch/accepted`` is the calibrated limit.
  ///   - load: The stored features of an image, `nil` when it is gone.
  ///   - check: Called before every candidate; throws to stop (deadline, cancellation).
  /// - Returns: Most confident first, ties by score, then by table and number.
  /// - Throws: What `load` and `check` throw.
  package static func verify(
    _ suspects: [Suspect], of query: QueryFeatures, indexSize: Int,
    leastConfidence: Double = ImageMatch.accepted,
    load: (_ table: Int, _ image: Int) throws -> ImageFeatures?, check: () throws -> Void = {}
  ) rethrows -> [Hit] {
    let matcher = Matcher(query, indexSize: indexSize)
    var hits: [Hit] = []
    for suspect in suspects {
      try check()
      guard let stored = try load(suspect.table, suspect.image),
        let match = matcher.match(stored, suspect.hints), match.confidence >= leastConfidence
      else { continue }
      hits.append(Hit(table: suspect.table, image: suspect.image, match: match))
    }
    return hits.sorted {
      ($1.match.confidence, $1.match.score, $0.table, $0.image)
        < ($0.match.confidence, $0.match.score, $1.table, $1.image)
    }
  }
}
