#if LocalIndex
  import ImageSearch

  extension LocalIndex {
    /// The most matches of a page.
    public static let maximumLimit = 1000
    /// The matches of a page when the request does not say.
    public static let defaultLimit = 100

    /// Finds the pictures of which the given one is a copy, best first; as the index is when the call begins or later.
    ///
    /// `limit` is 1...1000, 100 by default. ``SearchPage/total`` is exact. ``SearchPage/raw`` is the answer as JSON.
    ///
    /// - Throws: ``ImageSearchError``: ``ImageSearchError/Code/invalidArgument`` with the field and its limits, the codes of
    ///   pictures (``ImageSearchError/Code/notAPicture``, ``ImageSearchError/Code/pictureTooSimple`` …),
    ///   ``ImageSearchError/Code/indexCorrupt``, ``ImageSearchError/Code/indexUnavailable``,
    ///   ``ImageSearchError/Code/cancelled``, ``ImageSearchError/Code/deadlineExceeded``, ``ImageSearchError/Code/closed``.
    public func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage {
      let control = try control(options)
      try control.check()
      try request.checkForLocalIndex()
      var request = request
      request.image = try await fetched(request.image, options: options)
      let ready = request
      return try await workers.run(control: control) { [self] in try searchNow(ready, control: control) }
    }

    /// Blocks.
    private func searchNow(_ request: SearchRequest, control: CallControl) throws -> SearchPage {
      let (bytes, _) = try load(request.image, control: control)
      let query = try bytes.withUnsafeBytes {
        try PictureAnalyzer(configuration: configuration).query($0, region: request.region)
      }
      try control.check()
      return try store.read(control) { transaction in
        let view = try views.view(transaction)
        var category: Int64?
        if let name = request.category {
          guard let key = try transaction.category(name) else { return page([], request: request, total: 0) }
          category = key
        }
        let found = view.search(query, category: category).filter {
          $0.score >= request.minimumScore ?? 0 && $0.confidence >= request.minimumConfidence ?? 0
        }
        let limit = request.limit ?? Self.defaultLimit
        var matches: [Match] = []
        for picture in found.dropFirst(request.offset).prefix(limit) {
          // What the engine finds has a row, or one of both is wrong.
          guard let stored = try transaction.picture(picture.id) else {
            throw IndexTransaction.corrupt("picture \(picture.id) has no row")
          }
          matches.append(Match(picture, stored.record))
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
