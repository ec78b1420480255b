#if LocalIndex
  import ImageMatching
  import ImageSearch
  import Rasters

  /// Builds groups from the pairs found, and reads their members' metadata.
  struct GroupReport {
    private let search: GroupSearch
    private var builder: GroupBuilder
    /// Pairs by their contents, the better content first.
    private var pairs: [Key: ImageMatch] = [:]
    /// For each content, those with a relation that forms no group.
    private var related: [Int: [Int]] = [:]

    private struct Key: Hashable {
      let better: Int
      let other: Int

      init(_ a: Int, _ b: Int) {
        better = min(a, b)
        other = max(a, b)
      }
    }

    init(_ search: GroupSearch, _ found: [GroupSearch.Pair]) {
      self.search = search
      builder = GroupBuilder(contents: search.contents)
      for pair in found where pairs.updateValue(pair.match, forKey: Key(pair.better, pair.other)) == nil {
        if search.joins(pair.match.relation) {
          builder.note(pair.better, pair.other)
        } else {
          related[pair.better, default: []].append(pair.other)
          related[pair.other, default: []].append(pair.better)
        }
      }
    }

    /// Yields one group after the other. Blocks.
    ///
    /// - Throws: The errors of the rows, and what ends the call.
    func write(
      _ transaction: IndexTransaction, control: CallControl, _ yield: (LocalIndex.Group) -> Void
    ) throws {
      /// Pairs compared only now; `nil` for pairs that do not match.
      var late: [Key: ImageMatch?] = [:]
      func match(_ a: Int, _ b: Int) throws -> ImageMatch? {
        let key = Key(a, b)
        if let found = pairs[key] { return found }
        if let known = late[key] { return known }
        try control.check()
        let found = try search.compare(key.better, key.other, transaction: transaction)?.match
        late[key] = .some(found)
        return found
      }
      struct Enough: Error {}
      var count = 0
      do {
        try builder.forEachGroup(
          isCopy: { best, content in
            let own = Int(builder.contents[best])
            return try own == content || match(own, content).map { search.joins($0.relation) } ?? false
          }, mayJoin: search.mayJoin
        ) { nodes in
          try control.check()
          let others = try relatedNodes(of: nodes, match)
          guard (nodes + others).contains(where: search.isNew),
            let group = try group(nodes, others, transaction, match)
          else { return }
          late.removeAll(keepingCapacity: true)
          yield(group)
          count += 1
          if count == search.options.limit { throw Enough() }
        }
      } catch is Enough {}
    }

    /// Nodes to list as related to a group.
    private func relatedNodes(of group: [Int], _ match: (Int, Int) throws -> ImageMatch?) throws -> [Int] {
      guard let best = group.first else { return [] }
      let own = Int(builder.contents[best])
      let members = Set(group)
      var tried: Set<Int> = [own]
      var nodes: [Int] = []
      for member in group {
        for content in related[Int(builder.contents[member])] ?? [] where tried.insert(content).inserted {
          guard let found = try match(own, content), !search.joins(found.relation) else { continue }
          nodes += builder.nodes(of: content).filter { !members.contains($0) && search.mayJoin(best, $0) }
        }
      }
      return nodes
    }

    /// - Returns: `nil` when fewer than two of the images still exist.
    private func group(
      _ nodes: [Int], _ others: [Int], _ transaction: IndexTransaction, _ match: (Int, Int) throws -> ImageMatch?
    ) throws -> LocalIndex.Group? {
      guard let best = nodes.first, try transaction.image(search.nodes[best].id) != nil else { return nil }
      let members = try nodes.compactMap { try member($0, of: best, transaction, match) }
      guard members.count > 1 else { return nil }
      let related = try others.compactMap { try member($0, of: best, transaction, match) }.sorted {
        guard ($0.confidence, $0.score) == ($1.confidence, $1.score) else {
          return ($0.confidence, $0.score) > ($1.confidence, $1.score)
        }
        return ImageRecord.isBefore(($0.image.itemID, $0.image.imageName), ($1.image.itemID, $1.image.imageName))
      }
      return LocalIndex.Group(members: members, related: related)
    }

    private func member(
      _ node: Int, of best: Int, _ transaction: IndexTransaction, _ match: (Int, Int) throws -> ImageMatch?
    ) throws -> LocalIndex.Member? {
      guard let stored = try transaction.image(search.nodes[node].id) else { return nil }
      let image = LocalIndex.Image(stored.record)
      let (from, to) = (Int(builder.contents[best]), Int(builder.contents[node]))
      guard from != to else {
        return LocalIndex.Member(
          image: image, relation: .identical, confidence: 1, score: 100, bestOverlap: 100, imageOverlap: 100,
          transform: .identity, isMirrored: false)
      }
      guard let found = try match(from, to) else { return nil }
      // If a better image has the same bytes, the best member may be the second of its pair.
      let isTurned = from > to
      return LocalIndex.Member(
        image: image, relation: found.relation, confidence: found.confidence, score: found.score,
        bestOverlap: isTurned ? found.matchOverlap : found.queryOverlap,
        imageOverlap: isTurned ? found.queryOverlap : found.matchOverlap,
        transform: isTurned ? found.transform.inverse ?? found.transform : found.transform, isMirrored: found.isMirrored
      )
    }
  }
#endif
