#if LocalIndex
  import ImageMatching
  import ImageSearch

  extension LocalIndex {
    /// Longer bytes are no partial search.
    public static var maximumPartialBytes: Int { PartialSearch.mostBytes }

    /// Searches this index as one of several that are searched for one image: what is found is not judged yet but given as bytes, and
    /// ``mergePartials(_:_:)`` makes a page of those of all indexes, the one that a single index with all their images would give.
    ///
    /// What several stored images have in common with a query says nothing about any of them, so that images are judged together. All looks that are
    /// in the query are made, because only all indexes know whether the first one found anything: search with one of
    /// ``SearchRequest/Effort/fast`` first.
    ///
    /// - Parameters:
    ///   - bytes: what ``encodedQuery(of:form:options:)`` gave.
    ///   - request: category, mirrored and the window of the page count here; ``SearchRequest/populationSize`` must be the number of images of
    ///     all indexes.
    ///   - options: limits of this call.
    /// - Returns: Some hundred bytes where nothing is like the query, about 6 KB for each image that is.
    /// - Throws: as ``search(encoded:_:options:)``.
    public func searchPartial(
      encoded bytes: [UInt8], _ request: SearchRequest = SearchRequest(image: .bytes([UInt8]())),
      options: CallOptions = .init()
    ) async throws -> [UInt8] {
      try await log.call("searchPartial") {
        try await withEncodedQuery(bytes, request, options) { [self] encoded, control in
          try mending(control) { try partial(encoded, request, control: control) }.bytes()
        }
      }
    }

    /// The page of a search in several indexes.
    ///
    /// - Parameters:
    ///   - partials: what ``searchPartial(encoded:_:options:)`` gave for the same query in each index, in any order. The bytes may come from anybody:
    ///     what is no partial search is an error.
    ///   - request: the window of the page, relations, least score and confidence; the window must be that of the partial searches or before it.
    /// - Returns: the page that one index with all the images would give, where its candidates were not cut.
    /// - Throws: ``ImageSearchError/Code/invalidArgument`` for bytes that are no partial search, and for those of different queries or populations;
    ///   ``ImageSearchError/Code/indexVersionMismatch`` for those of another version; ``ImageSearchError/Code/imageTooSimple`` and
    ///   ``ImageSearchError/Code/imageTooSmall`` as a search.
    public static func mergePartials(
      _ partials: [[UInt8]], _ request: SearchRequest = SearchRequest(image: .bytes([UInt8]()))
    ) throws -> SearchPage {
      try request.checkForLocalIndex()
      return try PartialSearch.page(of: try partials.map { try PartialSearch($0) }, request)
    }

    /// Blocks.
    private func partial(_ encoded: EncodedQuery, _ request: SearchRequest, control: CallControl) throws
      -> PartialSearch
    {
      try store.read(control) { transaction in
        let view = try views.view(transaction)
        var demand = IndexView.Demand(populationSize: request.populationSize, mirrored: request.mirrored)
        var partial = PartialSearch(
          population: try view.population(demand, transaction), digest: encoded.digest, unmatchable: encoded.unmatchable
        )
        let category = try request.category.map { try transaction.category($0) }
        guard category != .some(nil) else {
          partial.steps = encoded.steps.map { $0.map { _ in [] } }
          return partial
        }
        demand.category = category?.map { UInt32(truncatingIfNeeded: $0) }
        let same = try encoded.digest.map { try transaction.images(digest: $0, category: category ?? nil) } ?? []
        let known = Set(same)
        func record(_ id: Int64) throws -> ImageRecord {
          // What was found has a row, or one of both is wrong.
          guard let stored = try transaction.image(id) else { throw IndexTransaction.corrupt("image \(id) has no row") }
          guard !known.contains(id) || stored.record.digest == encoded.digest else {
            throw IndexTransaction.corrupt("the index of the digests is damaged")
          }
          return stored.record
        }
        let (end, overflow) = request.offset.addingReportingOverflow(request.limit ?? Self.defaultLimit)
        partial.identicalCount = same.count
        partial.identical = try same.prefix(overflow ? .max : end).map(record)
        var places: [Int64: Int] = [:]
        for (step, queries) in encoded.steps.enumerated() {
          partial.steps.append(
            try queries.map { query in
              let found = try view.look(
                query, demand, transaction: transaction, parallel: idle(control), control: control
              ).found
              partial.isApproximate = partial.isApproximate || query.missedItsPixels
              partial.lacksWitnesses = partial.lacksWitnesses || query.missedItsWitnesses
              let essentials = Jury(found.map(\.finding), indexSize: partial.population).essentials
              return try zip(found, essentials).compactMap { found, finding in
                guard let finding else { return nil }
                let id = view.id(table: found.table, image: found.image)
                // What has the bytes is said to be identical, and nothing else; later looks do not ask for bytes.
                guard finding.mayBeAccepted, step > 0 || !known.contains(id) else {
                  return PartialSearch.Entry(record: nil, finding: finding)
                }
                let place = places[id] ?? partial.records.count
                if place == partial.records.count {
                  partial.records.append(try record(id))
                  places[id] = place
                }
                return PartialSearch.Entry(record: place, finding: finding)
              }
            })
        }
        return partial
      }
    }
  }
#endif
