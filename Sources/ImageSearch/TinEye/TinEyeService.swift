/// Credentials for TinEye.
public struct TinEyeCredentials: Sendable {
  enum Method: Sendable {
    case header(Secret)
    case signature(publicKey: String, privateKey: Secret)
  }

  let method: Method

  /// The current method: the key is sent in the header `x-api-key` (docs/sources/tineye.md, section 3).
  ///
  /// - Parameter key: the API key, formerly called the private key.
  public static func apiKey(_ key: String) -> TinEyeCredentials { TinEyeCredentials(method: .header(Secret(key))) }

  /// The signature of 2017–2022, HMAC-SHA256 over the whole request (docs/sources/tineye.md, section 4). The live
  /// service no longer accepts it; it is for recordings and for servers of your own.
  public static func signature(publicKey: String, privateKey: String) -> TinEyeCredentials {
    TinEyeCredentials(method: .signature(publicKey: publicKey, privateKey: Secret(privateKey)))
  }

  /// Returns a copy of the keys, for a client to wipe.
  func copy() -> TinEyeCredentials {
    switch method {
    case .header(let key): TinEyeCredentials(method: .header(key.copy()))
    case .signature(let publicKey, let privateKey):
      TinEyeCredentials(method: .signature(publicKey: publicKey, privateKey: privateKey.copy()))
    }
  }

  var secrets: [Secret] {
    switch method {
    case .header(let key): [key]
    case .signature(_, let privateKey): [privateKey]
    }
  }

  func validate() throws {
    switch method {
    case .header(let key):
      try Validation.key("the API key", key.text)
    case .signature(let publicKey, let privateKey):
      try Validation.key("the public key", publicKey)
      try Validation.key("the private key", privateKey.text)
    }
  }
}

extension TinEyeCredentials: CustomStringConvertible, CustomReflectable {
  /// Without the keys.
  public var description: String {
    switch method {
    case .header: "TinEyeCredentials(API key)"
    case .signature: "TinEyeCredentials(signature)"
    }
  }

  /// Without the keys.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// TinEye's web index: the pages on which an image, or an altered copy of it, was found.
///
/// A client sends one search at a time and at most 30 per minute, as the documentation asks (docs/sources/tineye.md,
/// section 8); ``ClientConfiguration/limits`` sets other limits for accounts that have them. All methods may be called
/// from any task at once.
public final class TinEye: SearchService {
  /// The provider's base URL.
  public static let defaultBaseURL = "https://api.tineye.com/rest"
  /// One search at a time, 30 per minute.
  public static let defaultLimits = RequestLimits(concurrent: 1, perMinute: 30)

  /// `"TinEye"`.
  public let name = "TinEye"
  /// Everything except adding and removing images.
  public let capabilities: Capabilities = [.searchByURL, .searchByUpload, .remainingSearches, .quota, .imageCount]

  private let base: WebAddress
  let caller: ServiceCaller
  // Free calls do not queue behind searches: the documented limits are for searches only.
  private let freeCaller: ServiceCaller
  private let builder: TinEyeRequestBuilder
  private let allowsPrivateAddresses: Bool
  private let uploadsUnfetchedImages: Bool

  /// - Parameters:
  ///   - credentials: the key or keys.
  ///   - baseURL: the provider's base URL with its path, used as given.
  ///   - uploadsUnfetchedImages: when TinEye says that it cannot fetch the image behind a URL, fetch it here and upload
  ///     it. Off by default: it is a second search, and TinEye does not document whether it counts the first.
  ///   - configuration: timeouts, retries, limits, proxy, log.
  /// - Throws: ``ImageSearchError/Code/invalidArgument``, ``ImageSearchError/Code/invalidURL``.
  public convenience init(
    _ credentials: TinEyeCredentials, baseURL: String = TinEye.defaultBaseURL, uploadsUnfetchedImages: Bool = false,
    configuration: ClientConfiguration = .init()
  ) throws {
    try self.init(
      credentials, baseURL: baseURL, uploadsUnfetchedImages: uploadsUnfetchedImages, configuration: configuration,
      transport: nil)
  }

  package init(
    _ credentials: TinEyeCredentials, baseURL: String = TinEye.defaultBaseURL, uploadsUnfetchedImages: Bool = false,
    configuration: ClientConfiguration,
    transport: (any HTTPTransport)?, time: any TimeSource = SystemTime(), random: any RandomSource = SecureRandom()
  ) throws {
    try credentials.validate()
    let credentials = credentials.copy()
    base = try WebAddress.base(baseURL)
    caller = try ServiceCaller(
      service: "TinEye", configuration: configuration, limits: Self.defaultLimits, secrets: credentials.secrets,
      transport: transport, time: time, random: random)
    freeCaller = caller.sharing(limits: RequestLimits(concurrent: max(4, configuration.limits?.concurrent ?? 0)))
    builder = TinEyeRequestBuilder(base: base, credentials: credentials, time: time, random: random)
    allowsPrivateAddresses = configuration.allowsPrivateAddresses
    self.uploadsUnfetchedImages = uploadsUnfetchedImages
  }

  deinit { close() }

  /// See ``SearchService/close()``.
  public func close() {
    caller.close()
    freeCaller.close()
  }

  // MARK: - Searching

