/// One page of matches, best first. No match is an empty page, never an error.
public struct SearchPage: Sendable {
  /// The service that responded.
  public var service: String
  /// The matches of this page.
  public var matches: [Match]
  /// Total number of matches; `nil` when the service does not say.
  public var total: Int?
  /// Position of the first match of this page, from 0.
  public var offset: Int
  /// Offset of the next page, which also counts matches that a minimum score left out.
  public var nextOffset: Int
  /// Whether another page may follow.
  public var hasMore: Bool
  /// The provider's warnings, for instance that the rate is too high.
  public var warnings: [String]
  /// The provider's identifier of the request.
  public var requestID: String?
  /// The pass that found the matches (local index): 0 is the first, later ones are made when it finds nothing; `nil`
  /// for other services.
  public var look: Int?
  /// Whether the query came without its pixels and only they could have settled a match exactly (local index).
  public var isApproximate = false
  /// The response's body as received, not redacted.
  public var raw: [UInt8]
  /// Hash of what the provider sent, if ``matches`` omits some of it.
  package var providerHash: Int?

  /// A page.
  public init(
    service: String, matches: [Match], total: Int?, offset: Int, nextOffset: Int? = nil, hasMore: Bool,
    warnings: [String] = [], requestID: String? = nil, look: Int? = nil, raw: [UInt8] = []
  ) {
    self.service = service
    self.matches = matches
    self.total = total
    self.offset = offset
    self.nextOffset = nextOffset ?? offset + matches.count
    self.hasMore = hasMore
    self.warnings = warnings
    self.requestID = requestID
    self.look = look
    self.raw = raw
  }

  /// Removes matches with a lower score; a missing score counts as 0.
  package mutating func leaveOut(below minimumScore: Double?) {
    guard let minimumScore else { return }
    providerHash = matches.hashValue
    matches.removeAll { ($0.score ?? 0) < minimumScore }
  }

  /// Identifies the content of the page, to notice when a provider repeats one; `nil` for an empty page.
  fileprivate var contentHash: Int? { providerHash ?? (matches.isEmpty ? nil : matches.hashValue) }
}

/// The pages of a search, one after the other; each is requested when it is taken.
///
/// The provider may count each page as a search. The sequence ends where the service says that nothing follows, and at
/// a page that it has sent before: a provider that ignores the offset would charge for the same page without end.
public struct PageSequence: AsyncSequence, Sendable {
  /// A page.
  public typealias Element = SearchPage

  let service: any SearchService
  let request: SearchRequest
  let options: CallOptions

  /// The position in the sequence.
  public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
    private let service: any SearchService
    private var request: SearchRequest
    private let options: CallOptions
    private var seen: Set<Int> = []
    private var hasMore = true

    init(_ sequence: PageSequence) {
      service = sequence.service
      request = sequence.request
      options = sequence.options
    }

    /// The next page; `nil` at the end.
    ///
    /// - Throws: ``ImageSearchError`` of the search for it.
    public mutating func next() async throws -> SearchPage? { try await next(options: options) }

    /// The same with options for this page alone.
    package mutating func next(options: CallOptions) async throws -> SearchPage? {
      guard hasMore else { return nil }
      let page = try await service.search(request, options: options)
      if let hash = page.contentHash, !seen.insert(hash).inserted {
        hasMore = false
        return nil
      }
      hasMore = page.hasMore && page.nextOffset > request.offset
      request.offset = page.nextOffset
      return page
    }
  }

  /// An iterator at the first page.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}

/// The matches of all pages, one after the other; the next page is requested when the last match has been taken.
///
/// It ends as ``PageSequence`` does.
public struct MatchSequence: AsyncSequence, Sendable {
  /// A match.
  public typealias Element = Match

  let pages: PageSequence

  /// The position in the sequence.
  public struct AsyncIterator: AsyncIteratorProtocol {
    private var pages: PageSequence.AsyncIterator
    private var page: ArraySlice<Match> = []

    init(_ sequence: MatchSequence) { pages = sequence.pages.makeAsyncIterator() }

    /// The next match; `nil` at the end.
    ///
    /// - Throws: ``ImageSearchError`` of the search for the next page.
    public mutating func next() async throws -> Match? {
      while page.isEmpty {
        guard let found = try await pages.next() else { return nil }
        page = found.matches[...]
      }
      return page.popFirst()
    }
  }

  /// An iterator at the first match.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}

extension SearchService {
  /// All pages of a search; `request.limit` is the size of a page.
  ///
  /// - Parameters:
  ///   - options: time limits of each page.
  ///   - request: what is searched for.
  public func pages(_ request: SearchRequest, options: CallOptions = .init()) -> PageSequence {
    PageSequence(service: self, request: request, options: options)
  }

  /// All matches of a search, page by page; `request.limit` is the size of a page.
  ///
  /// - Parameters:
  ///   - options: time limits of each page.
  ///   - request: what is searched for.
  public func matches(_ request: SearchRequest, options: CallOptions = .init()) -> MatchSequence {
    MatchSequence(pages: pages(request, options: options))
  }
}
