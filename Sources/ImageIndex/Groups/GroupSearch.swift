#if LocalIndex
  import ImageMatching
  import ImageSearch

  /// A stored image as a query, to compare it with other stored images.
  struct StoredQuery {
    private let query: QueryFeatures
    private let matcher: Matcher

    /// - Parameter populationSize: Number of images in the index: the more images, the more evidence a match needs.
    init(_ features: ImageFeatures, populationSize: Int) {
      query = QueryFeatures(stored: features)
      matcher = Matcher(query, indexSize: populationSize)
    }

    /// The codes of the image in all eight orientations, in the order of ``Dihedral/all``.
    var codes: [GlobalCode] { query.codes }

    /// Compares with another stored image. Uses all methods, so the result does not depend on how the pair was found.
    ///
    /// - Returns: `nil` when there is no evidence that the two match.
    func match(_ other: ImageFeatures) -> ImageMatch? {
      matcher.match(other, .everything(of: query, other))
    }
  }

  /// Finds the images of an index that are copies of each other.
  ///
  /// Images are numbered by preference, the best first (``GroupNode``); images with the same bytes have the same
  /// content, numbered by its first image. Each content is looked up in the postings and global codes of the index, and
  /// its candidates are compared with it by stored features alone. The better content of a pair is the query, so the
  /// result does not depend on which of the two found the other.
  struct GroupSearch: Sendable {
    /// Two contents, and the match of the first (the better one) with the second.
    struct Pair: Sendable {
      let better: Int
      let other: Int
      let match: ImageMatch
    }

    let options: LocalIndex.GroupOptions
    /// All images considered, best first.
    let nodes: [GroupNode]
    /// The content of each node.
    let contents: [UInt32]
    private let numbers: [Int64: UInt32]
    private let populationSize: Int

    init(options: LocalIndex.GroupOptions, images: [GroupNode], populationSize: Int) {
      self.options = options
      self.populationSize = populationSize
      nodes = images.sorted(by: GroupNode.order(options.keep))
      var numbers = [Int64: UInt32](minimumCapacity: nodes.count)
      var firsts: [SIMD4<UInt64>: UInt32] = [:]
      var contents: [UInt32] = []
      contents.reserveCapacity(nodes.count)
      for (i, node) in nodes.enumerated() {
        let number = UInt32(clamping: i)
        numbers[node.id] = number
        let first = firsts[node.digest] ?? number
        firsts[node.digest] = first
        contents.append(first)
      }
      self.numbers = numbers
      self.contents = contents
    }

    /// Whether two images may be in one group at all.
    func mayJoin(_ a: Int, _ b: Int) -> Bool {
      guard options.withinItems || !nodes[a].itemID.hasBytes(of: nodes[b].itemID) else { return false }
      return options.acrossCategories || nodes[a].category.hasBytes(of: nodes[b].category)
    }

    /// Whether a relation is requested and forms a group.
    func joins(_ relation: Match.Relation) -> Bool {
      LocalIndex.GroupOptions.joining.contains(relation) && options.relations.contains(relation)
    }

    /// Finds the pairs of some contents. Blocks.
    ///
    /// - Parameters:
    ///   - bothWays: Also finds contents better than a subject; otherwise such pairs are found when the better content
    ///     is the subject.
    ///   - bands: The sorted codes of the view's tables.
    /// - Throws: ``SegmentDamage``, the errors of the rows, and what ends the call.
    func pairs(
      of subjects: [Int], bothWays: Bool, view: IndexView, bands: [CodeBands?], transaction: IndexTransaction,
      control: CallControl
    ) throws -> [Pair] {
      var pairs: [Pair] = []
      var comparison: StoredQuery?
      try view.forEachNeighbourhood(
        of: subjects.map { nodes[$0].id }, bands: bands,
        features: {
          try control.check()
          return try Self.features($0, transaction)
        },
        codes: {
          let ready = StoredQuery($0, populationSize: populationSize)
          comparison = ready
          return ready.codes
        },
        isWanted: { image, other in
          guard let a = numbers[image], let b = numbers[other], a != b, contents[Int(b)] == b else { return false }
          return bothWays || a < b
        }
      ) { image, own, near in
        guard let a = numbers[image].map(Int.init) else { return }
        for other in near {
          try control.check()
          guard let b = numbers[other].map(Int.init), let stored = try Self.features(other, transaction) else {
            continue
          }
          let match =
            a < b
            ? comparison?.match(stored) : StoredQuery(stored, populationSize: populationSize).match(own)
          if let match, isWanted(match) { pairs.append(Pair(better: min(a, b), other: max(a, b), match: match)) }
        }
      }
      return pairs
    }

    /// Compares two contents, the better one first. Blocks.
    func compare(_ better: Int, _ other: Int, transaction: IndexTransaction) throws -> Pair? {
      guard let first = try Self.features(nodes[better].id, transaction),
        let second = try Self.features(nodes[other].id, transaction),
        let match = StoredQuery(first, populationSize: populationSize).match(second), isWanted(match)
      else { return nil }
      return Pair(better: better, other: other, match: match)
    }

    /// Whether a match has the requested confidence and relation.
    private func isWanted(_ match: ImageMatch) -> Bool {
      match.confidence >= max(ImageMatch.accepted, options.minimumConfidence)
        && options.relations.contains(match.relation)
    }

    /// The features of an image; `nil` when it was removed or has no features.
    private static func features(_ id: Int64, _ transaction: IndexTransaction) throws -> ImageFeatures? {
      guard let bytes = try transaction.features(id), !bytes.isEmpty else { return nil }
      return try bytes.withUnsafeBytes { try MatchEngine.features($0, of: id) }
    }
  }
#endif
