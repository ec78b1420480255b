/// The 1688 catalogue through TMAPI, a reseller of marketplace data: offers that look like an image, best first and without a
/// score.
///
/// Every search and every conversion of an image's URL is paid for. All methods may be called from any task at once.
public final class TMAPI: SearchService {
  /// The provider's address, https.
  public static let defaultBaseURL = "https://api.tmapi.top"
  /// Four calls at a time: the provider publishes no number. An answer 503 halves it for a while.
  public static let defaultLimits = RequestLimits(concurrent: 4)

  /// `"TMAPI"`.
  public let name = "TMAPI"
  /// Search by URL only: the provider has no upload and no call for the account.
  public let capabilities: Capabilities = [.searchByURL]

  let caller: ServiceCaller
  let endpoint: TMAPISearchRequest.Endpoint
  private let builder: TMAPIRequestBuilder
  private let conversions: TMAPIConversions

  /// - Parameters:
  ///   - credentials: how to sign in.
  ///   - baseURL: the provider's address, used as given: plain http only when it says `http://`, for the token then travels in
  ///     clear.
  ///   - endpoint: the search for requests in the common terms that name none.
  ///   - configuration: timeouts, retries, limits, proxy, log. The provider asks for attempts of 60 s, which is the default.
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

  /// Finds offers that look like the given image: one page.
  ///
  /// An image that is not Ali-hosted is converted first, which is another paid call; see ``convert(_:for:options:)``.
  /// - Throws: ``ImageSearchError``. No match is an empty page and not an error.
  public func search(_ request: TMAPISearchRequest, options: CallOptions = .init()) async throws
    -> TMAPISearchResponse
  {
    try await caller.call("search", options) { try await page(request, options: $0) }
  }

  /// Converts the URL of an image on any host to a path that a search takes as its image.
  ///
  /// Searches do this by themselves, once for each image and endpoint: the path is kept for an hour and serves every page.
  /// Paths and Ali-hosted URLs come back as they are, without a call.
  /// - Parameters:
  ///   - url: the absolute http or https URL of an image that the provider can fetch.
  ///   - endpoint: the search that the path is for.
  /// - Throws: ``ImageSearchError``.
  public func convert(_ url: String, for endpoint: TMAPISearchRequest.Endpoint, options: CallOptions = .init())
    async throws -> String
  {
    try await caller.call("convert", options) { try await address(of: .url(url), endpoint, $0).text }
  }

  // MARK: - Calls

  /// One page, with the conversion before it if there has to be one.
  func page(_ request: TMAPISearchRequest, options: CallOptions) async throws -> TMAPISearchResponse {
    try request.validate()
    let (image, converted) = try await address(of: request.image, request.endpoint, options)
    let time = caller.time
    let call = ServiceCall<TMAPISearchResponse>(
      operation: "search", isPaid: true, makeRequest: { [builder] in builder.search(request, image: image) }
    ) { response in
      TMAPIAnswer.read(response, unixTime: time.unixTime, TMAPISearchResponse.init).map { answer in
        var answer = answer
        answer.raw = response.body
        return answer
      }
    }
    do {
      return try await caller.perform(call, options: options)
    } catch {
      // The path may have ended its life: the next search converts anew.
      let code = (error as? ImageSearchError)?.providerCode
      if let converted, code == "417" || code == "422" { conversions.forget(converted) }
      throw error
    }
  }

  /// What a search takes as its image, and the entry among the conversions when it is one.
  private func address(
    of image: ImageSource, _ endpoint: TMAPISearchRequest.Endpoint, _ options: CallOptions
  ) async throws -> (text: String, entry: TMAPIConversions.Key?) {
    switch try TMAPIImage(image) {
    case .direct(let text): return (text, nil)
    case .foreign(let url):
      let key = TMAPIConversions.Key(url: url, endpoint: endpoint)
      let path = try await conversions.path(for: key, deadline: options.deadline ?? .never) {
        let time = caller.time
        let call = ServiceCall<TMAPIConversion>(
          operation: "convert", isPaid: true,
          makeRequest: { [builder] in try builder.conversion(of: url, for: endpoint) }
        ) { response in TMAPIAnswer.read(response, unixTime: time.unixTime, TMAPIConversion.init) }
        return try await caller.perform(call, options: options).path
      }
      return (path, key)
    }
  }
}