  /// Finds images like the given one.
  ///
  /// The image is checked before anything is sent: its format must be JPEG, PNG, GIF, BMP, TIFF or WEBP, and it must not be
  /// animated (docs/sources/tineye.md, section 7).
  /// - Throws: ``ImageSearchError``. No match is an empty page and not an error.
  public func search(_ request: TinEyeSearchRequest, options: CallOptions = .init()) async throws
    -> TinEyeSearchResponse
  {
    try await caller.call("search", options) { options in
      do {
        return try await searchOnce(request, options)
      } catch let error as ImageSearchError where error.code == .urlNotFetched && uploadsUnfetchedImages {
        guard let url = request.image.url else { throw error }
        var request = request
        request.image = .bytes(try await fetch(url, instead: error, options))
        return try await searchOnce(request, options)
      }
    }
  }

  /// See ``SearchService/search(_:options:)``.
  public func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage {
    let (typed, response) = try await caller.call("search", options) { options in
      let typed = try TinEyeSearchRequest(request)
      return (typed, try await search(typed, options: options))
    }
    let end = typed.offset + response.matches.count
    let isShort = typed.limit.map { response.matches.count < $0 } ?? false
    let hasMore = !response.matches.isEmpty && (response.total.map { end < $0 } ?? !isShort)
    var page = SearchPage(
      service: name, matches: response.matches.map(\.common), total: response.total, offset: typed.offset,
      nextOffset: end, hasMore: hasMore, warnings: caller.cleaned(response.messages), raw: response.raw)
    page.leaveOut(below: request.minimumScore)
    return page
  }

  private nonisolated(nonsending) func searchOnce(_ request: TinEyeSearchRequest, _ options: CallOptions) async throws
    -> TinEyeSearchResponse
  {
    try request.validate()
    let isURLSearch = request.image.url != nil
    let makeRequest = try requestMaker(request)
    let call = ServiceCall<TinEyeSearchResponse>(operation: "search", isPaid: true, makeRequest: makeRequest) {
      [base, time = caller.time] response in
      TinEyeErrors.read(response, isURLSearch: isURLSearch, unixTime: time.unixTime)
        .flatMap { TinEyeSearchResponse.read($0, response, base: base) }
    }
    return try await caller.perform(call, options: options)
  }

  private func requestMaker(_ request: TinEyeSearchRequest) throws -> @Sendable () throws -> TransportRequest {
    let builder = builder
    let parameters = request.parameters
    if let url = request.image.url {
      try WebAddress.check(url, field: "image URL")
      return { try builder.get("search", parameters) }
    }
    let format = try ImagePreflight.tinEye.check(request.image)?.format ?? .jpeg
    let body = try request.image.body()
    let fileName = request.image.fileName ?? "image.\(format.fileExtension)"
    return { try builder.upload(parameters, fileName: fileName, mimeType: format.mimeType, body: body) }
  }

  /// Fetches an image that TinEye cannot reach.
  private func fetch(_ url: String, instead first: ImageSearchError, _ options: CallOptions) async throws -> [UInt8] {
    let address = try WebAddress(url, field: "image URL")
    let call = ImageFetch.call(address, operation: "fetch", publicAddressesOnly: !allowsPrivateAddresses)
    do {
      return try await freeCaller.perform(call, options: options)
    } catch var error as ImageSearchError {
      error.message = "TinEye cannot fetch the image (\(first.message)), nor can this client: \(error.message)"
      throw error
    }
  }

  // MARK: - What is left, and how much there is

  /// See ``SearchService/quota(options:)``: the searches that are left, with the bundles that have not expired.
  public func quota(options: CallOptions) async throws -> Quota {
    try await free("remaining_searches", options) { Quota(tinEye: $0) }
  }

  /// See ``SearchService/imageCount(options:)``.
  public func imageCount(options: CallOptions) async throws -> Int {
    try await free("image_count", options) { $0.integer }
  }

  private func free<Value: Sendable>(
    _ method: String, _ options: CallOptions, _ value: @escaping @Sendable (JSONValue) -> Value?
  ) async throws -> Value {
    let builder = builder
    let time = caller.time
    let call = ServiceCall<Value>(operation: method, isPaid: false, makeRequest: { try builder.get(method, []) }) {
      response in
      TinEyeErrors.read(response, unixTime: time.unixTime).flatMap { envelope in
        envelope.results.flatMap(value).map { .success($0) } ?? .failure(ResponseFailure.missing("results", response))
      }
    }
    return try await freeCaller.perform(call, options: options)
  }

  // MARK: - Overlays

  /// See ``SearchService/overlay(of:query:style:options:)``: fetches what TinEye draws, the match on the left half, the query on
  /// the right, ``OverlayStyle/aligned`` (docs/sources/tineye.md, section 8). The key is not sent along.
  public func overlay(
    of match: Match, query: ImageSource?, style: OverlayStyle, options: CallOptions
  ) async throws -> [UInt8] {
    try await freeCaller.call("overlay", options) { options in
      guard style == .aligned else {
        throw unsupported("draw an overlay of the style \(style); it draws the aligned one")
      }
      guard let url = match.overlayURL else {
        throw ImageSearchError(.invalidArgument, "match has no overlay; it must be a match of TinEye")
      }
      let address = try WebAddress(url, field: "overlay URL")
      // The provider's own host is trusted like the base URL; any other host only like any address on the web.
      let isForeign = address.origin != base.origin && !allowsPrivateAddresses
      let call = ImageFetch.call(address, operation: "overlay", publicAddressesOnly: isForeign, isProviders: true)
      return try await freeCaller.perform(call, options: options)
    }
  }
}
