/// Credentials for TMAPI: one token, in exactly one place.
public struct TMAPICredentials: Sendable {
  /// Where the token is sent. It is not known whether the service accepts both at once, so it is always one.
  public enum Placement: String, Sendable, CaseIterable {
    /// The request header `apikey`, as in the latest documentation (docs/sources/tmapi-1688.md, section 2).
    case header
    /// The query parameter `apiToken`, as docs/sources/tmapi-1688.md, section 8 has it; proxies and servers may log it.
    case query
  }

  let token: Secret
  let placement: Placement

  /// A token from the provider's console.
  ///
  /// - Parameters:
  ///   - token: the token, visible ASCII characters.
  ///   - placement: where it is sent.
  public static func token(_ token: String, placement: Placement = .header) -> TMAPICredentials {
    TMAPICredentials(token: Secret(token), placement: placement)
  }

  /// Returns a copy of the token, for a client to wipe.
  func copy() -> TMAPICredentials { TMAPICredentials(token: token.copy(), placement: placement) }

  func validate() throws { try Validation.key("the API token", token.text) }
}

extension TMAPICredentials: CustomStringConvertible, CustomReflectable {
  /// Without the token.
  public var description: String { "TMAPICredentials(\(placement.rawValue))" }

  /// Without the token.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The 1688 catalogue through TMAPI, a reseller of marketplace data: offers that look like an image, best first and without a
/// score.
///
/// Every search and every conversion of an image's URL is charged. All methods may be called from any task at once.
public final class TMAPI: SearchService {
  /// The provider's base URL, with https.
  public static let defaultBaseURL = "https://api.tmapi.top"
  /// Four concurrent calls; the provider publishes no number. A response 503 halves it for a while.
  public static let defaultLimits = RequestLimits(concurrent: 4)

  /// `"TMAPI"`.
  public let name = "TMAPI"
  /// Search by URL only: the provider has no upload and no call for the account.
  public let capabilities: Capabilities = [.searchByURL]

  let caller: ServiceCaller
  private let endpoint: TMAPISearchRequest.Endpoint
  private let builder: TMAPIRequestBuilder
  private let conversions: TMAPIConversions

  /// - Parameters:
  ///   - credentials: the token.
  ///   - baseURL: the provider's base URL, used as given. With `http://` the token is sent unencrypted.
  ///   - endpoint: the search for service-independent requests that name none.
  ///   - configuration: timeouts, retries, limits, proxy, log. The provider asks for attempts of 60 s, which is the
  ///     default.
  /// - Throws: ``ImageSearchError/Code/invalidArgument``, ``ImageSearchError/Code/invalidURL``.
  public convenience init(
    _ credentials: TMAPICredentials, baseURL: String = TMAPI.defaultBaseURL,
    endpoint: TMAPISearchRequest.Endpoint = .search, configuration: ClientConfiguration = .init()
  ) throws {
    try self.init(credentials, baseURL: baseURL, endpoint: endpoint, configuration: configuration, transport: nil)
  }

  package init(
    _ credentials: TMAPICredentials, baseURL: String = TMAPI.defaultBaseURL,
    endpoint: TMAPISearchRequest.Endpoint = .search, configuration: ClientConfiguration,
    transport: (any HTTPTransport)?, time: any TimeSource = SystemTime(), random: any RandomSource = SecureRandom()
  ) throws {
    try credentials.validate()
    let credentials = credentials.copy()
    caller = try ServiceCaller(
      service: "TMAPI", configuration: configuration, limits: Self.defaultLimits, secrets: [credentials.token],
      transport: transport, time: time, random: random)
    builder = TMAPIRequestBuilder(base: try WebAddress.base(baseURL), credentials: credentials)
    conversions = TMAPIConversions(time: time)
    self.endpoint = endpoint
  }

  deinit { close() }

  /// See ``SearchService/close()``.
  public func close() { caller.close() }

  // MARK: - Searching

  /// Finds offers that look like the given image; returns one page.
  ///
  /// An image that is not Ali-hosted is converted first, which is another paid call; see ``convert(_:for:options:)``.
  /// - Throws: ``ImageSearchError``. No match is an empty page and not an error.
  public func search(_ request: TMAPISearchRequest, options: CallOptions = .init()) async throws
    -> TMAPISearchResponse
  {
    try await caller.call("search", options) { options in try await page(request, options) }
  }

  /// See ``SearchService/search(_:options:)``.
  ///
  /// Fetches the pages that contain the wanted offers one after the other, each a paid call, and no more than needed;
  /// with a limit of at most 20 and an offset that is a multiple of it, that is one page. If a page fails after others
  /// were paid for, those are returned with a warning, and ``SearchPage/nextOffset`` is where to continue. A page that
  /// the provider repeats is the last. ``SearchPage/raw`` is the response's body, or a JSON list of the bodies when
  /// there were several.
  public func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage {
    try await caller.call("search", options) { options in
      var typed = try TMAPISearchRequest(request, endpoint: endpoint)
      let given = request.parameters["page_size"] == nil ? nil : typed.pageSize
      let window = try TMAPIPageWindow(offset: request.offset, limit: request.limit, pageSize: given)
      typed.pageSize = window.pageSize
      return try await pages(typed, window, options)
    }
  }

