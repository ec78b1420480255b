#if LocalIndex
  import ImageSearch
  import PictureMatching

  /// What can be searched, as of one generation of the rows: segments, and in memory what is newer than they. A value: catching up
  /// makes a new one, while searches go on in the old.
  struct IndexView: Sendable {
    /// The generation of the rows that this view shows; 0 is before the first.
    private(set) var generation: Int64 = 0
    private var segmentGeneration: Int64 = 0
    private(set) var segments: [Segment] = []
    /// Deleted pictures of each segment.
    private(set) var dead: [BitSet] = []
    private(set) var newer = NewerPictures()
    /// The key of the newest row in the view.
    private var lastPicture: Int64 = 0
    private var lastDeletion: Int64 = 0
    /// Pictures of segments without features that were deleted since.
    private var deadLost = 0

    /// Brings the view to the state that a transaction sees.
    ///
    /// - Parameters:
    ///   - directory: where the segments are.
    ///   - excluded: segments that are damaged: their rows are searched from memory.
    /// - Throws: ``SegmentDamage`` for another one, and the errors of the rows; the view is to be discarded then.
    mutating func catchUp(
      _ transaction: IndexTransaction, to state: IndexTransaction.State, directory: String, excluded: Set<String>
    ) throws {
      if segmentGeneration != state.segmentGeneration {
        try openSegments(transaction, directory: directory, excluded: excluded)
        segmentGeneration = state.segmentGeneration
      }
      lastPicture = try newer.load(transaction, from: lastPicture + 1, through: .max) ?? lastPicture
      try transaction.forEachDeletion(after: lastDeletion) { sequence, picture in
        lastDeletion = sequence
        markDeleted(picture)
      }
      generation = state.generation
      // A page of the database that was damaged may lose rows without anything else being wrong with it.
      guard live == state.pictures else {
        throw IndexTransaction.corrupt("it has \(live) of \(state.pictures) pictures")
      }
    }

    /// Pictures in the view, those that are never found for want of features among them.
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
      newer = NewerPictures()
      lastPicture = 0
      lastDeletion = 0
      for row in try transaction.segments() {
        lastPicture = row.last
        guard !excluded.contains(row.file) else {
          _ = try newer.load(transaction, from: row.first, through: row.last)
          continue
        }
        let segment =
          try open[row.file]
          ?? Segment(directory: directory, name: row.file, firstPicture: row.first, lastPicture: row.last)
        guard segment.count == row.pictures else { throw SegmentDamage(name: row.file) }
        segments.append(segment)
        dead.append(BitSet(count: segment.count))
      }
    }

    private mutating func markDeleted(_ id: Int64) {
      if newer.markDeleted(id) { return }
      for (i, segment) in segments.enumerated()
      where segment.header.firstPicture <= id && id <= segment.header.lastPicture {
        if let picture = segment.picture(ofRow: id) { dead[i].insert(picture) } else { deadLost += 1 }
      }
    }

    /// Candidates in every orientation, verified.
    ///
    /// - Parameters:
    ///   - category: the key of the category to search; `nil` for all.
    ///   - leastConfidence: what is below is left out.
    ///   - transaction: the one that the view was made for.
    /// - Returns: the surest first; of those that are equally sure to the hundredth, the least altered.
    /// - Throws: ``SegmentDamage``, the errors of the rows, and what ends the call.
    func search(
      _ query: QueryFeatures, category: UInt32?, leastConfidence: Double, transaction: IndexTransaction,
      control: CallControl
    ) throws -> [FoundPicture] {
      let pictures = Int(try transaction.state().pictures)
      let found = try intact { tables in
        var limits = Voter.Limits()
        while true {
          let suspects = PictureSearch.suspects(for: query, in: tables, limits: limits) {
            isWanted(table: $0, picture: $1, category: category)
          }
          try checkSegments()
          try control.check()
          let hits = try PictureSearch.verify(
            suspects, of: query, indexSize: pictures, leastConfidence: leastConfidence,
            load: { try features(table: $0, picture: $1, transaction) }, check: { try control.check() })
          // So many copies of one picture that there may be more than were looked at.
          if hits.count >= limits.candidates * 3 / 4, limits.candidates < Self.mostCandidates {
            limits.candidates = Self.mostCandidates
            continue
          }
          return hits.map { FoundPicture(id: id(table: $0.table, picture: $0.picture), $0.match) }
        }
      }
      return found.sorted {
        let (a, b) = (($0.confidence * 100).rounded(), ($1.confidence * 100).rounded())
        return (b, $1.score, $0.id) < (a, $0.score, $1.id)
      }
    }

    /// Candidates that are looked at in an orientation when the usual number turns out to be matches.
    static let mostCandidates = 2000

    /// Looks into the tables; what was read while a segment was damaged counts for nothing, errors among it.
    private func intact<Value>(_ body: ([PictureSearch.Table]) throws -> Value) throws -> Value {
      let result = Result { try withTables(body) }
      try checkSegments()
      return try result.get()
    }

    private func checkSegments() throws {
      if let damaged = segments.first(where: \.isDamaged) { throw SegmentDamage(name: damaged.name) }
    }

    private func withTables<Value>(_ body: ([PictureSearch.Table]) throws -> Value) throws -> Value {
      try withExtendedLifetime(segments) {
        let files = try segments.map { try $0.table() }
        return try newer.tables.withTables { try body(files + $0) }
      }
    }

    private func isWanted(table: Int, picture: Int, category: UInt32?) -> Bool {
      guard table < segments.count else {
        return newer.isWanted(table: table - segments.count, slot: picture, category: category)
      }
      guard picture < segments[table].count, !dead[table].contains(picture) else { return false }
      return category == nil || segments[table].category(picture) == category
    }

    private func features(table: Int, picture: Int, _ transaction: IndexTransaction) throws -> PictureFeatures? {
      guard table < segments.count else { return newer.features(table: table - segments.count, slot: picture) }
      let id = segments[table].id(picture)
      // What is in a segment and was not deleted has a row, or one of both is wrong.
      guard let bytes = try transaction.features(id) else {
        throw IndexTransaction.corrupt("picture \(id) has no features")
      }
      return try bytes.withUnsafeBytes { try MatchEngine.features($0, of: id) }
    }

    private func id(table: Int, picture: Int) -> Int64 {
      table < segments.count ? segments[table].id(picture) : newer.id(table: table - segments.count, slot: picture)
    }
  }
#endif
