/// Searching in the common terms: offset and limit over pages that are each paid for.
extension TMAPI {
  /// See ``SearchService/search(_:options:)``.
  ///
  /// The pages that hold the wanted offers are fetched one after the other and no more than needed, each a paid call; with a
  /// limit of at most 20 and an offset that is a multiple of it that is one. Should a page fail after others were paid for,
  /// those are returned with a warning, and ``SearchPage/nextOffset`` is where to go on.
  /// ``SearchPage/raw`` is the answer's body, or a JSON list of the bodies when there were several.
  public func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage {
    try await caller.call("search", options) { options in
      var typed = try TMAPISearchRequest(request, endpoint: endpoint)
      let given = request.parameters["page_size"] == nil ? nil : typed.pageSize
      let window = try TMAPIPageWindow(offset: request.offset, limit: request.limit, pageSize: given)
      typed.pageSize = window.pageSize
      return try await pages(typed, window, options: options)
    }
  }

  private func pages(_ request: TMAPISearchRequest, _ window: TMAPIPageWindow, options: CallOptions) async throws
    -> SearchPage
  {
    var request = request
    var result = SearchPage(
      service: name, matches: [], total: nil, offset: window.offset, nextOffset: window.offset, hasMore: true)
    var bodies: [[UInt8]] = []
    var latest: [String] = []
    for page in window.pages {
      request.page = page
      let response: TMAPISearchResponse
      do {
        response = try await self.page(request, options: options)
      } catch {
        let failure = caller.owned(error)
        let charge = failure.mayHaveBeenCharged ? "; it may have been charged" : ""
        // What was paid for is not thrown away; but who cancels or closes wants no answer.
        guard !bodies.isEmpty, failure.code != .cancelled, failure.code != .closed else { throw failure }
        result.warnings.append("page \(page) could not be fetched: \(failure.message) (\(failure.code))" + charge)
        break
      }
      bodies.append(response.raw)
      // The same page again: the next one would be it too, and would be paid for.
      let offers = response.offers.map { $0.itemID ?? "" }
      if !offers.isEmpty, offers == latest {
        result.hasMore = false
        result.warnings.append("page \(page) is the same as the one before; nothing more was asked for")
        break
      }
      latest = offers
      take(response, after: request, window, into: &result)
      if !result.hasMore { break }
    }
    result.raw = bodies.count == 1 ? bodies[0] : Self.list(bodies)
    return result
  }

  private func take(
    _ response: TMAPISearchResponse, after request: TMAPISearchRequest, _ window: TMAPIPageWindow,
    into result: inout SearchPage
  ) {
    let start = window.start(of: request.page)
    let room = window.end - window.offset - result.matches.count
    let wanted = response.offers.dropFirst(max(0, window.offset - start))
    result.matches += wanted.prefix(room).map(\.common)
    result.total = response.totalCount ?? result.total
    // Beyond the window there may be offers of this page, which the next window asks for again.
    let isCut = start + window.pageSize > window.end && wanted.count > room
    result.hasMore = isCut || response.hasMore(after: request)
    result.nextOffset =
      result.hasMore ? min(window.end, start + window.pageSize) : window.offset + result.matches.count
  }

  private static func list(_ bodies: [[UInt8]]) -> [UInt8] {
    [UInt8(ascii: "[")] + bodies.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
  }
}