  private func pages(_ request: TMAPISearchRequest, _ window: TMAPIPageWindow, _ options: CallOptions) async throws
    -> SearchPage
  {
    var request = request
    var result = SearchPage(
      service: name, matches: [], total: nil, offset: window.offset, nextOffset: window.offset, hasMore: true)
    var bodies: [[UInt8]] = []
    var last: [TMAPIOffer] = []
    for page in window.pages {
      request.page = page
      let response: TMAPISearchResponse
      do {
        response = try await self.page(request, options)
      } catch {
        var failure = caller.reported(error)
        guard !bodies.isEmpty else { throw failure }
        // Pages that were paid for are not lost; but a caller that cancels or closes wants none.
        guard failure.code != .cancelled, failure.code != .closed else {
          failure.mayHaveBeenCharged = true
          throw failure
        }
        let charge = failure.mayHaveBeenCharged ? "; it may have been charged" : ""
        result.warnings.append("page \(page) could not be fetched: \(failure.message) (\(failure.code))" + charge)
        break
      }
      bodies.append(response.raw)
      // The same page again: so would be the next one, and it would be charged.
      guard response.offers.isEmpty || response.offers != last else {
        result.hasMore = false
        result.warnings.append("page \(page) is the same as the one before; nothing more was asked for")
        break
      }
      last = response.offers
      window.append(response, after: request, to: &result)
      if !result.hasMore { break }
    }
    result.raw = bodies.count == 1 ? bodies[0] : Self.list(bodies)
    return result
  }

  private static func list(_ bodies: [[UInt8]]) -> [UInt8] {
    [UInt8(ascii: "[")] + bodies.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
  }

  /// Fetches one page, after a conversion if one is needed.
  private func page(_ request: TMAPISearchRequest, _ options: CallOptions) async throws -> TMAPISearchResponse {
    try request.validate()
    let image = try await converted(request.image, for: request.endpoint, options)
    let call = ServiceCall<TMAPISearchResponse>(
      operation: "search", isPaid: true, makeRequest: { [builder] in builder.search(request, image: image.text) }
    ) { [time = caller.time] response in
      TMAPIErrors.read(response, unixTime: time.unixTime, TMAPISearchResponse.init).map { page in
        var page = page
        page.raw = response.body
        return page
      }
    }
    do {
      return try await caller.perform(call, options: options)
    } catch var error as ImageSearchError {
      if let conversion = image.conversion {
        // The path may have expired: the next search converts the image again.
        if error.providerCode == "417" || error.providerCode == "422" { conversions.forget(conversion) }
        if image.isPaidFor {
          error.mayHaveBeenCharged = true
          error.message += "; the conversion of the image before it was paid for"
        }
      }
      throw error
    }
  }

  // MARK: - Converting

  /// Converts the URL of an image on any host to a path that a search takes as its image.
  ///
  /// Searches do this automatically, once for each image and endpoint: the path is kept for an hour and serves every
  /// page. Paths and Ali-hosted URLs are returned as they are, without a call.
  /// - Parameters:
  ///   - url: the absolute http or https URL of an image that the provider can fetch.
  ///   - endpoint: the search that the path is for.
  ///   - options: limits of this call.
  /// - Throws: ``ImageSearchError``.
  public func convert(_ url: String, for endpoint: TMAPISearchRequest.Endpoint, options: CallOptions = .init())
    async throws -> String
  {
    try await caller.call("convert", options) { options in try await converted(.url(url), for: endpoint, options).text }
  }

  /// Returns the image in the form that a search accepts, the cache entry if it was converted, and whether this call
  /// paid for it.
  private func converted(
    _ image: ImageSource, for endpoint: TMAPISearchRequest.Endpoint, _ options: CallOptions
  ) async throws -> (text: String, conversion: TMAPIConversions.Key?, isPaidFor: Bool) {
    switch try TMAPIImage(image) {
    case .direct(let text): return (text, nil, false)
    case .foreign(let url):
      let key = TMAPIConversions.Key(url: url, endpoint: endpoint)
      let (path, isNew) = try await conversions.path(for: key, deadline: options.deadline ?? .never) {
        let call = ServiceCall<TMAPIConversion>(
          operation: "convert", isPaid: true,
          makeRequest: { [builder] in try builder.conversion(of: url, for: endpoint) }
        ) { [time = caller.time] response in
          TMAPIErrors.read(response, unixTime: time.unixTime, TMAPIConversion.init)
        }
        return try await caller.perform(call, options: options).path
      }
      return (path, key, isNew)
    }
  }
}
