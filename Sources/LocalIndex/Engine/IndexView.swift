#if LocalIndex
  import ImageSearch
  import PictureMatching

  /// What can be searched, as of one generation of the rows. A value: catching up makes a new one.
  struct IndexView: Sendable {
    /// The generation of the rows that this view shows; 0 is before the first.
    private(set) var generation: Int64 = 0
    /// Four words a picture.
    private var codes: [UInt64] = []
    private var ids: [Int64] = []
    /// The key of the category, 0 for none.
    private var categories: [Int64] = []
    private var deleted: Set<Int64> = []
    private var lastDeletion: Int64 = 0

    /// Brings the view to the state that a transaction sees.
    mutating func catchUp(_ transaction: IndexTransaction, generation: Int64) throws {
      try transaction.forEachDeletion(after: lastDeletion) {
        lastDeletion = $0
        deleted.insert($1)
      }
      try transaction.forEachFeatures(from: (ids.last ?? 0) + 1, through: .max) { id, category, features in
        guard let code = MatchEngine.code(in: features) else {
          throw IndexTransaction.corrupt("the features of picture \(id) are damaged")
        }
        codes.append(contentsOf: code)
        ids.append(id)
        categories.append(category ?? 0)
      }
      self.generation = generation
    }

    /// The pictures like the query, best first.
    ///
    /// - Parameter category: the key of the category to search; `nil` for all.
    func search(_ query: MatchEngine.Query, category: Int64?) -> [FoundPicture] {
      let hits = codes.withUnsafeBufferPointer {
        GlobalCodeScan.nearest(in: $0, to: query.codes, within: GlobalCode.acceptDistance, limit: ids.count)
      }
      return hits.compactMap { hit in
        let id = ids[hit.index]
        guard !deleted.contains(id), category == nil || categories[hit.index] == category else { return nil }
        return FoundPicture(
          id: id, score: 100 * (1 - Double(hit.distance) / 128), confidence: Self.confidence(hit.distance),
          transform: nil, isMirrored: Dihedral.all[hit.query].isMirrored, queryOverlap: 100, matchOverlap: 100)
      }
    }

    /// Unrelated pictures came no nearer than 82 in the reference study (reference/engine.md, 5.6).
    private static func confidence(_ distance: Int) -> Double {
      1 - 0.05 * Double(distance * distance) / Double(GlobalCode.acceptDistance * GlobalCode.acceptDistance)
    }
  }
#endif
