#if LocalIndex
  import ImageSearch
  import ImageMatching

  extension LocalIndex {
    /// The most matches of a page.
    public static let maximumLimit = 1000
    /// The matches of a page when the request does not say.
    public static let defaultLimit = 100

    /// Finds the images of which the given one is a copy, best first; as the index is when the call begins or later.
    ///
    /// `limit` is 1...1000, 100 by default. ``SearchPage/total`` is exact. ``SearchPage/raw`` is the answer as JSON.
    ///
    /// - Throws: ``ImageSearchError``: ``ImageSearchError/Code/invalidArgument`` with the field and its limits, the codes of
    ///   images (``ImageSearchError/Code/notAnImage``, ``ImageSearchError/Code/imageTooSimple`` …),
    ///   ``ImageSearchError/Code/indexCorrupt``, ``ImageSearchError/Code/indexUnavailable``,
    ///   ``ImageSearchError/Code/cancelled``, ``ImageSearchError/Code/deadlineExceeded``, ``ImageSearchError/Code/closed``.
    public func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage {
      let control = try control(options)
      try control.check()
      try request.checkForLocalIndex()
      var request = request
      request.image = try await fetched(request.image, options: options, control: control)
      let ready = request
      return try await workers.run(control: control) { [self] in try searchNow(ready, control: control) }
    }

    /// Blocks.
    private func searchNow(_ request: SearchRequest, control: CallControl) throws -> SearchPage {
      let (bytes, _) = try load(request.image, control: control)
      let query = try bytes.withUnsafeBytes {
        try ImageAnalyzer(configuration: configuration).query($0, region: request.region)
      }
      return try answer(query, request, control: control)
    }

    /// Blocks. A segment that turns out to be damaged is made anew first, or its rows are searched from memory.
    ///
    /// - Parameter query: what was made of the request's image.
    func answer(_ query: QueryFeatures, _ request: SearchRequest, control: CallControl) throws -> SearchPage {
      while true {
        try control.check()
        do {
          return try search(query, request, control: control)
        } catch let damage as SegmentDamage {
          // Each time one less is left to be damaged.
          views.exclude(damage.name)
          do {
            try keeper.run(control, wait: false)
          } catch {
            try control.check()
          }
        }
      }
    }

    private func search(
      _ query: QueryFeatures, _ request: SearchRequest, control: CallControl
    ) throws -> SearchPage {
      try store.read(control) { transaction in
        let view = try views.view(transaction)
        var category: UInt32?
        if let name = request.category {
          guard let key = try transaction.category(name) else { return page([], request: request, total: 0) }
          category = UInt32(truncatingIfNeeded: key)
        }
        let found = try view.search(
          query, category: category, leastConfidence: max(ImageMatch.accepted, request.minimumConfidence ?? 0),
          transaction: transaction, control: control
        ).filter { $0.score >= request.minimumScore ?? 0 }
        let limit = request.limit ?? Self.defaultLimit
        var matches: [Match] = []
        for image in found.dropFirst(request.offset).prefix(limit) {
          // What the engine finds has a row, or one of both is wrong.
          guard let stored = try transaction.image(image.id) else {
            throw IndexTransaction.corrupt("image \(image.id) has no row")
          }
          matches.append(Match(image, stored.record))
        }
        return page(matches, request: request, total: found.count)
      }
    }

    private func page(_ matches: [Match], request: SearchRequest, total: Int) -> SearchPage {
      let (end, overflow) = request.offset.addingReportingOverflow(matches.count)
      return SearchPage(
        service: name, matches: matches, total: total, offset: request.offset, hasMore: !overflow && end < total,
        raw: AnswerDocument(total: total, offset: request.offset, matches: matches).encoded)
    }
  }
#endif
