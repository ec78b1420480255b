/// The matches of all pages, one after the other; the next page is asked for when the last match was taken.
///
/// Each page may be counted as a search by the provider. The sequence ends where the service says that nothing more follows.
public struct MatchSequence: AsyncSequence, Sendable {
  /// A match.
  public typealias Element = Match

  let service: any SearchService
  let request: SearchRequest
  let options: CallOptions

  /// Where the sequence is.
  public struct AsyncIterator: AsyncIteratorProtocol {
    private let service: any SearchService
    private var request: SearchRequest
    private let options: CallOptions
    private var page: ArraySlice<Match> = []
    private var hasMore = true

    init(_ sequence: MatchSequence) {
      service = sequence.service
      request = sequence.request
      options = sequence.options
    }

    /// The next match.
    ///
    /// - Throws: ``ImageSearchError`` of the search for the next page.
    public mutating func next() async throws -> Match? {
      while page.isEmpty {
        guard hasMore else { return nil }
        let found = try await service.search(request, options: options)
        hasMore = found.hasMore && found.nextOffset > request.offset
        request.offset = found.nextOffset
        page = found.matches[...]
      }
      return page.popFirst()
    }
  }

  /// An iterator at the first match.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}

extension SearchService {
  /// All matches of a search, page by page; `request.limit` is the size of a page.
  ///
  /// - Parameter options: time limits of each page.
  public func matches(_ request: SearchRequest, options: CallOptions = .init()) -> MatchSequence {
    MatchSequence(service: self, request: request, options: options)
  }
}
