#if LocalIndex
  import ImageSearch
  import ImageCodecs
  import ImageMatching
  import Rasters

  extension LocalIndex {
    /// Maximum number of matches in a page.
    public static let maximumLimit = 1000
    /// Default number of matches in a page.
    public static let defaultLimit = 100

    /// Finds copies of an image, best first, in the state of the index when the call begins or later. Images with the
    /// same bytes come first, with confidence 1 and score 100, even if they have too little detail to be matched
    /// otherwise.
    ///
    /// `limit` is 1...1000, 100 by default. ``SearchPage/total`` is exact. ``SearchPage/raw`` is empty.
    ///
    /// - Throws: ``ImageSearchError``: ``ImageSearchError/Code/invalidArgument`` with the field and its limits, the codes of
    ///   images (``ImageSearchError/Code/notAnImage``, ``ImageSearchError/Code/imageTooSimple`` …),
    ///   ``ImageSearchError/Code/indexCorrupt``, ``ImageSearchError/Code/indexUnavailable``,
    ///   ``ImageSearchError/Code/cancelled``, ``ImageSearchError/Code/deadlineExceeded``, ``ImageSearchError/Code/closed``.
    public func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage {
      try await log.call("search") { try await searchNow(request, options: options) }
    }

    func searchNow(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage {
      let (request, control) = try await begun(request, options)
      return try await workers.run(control: control) { [self] in try searchNow(request, control: control) }
    }

    /// Begins a call: checks the request, and replaces its image by one that is safe to use on a worker.
    func begun(
      _ request: SearchRequest, _ options: CallOptions
    ) async throws -> (request: SearchRequest, control: CallControl) {
      let control = try control(options)
      try control.check()
      try request.checkForLocalIndex()
      var request = request
      request.image = try await fetched(request.image, options: options, control: control)
      return (request, control)
    }

    /// Blocks.
    private func searchNow(_ request: SearchRequest, control: CallControl) throws -> SearchPage {
      let (bytes, _) = try load(request.image, control: control)
      return try bytes.withUnsafeBytes { raw in
        // The digest of the image is not that of a region.
        let digest = request.region == nil ? try Self.digest(raw) : nil
        do {
          let (query, image) = try ImageAnalyzer(configuration: configuration, control: control).queryAndImage(
            raw, region: request.region)
          let page = try answer(query, digest: digest, request, control: control)
          guard page.total == 0, request.effort != .fast, request.region == nil else { return page }
          var look = 0
          return try lookAgain(query, image, raw, request, control: control) { forms in
            let queries = forms.compactMap(\.query)
            look += 1
            guard !queries.isEmpty else { return nil }
            var page = try answer(queries, digest: nil, request, control: control)
            page.look = look
            return page.total == 0 ? nil : page
          } ?? page
        } catch let error as ImageSearchError where digest != nil && ImageAnalyzer.isUnmatchable(error) {
          let page = try answer(nil, digest: digest, request, control: control)
          // An empty page would hide that only exact copies can be found.
          guard page.total != 0 else { throw error }
          return page
        }
      }
    }

    /// Makes the second passes of a query, until `body` returns a result.
    ///
    /// - Parameter body: Called with the forms of the query in each step, without features where a form has too little detail. All parts
    ///   are one step.
    /// - Returns: `nil` when no pass has a result.
    @discardableResult
    func lookAgain<Value>(
      _ query: QueryFeatures, _ image: GrayImage, _ bytes: UnsafeRawBufferPointer, _ request: SearchRequest,
      control: CallControl, _ body: ([(way: SecondLook.Way, query: QueryFeatures?)]) throws -> Value?
    ) throws -> Value? {
      let ways = SecondLook.ways(of: query, thorough: request.effort == .thorough)
      for way in ways where !way.isPart {
        try control.check()
        let other = try ImageDecodingError.translated { try SecondLook.query(way, query, image) }
        if let found = try body([(way, other)]) { return found }
      }
      let parts = ways.filter(\.isPart)
      guard !parts.isEmpty else { return nil }
      try control.check()
      // At a higher resolution than the whole. The parts may contain different images, so all of them are searched with.
      let fine =
        image.width == query.originalWidth
        ? image : try ImageAnalyzer(configuration: configuration, control: control).fineImage(bytes)
      return try body(
        try parts.map { part in
          try control.check()
          return (part, try ImageDecodingError.translated { try SecondLook.query(part, query, fine) })
        })
    }

    /// Searches with one query. A segment that turns out to be damaged is rebuilt first, or its rows are searched from memory. Blocks.
    ///
    /// - Parameters:
    ///   - query: The features of the request's image; `nil` finds images with the same bytes only.
    ///   - digest: The digest of the image's bytes, to find images with the same bytes; `nil` does not.
    func answer(
      _ query: QueryFeatures?, digest: [UInt8]? = nil, _ request: SearchRequest, control: CallControl
    ) throws -> SearchPage {
      try answer(query.map { [$0] } ?? [], digest: digest, request, control: control)
    }

    /// As above with several forms of one image: the union of their matches.
    func answer(
      _ queries: [QueryFeatures], digest: [UInt8]?, _ request: SearchRequest, control: CallControl
    ) throws -> SearchPage {
      try repairing(control) { try search(queries, digest, request, control: control) }
    }

    /// Calls `body`, and again without the segments that turn out to be damaged. Blocks.
    func repairing<Value>(_ control: CallControl, _ body: () throws -> Value) throws -> Value {
      while true {
        try control.check()
        do {
          return try body()
        } catch let damage as SegmentDamage {
          // Terminates: each damaged segment is excluded.
          views.exclude(damage.name)
          do {
            try compactor.run(control, wait: false)
          } catch {
            try control.check()
          }
        }
      }
    }

    private func search(
      _ queries: [QueryFeatures], _ digest: [UInt8]?, _ request: SearchRequest, control: CallControl
    ) throws -> SearchPage {
      try store.read(control) { transaction in
        let view = try views.view(transaction)
        var category: Int64?
        if let name = request.category {
          guard let key = try transaction.category(name) else {
            return Self.page([], request: request, total: 0)
          }
          category = key
        }
        let relations = request.relations ?? Match.Relation.copies
        // Identical images are determined even if they are not requested, so that they are not reported with another relation.
        let same = try digest.map { try transaction.images(digest: $0, category: category) } ?? []
        let own = try request.excluded.flatMap { try transaction.image(itemID: $0.itemID, name: $0.imageName)?.id }
        let identical = relations.contains(.identical) ? same.filter { $0 != own } : []
        let known = Set(same)
        func record(_ id: Int64) throws -> ImageRecord {
          // A found image without a row is corruption.
          guard let stored = try transaction.image(id) else { throw IndexTransaction.corrupt("image \(id) has no row") }
          guard !known.contains(id) || stored.record.digest == digest else {
            throw IndexTransaction.corrupt("the index of the digests is damaged")
          }
          return stored.record
        }
        let demand = IndexView.Demand(
          category: category.map { UInt32(truncatingIfNeeded: $0) },
          leastConfidence: max(ImageMatch.accepted, request.minimumConfidence ?? 0), relations: relations,
          populationSize: request.populationSize, mirrored: request.mirrored, identical: known)
        var similar = FoundImage.best(
          of: try queries.map {
            try view.search($0, demand, transaction: transaction, parallel: idle(control), control: control)
          }
        ).filter { $0.match.score >= request.minimumScore ?? 0 && !known.contains($0.id) && $0.id != own }
        try Self.sortTies(&similar, record)
        let limit = request.limit ?? Self.defaultLimit
        var matches: [Match] = []
        for id in identical.dropFirst(request.offset).prefix(limit) { matches.append(Match(identical: try record(id))) }
        for found in similar.dropFirst(max(0, request.offset - identical.count)).prefix(limit - matches.count) {
          matches.append(Match(found.match, try record(found.id)))
        }
        return Self.page(matches, request: request, total: identical.count + similar.count)
      }
    }

    /// Idle workers for the parts of a search.
    func idle(_ control: CallControl) -> Parallel {
      Parallel { [workers] count, part in
        // Skips the parts of a call that has ended.
        workers.spread(count) { number in if (try? control.check()) != nil { part(number) } }
      }
    }

    /// Sorts matches of equal evidence and score by name, so that the order does not depend on the order of adding.
    static func sortTies(_ found: inout [FoundImage], _ record: (Int64) throws -> ImageRecord) throws {
      var start = 0
      while start < found.count {
        var end = start + 1
        while end < found.count, found[end].match.order == found[start].match.order { end += 1 }
        if end - start > 1 {
          let named = try found[start..<end].map { image in
            let record = try record(image.id)
            return (image: image, item: record.itemID, name: record.name)
          }
          found.replaceSubrange(
            start..<end,
            with: named.sorted { ImageRecord.isBefore(($0.item, $0.name), ($1.item, $1.name)) }.map(\.image))
        }
        start = end
      }
    }

    static func page(_ matches: [Match], request: SearchRequest, total: Int) -> SearchPage {
      let (end, overflow) = request.offset.addingReportingOverflow(matches.count)
      return SearchPage(
        service: serviceName, matches: matches, total: total, offset: request.offset, hasMore: !overflow && end < total,
        look: 0)
    }
  }
#endif
