#if LocalIndex
  import ImageMatching
  import ImageSearch

  extension LocalIndex {
    /// Maximum size of a partial search in bytes.
    public static var maximumPartialBytes: Int { PartialSearch.mostBytes }

    /// Searches this index as one of several that are searched with one query. Returns unjudged findings as bytes; ``mergePartials(_:_:)``
    /// turns those of all indexes into the page that a single index with all their images would return.
    ///
    /// What several stored images have in common with a query is no evidence for any one of them, so all images must be judged together. All
    /// passes of the query are made, because only the merge can know whether the first one found anything: search with a query of
    /// ``SearchRequest/Effort/fast`` first.
    ///
    /// - Parameters:
    ///   - bytes: the result of ``encodedQuery(of:form:options:)``.
    ///   - request: category, mirrored, offset and limit are used here; ``SearchRequest/populationSize`` must be the number of images of
    ///     all indexes.
    ///   - options: limits of this call.
    /// - Returns: Some hundred bytes when nothing is similar to the query, and about 6 KB per similar image.
    /// - Throws: as ``search(encoded:_:options:)``.
    public func searchPartial(
      encoded bytes: [UInt8], _ request: SearchRequest = SearchRequest(image: .bytes([UInt8]())),
      options: CallOptions = .init()
    ) async throws -> [UInt8] {
      try await log.call("searchPartial") {
        try await withEncodedQuery(bytes, request, options) { [self] encoded, control in
          try repairing(control) { try partial(encoded, request, control: control) }.bytes()
        }
      }
    }

    /// Merges the partial searches of several indexes into a page.
    ///
    /// - Parameters:
    ///   - partials: the results of ``searchPartial(encoded:_:options:)`` with the same query in each index, in any order. The bytes may be
    ///     untrusted: invalid ones are an error.
    ///   - request: offset and limit, relations, minimum score and confidence; `offset + limit` must not exceed that of the partial searches.
    /// - Returns: the page that one index with all the images would return, as long as that would not reach its limit of candidates.
    /// - Throws: ``ImageSearchError/Code/invalidArgument`` for bytes that are no partial search, and for partial searches of different queries
    ///   or populations; ``ImageSearchError/Code/indexVersionMismatch`` for those of another version; ``ImageSearchError/Code/imageTooSimple``
    ///   and ``ImageSearchError/Code/imageTooSmall`` as a search.
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
          // A found image without a row is corruption.
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
          demand.identical = step == 0 ? known : []
          partial.steps.append(
            try queries.map { query in
              let found = try view.look(
                query, demand, transaction: transaction, parallel: idle(control), comparesDetail: false,
                control: control
              ).found
              partial.isApproximate = partial.isApproximate || query.missedItsPixels
              partial.lacksWitnesses = partial.lacksWitnesses || query.missedItsWitnesses
              let findings = try view.compareDetail(
                found, query, demand, population: partial.population, transaction, control: control)
              let essentials = Jury(findings, indexSize: partial.population).essentials
              return try zip(found, essentials).compactMap { found, finding in
                guard let finding else { return nil }
                let id = view.id(table: found.table, image: found.image)
                // Images with the query's bytes are reported as identical only; later passes do not compare bytes.
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
