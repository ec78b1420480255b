#if LocalIndex
  import ImageSearch
  import ImageMatching

  /// The searchable state of one generation of the rows: segments, and a memtable for newer images. A value: catching
  /// up creates a new one, while running searches keep theirs.
  struct IndexView: Sendable {
    /// The generation of the rows that this view shows; 0 is before the first.
    private(set) var generation: Int64 = 0
    private var segmentGeneration: Int64 = 0
    private(set) var segments: [Segment] = []
    /// Deleted images of each segment.
    private(set) var dead: [BitSet] = []
    private(set) var newer = Memtable()
    /// The key of the newest row in the view.
    private var lastImage: Int64 = 0
    private var lastDeletion: Int64 = 0
    /// Number of images without features in segments that were deleted since.
    private var deadLost = 0

    /// Updates the view to the state that a transaction sees.
    ///
    /// - Parameters:
    ///   - directory: the directory of the segments.
    ///   - excluded: damaged segments, whose rows are searched from memory.
    /// - Throws: ``SegmentDamage`` for another one, and the errors of the rows; the view must be discarded then.
    mutating func catchUp(
      _ transaction: IndexTransaction, to state: IndexTransaction.State, directory: String, excluded: Set<String>
    ) throws {
      if segmentGeneration != state.segmentGeneration {
        try openSegments(transaction, directory: directory, excluded: excluded)
        segmentGeneration = state.segmentGeneration
      }
      lastImage = try newer.load(transaction, from: lastImage + 1, through: .max) ?? lastImage
      try transaction.forEachDeletion(after: lastDeletion) { sequence, image in
        lastDeletion = sequence
        markDeleted(image)
      }
      generation = state.generation
      // A damaged page of the database may lose rows without any other sign.
      guard live == state.images else {
        throw IndexTransaction.corrupt("it has \(live) of \(state.images) images")
      }
    }

    /// Number of images in the view, including those without features.
    private var live: Int {
      zip(segments, dead).reduce(newer.live - deadLost) { $0 + $1.0.count + Int($1.0.header.lost) - $1.1.count }
    }

    private mutating func openSegments(
      _ transaction: IndexTransaction, directory: String, excluded: Set<String>
    ) throws {
      let open = Dictionary(segments.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
      segments = []
      dead = []
      deadLost = 0
      newer = Memtable()
      lastImage = 0
      lastDeletion = 0
      for row in try transaction.segments() {
        lastImage = row.last
        guard !excluded.contains(row.file) else {
          _ = try newer.load(transaction, from: row.first, through: row.last)
          continue
        }
        let segment =
          try open[row.file]
          ?? Segment(directory: directory, name: row.file, firstImage: row.first, lastImage: row.last)
        guard segment.count == row.images else { throw SegmentDamage(name: row.file) }
        segments.append(segment)
        dead.append(BitSet(count: segment.count))
      }
    }

    private mutating func markDeleted(_ id: Int64) {
      if newer.markDeleted(id) { return }
      for (i, segment) in segments.enumerated()
      where segment.header.firstImage <= id && id <= segment.header.lastImage {
        if let image = segment.image(ofRow: id) { dead[i].insert(image) } else { deadLost += 1 }
      }
    }

    /// The parameters of a search in a view.
    struct Demand {
      /// The key of the category to search; `nil` for all.
      var category: UInt32?
      /// Minimum confidence.
      var leastConfidence = ImageMatch.accepted
      /// The relations that are returned.
      var relations = Match.Relation.copies
      /// The number of images that the confidence is computed for; `nil` for that of the index.
      var populationSize: Int?
      /// Whether mirrored copies are searched for.
      var mirrored = true
      /// Images with the bytes of the query, whose detail is not compared.
      var identical: Set<Int64> = []
    }

    /// The verified images of a query, and those that are matches by this index alone.
    struct Findings {
      var found: [CandidateSearch.Found]
      /// In the order of ``ImageMatch/order``, ties by table and number.
      var hits: [CandidateSearch.Hit]
    }

    /// Searches in both orientations.
    ///
    /// - Parameters:
    ///   - transaction: the one that the view was made for.
    ///   - parallel: runs the parts of the search.
    /// - Returns: in the order of ``ImageMatch/order``, ties by the key of the row.
    /// - Throws: ``SegmentDamage``, the errors of the rows, and what ends the call.
    func search(
      _ query: QueryFeatures, _ demand: Demand, transaction: IndexTransaction, parallel: Parallel = .none,
      control: CallControl
    ) throws -> [FoundImage] {
      try look(query, demand, transaction: transaction, parallel: parallel, control: control).hits
        .map { FoundImage(id: id(table: $0.table, image: $0.image), match: $0.match) }
        .filter { demand.relations.contains($0.match.relation) }.sorted(by: FoundImage.isBetter)
    }

    /// As ``search(_:_:transaction:parallel:control:)``, with all verified images.
    ///
    /// - Parameter comparesDetail: Whether the detail of the best copies is compared, see ``differs(_:from:_:_:control:)``.
    func look(
      _ query: QueryFeatures, _ demand: Demand, transaction: IndexTransaction, parallel: Parallel = .none,
      comparesDetail: Bool = true, control: CallControl
    ) throws -> Findings {
      let images = try population(demand, transaction)
      return try intact { tables in
        var limits = Voter.Limits()
        while true {
          let candidates = CandidateSearch.candidates(
            for: query, in: tables, limits: limits, mirrored: demand.mirrored, parallel: parallel
          ) {
            isWanted(table: $0, image: $1, category: demand.category)
          }
          try checkSegments()
          try control.check()
          let found = try CandidateSearch.look(
            at: candidates, of: query, indexSize: images, parallel: parallel,
            load: { try features(table: $0, image: $1, transaction) }, check: { try control.check() })
          let hits = try CandidateSearch.hits(
            among: found, indexSize: images, leastConfidence: demand.leastConfidence,
            differs: {
              comparesDetail ? try differs($0, from: query, demand, transaction, control: control) : nil
            }, check: { try control.check() })
          // Many copies: there may be more than the candidates compared.
          let copies = hits.count { $0.match.kind != .shared }
          if copies >= limits.candidates * 3 / 4, limits.candidates < Self.mostCandidates {
            limits.candidates = Self.mostCandidates
            continue
          }
          return Findings(found: found, hits: hits)
        }
      }
    }

    /// Whether a stored image differs from the query in its detail; `nil` when it has no thumbnail, or the query no pixels.
    func differs(
      _ found: CandidateSearch.Found, from query: QueryFeatures, _ demand: Demand, _ transaction: IndexTransaction,
      control: CallControl
    ) throws -> Bool? {
      let id = id(table: found.table, image: found.image)
      guard query.hasDetail, !demand.identical.contains(id), let thumbnail = try transaction.thumbnail(id) else {
        return nil
      }
      return try found.finding.differs(from: query, thumbnail: thumbnail, control: control)
    }

    /// The findings with what is known of the detail of those that may be the best copies in any index.
    func compareDetail(
      _ found: [CandidateSearch.Found], _ query: QueryFeatures, _ demand: Demand, population: Int,
      _ transaction: IndexTransaction, control: CallControl
    ) throws -> [Finding] {
      var findings = found.map(\.finding)
      var known = 0
      for i in try Jury(findings, indexSize: population).wantsDetail({ try control.check() }) {
        guard known < Jury.mostInDetailOfOneIndex else { break }
        try control.check()
        findings[i].differsInDetail = try differs(found[i], from: query, demand, transaction, control: control)
        if findings[i].differsInDetail != nil { known += 1 }
      }
      return findings
    }

    /// The number of images that the confidence is computed for.
    func population(_ demand: Demand, _ transaction: IndexTransaction) throws -> Int {
      try max(1, demand.populationSize ?? Int(transaction.state().images))
    }

    /// Maximum number of candidates when most of the usual number are matches.
    static let mostCandidates = 2000

    /// Calls `body` with the tables. If a segment turns out to be damaged, the result is discarded, even if it is an error.
    func intact<Value>(_ body: ([CandidateSearch.Table]) throws -> Value) throws -> Value {
      let result = Result { try withTables(body) }
      try checkSegments()
      return try result.get()
    }

    private func checkSegments() throws {
      if let damaged = segments.first(where: \.isDamaged) { throw SegmentDamage(name: damaged.name) }
    }

    private func withTables<Value>(_ body: ([CandidateSearch.Table]) throws -> Value) throws -> Value {
      try withExtendedLifetime(segments) {
        let files = try segments.map { try $0.table() }
        return try newer.tables.withTables { try body(files + $0) }
      }
    }

    func isWanted(table: Int, image: Int, category: UInt32?) -> Bool {
      guard table < segments.count else {
        return newer.isWanted(table: table - segments.count, slot: image, category: category)
      }
      guard image < segments[table].count, !dead[table].contains(image) else { return false }
      return category == nil || segments[table].category(image) == category
    }

    private func features(table: Int, image: Int, _ transaction: IndexTransaction) throws -> ImageFeatures? {
      guard table < segments.count else { return newer.features(table: table - segments.count, slot: image) }
      let id = segments[table].id(image)
      // An image of a segment that was not deleted has a row; otherwise one of the two is damaged.
      guard let bytes = try transaction.features(id) else {
        throw IndexTransaction.corrupt("image \(id) has no features")
      }
      return try bytes.withUnsafeBytes { try MatchEngine.features($0, of: id) }
    }

    func id(table: Int, image: Int) -> Int64 {
      table < segments.count ? segments[table].id(image) : newer.id(table: table - segments.count, slot: image)
    }
  }
#endif
