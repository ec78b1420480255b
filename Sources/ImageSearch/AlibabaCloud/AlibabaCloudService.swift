import FoundationEssentials
import Synchronization

/// Credentials for Alibaba Cloud: an access key.
public struct AlibabaCloudCredentials: Sendable {
  let accessKeyID: String
  let accessKeySecret: Secret
  let securityToken: Secret?

  /// An access key.
  ///
  /// - Parameters:
  ///   - accessKeyID: the id of the key, which is sent with every request.
  ///   - accessKeySecret: the secret, which is never sent.
  ///   - securityToken: the token of a temporary key (STS); `nil` or `""` for a permanent one.
  public init(accessKeyID: String, accessKeySecret: String, securityToken: String? = nil) {
    self.accessKeyID = accessKeyID
    self.accessKeySecret = Secret(accessKeySecret)
    self.securityToken = securityToken.flatMap { $0.isEmpty ? nil : Secret($0) }
  }

  /// The key in `ALIBABA_CLOUD_ACCESS_KEY_ID`, `ALIBABA_CLOUD_ACCESS_KEY_SECRET` and, if set, `ALIBABA_CLOUD_SECURITY_TOKEN`.
  ///
  /// - Throws: ``ImageSearchError/Code/unauthorized`` naming the missing variable.
  public static func fromEnvironment() throws -> AlibabaCloudCredentials {
    try from(ProcessInfo.processInfo.environment)
  }

  static func from(_ environment: [String: String]) throws -> AlibabaCloudCredentials {
    func value(_ name: String) throws -> String {
      guard let text = environment[name], !text.isEmpty else {
        throw ImageSearchError(.unauthorized, "the environment variable \(name) is not set", service: "AlibabaCloud")
      }
      return text
    }
    return AlibabaCloudCredentials(
      accessKeyID: try value("ALIBABA_CLOUD_ACCESS_KEY_ID"),
      accessKeySecret: try value("ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
      securityToken: environment["ALIBABA_CLOUD_SECURITY_TOKEN"])
  }

  /// A copy, whose secrets a client wipes when it is closed; the caller may open another client with the same
  /// credentials.
  var copy: AlibabaCloudCredentials {
    AlibabaCloudCredentials(
      accessKeyID: accessKeyID, accessKeySecret: accessKeySecret.text, securityToken: securityToken?.text)
  }

  var secrets: [Secret] { [accessKeySecret] + (securityToken.map { [$0] } ?? []) }

  func validate() throws {
    try Validation.key("the access key id", accessKeyID)
    try Validation.key("the access key secret", accessKeySecret.text)
    if let securityToken { try Validation.key("the security token", securityToken.text) }
  }
}

extension AlibabaCloudCredentials: CustomStringConvertible, CustomReflectable {
  /// Without the secret and the token.
  public var description: String { "AlibabaCloudCredentials(\(securityToken == nil ? "access key" : "temporary key"))" }

  /// Empty.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Alibaba Cloud Image Search: the images of your own instance in the cloud.
///
/// Searching, adding and removing have separate rates, by default those of the usual plan: 5, 5 and 20 per second
/// (docs/sources/alibaba-image-search.md, section 5). When the service throttles, the client slows down automatically.
/// ``ClientConfiguration/limits`` replaces the limits of each of the three. All methods may be called from any task at
/// once.
public final class AlibabaCloud: SearchService {
  /// Five searches per second.
  public static let defaultSearchLimits = RequestLimits(concurrent: 8, perSecond: 5)
  /// Five images per second; plans for 100 000 images allow one.
  public static let defaultAddLimits = RequestLimits(concurrent: 8, perSecond: 5)
  /// Twenty removals per second.
  public static let defaultRemoveLimits = RequestLimits(concurrent: 8, perSecond: 20)

  /// `"AlibabaCloud"`.
  public let name = "AlibabaCloud"
  /// Everything; versions before 2020 have no quota and no count of images. An image behind a URL is fetched here and
  /// then uploaded.
  public let capabilities: Capabilities
  /// The version of the API.
  public let apiVersion: AlibabaCloud.Version

  let options: AlibabaCloud.Options
  let builder: AlibabaCloudRequestBuilder
  let searches: ServiceCaller
  let additions: ServiceCaller
  let removals: ServiceCaller
  let details: ServiceCaller
  /// For actions without a documented rate.
  let others: ServiceCaller
  /// For uploads and fetches, which do not go to the instance.
  let transfers: ServiceCaller
  let allowsPrivateAddresses: Bool
  /// Re-encodes images that the service would refuse; `nil` if that is not requested.
  let preparation: (any ImagePreparing)?

  /// - Parameters:
  ///   - credentials: the access key.
  ///   - instance: the instance's name; up to 20 characters for 2018-01-20.
  ///   - region: the region's id, for instance `"cn-shanghai"`; may be omitted if the options name an endpoint.
  ///   - options: the endpoint, the version of the API, and the accepted images.
  ///   - configuration: timeouts, retries, limits, proxy, log. The total timeout applies to each image of an add call;
  ///     one in the options of the call applies to the whole call.
  /// - Throws: ``ImageSearchError/Code/invalidArgument``, ``ImageSearchError/Code/invalidURL``.
  public convenience init(
    _ credentials: AlibabaCloudCredentials, instance: String, region: String? = nil,
    options: AlibabaCloud.Options = .init(), configuration: ClientConfiguration = .init()
  ) throws {
    try self.init(
      credentials, instance: instance, region: region, options: options, configuration: configuration, transport: nil)
  }

  package init(
    _ credentials: AlibabaCloudCredentials, instance: String, region: String?, options: AlibabaCloud.Options,
    configuration: ClientConfiguration, transport: (any HTTPTransport)?, time: any TimeSource = SystemTime(),
    random: any RandomSource = SecureRandom()
  ) throws {
    let credentials = credentials.copy
    let apiVersion = options.apiVersion
    try credentials.validate()
    try AlibabaCloudLimits.instance(instance, apiVersion)
    try Validation.range("smallest side of images", options.imageSides.lowerBound, 1...100_000)
    let endpoints = try AlibabaCloudEndpoints(region: region, options: options)
    self.apiVersion = apiVersion
    self.options = options
    let always: Capabilities = [.searchByURL, .searchByUpload, .addImages, .removeImages]
    capabilities = apiVersion == .v20201214 ? always.union([.quota, .imageCount]) : always
    searches = try ServiceCaller(
      service: "AlibabaCloud", configuration: configuration, limits: Self.defaultSearchLimits,
      secrets: credentials.secrets, transport: transport, time: time, random: random)
    additions = searches.sharing(limits: configuration.limits ?? Self.defaultAddLimits)
    removals = searches.sharing(limits: configuration.limits ?? Self.defaultRemoveLimits)
    details = searches.sharing(limits: RequestLimits(concurrent: 1, perSecond: 1))
    others = searches.sharing(limits: configuration.limits ?? RequestLimits(concurrent: 4, perSecond: 5))
    transfers = searches.sharing(limits: RequestLimits(concurrent: 8))
    builder = AlibabaCloudRequestBuilder(
      credentials: credentials, instance: instance, version: apiVersion, endpoints: endpoints,
      signatureMethod: options.signatureMethod, time: time, random: random)
    allowsPrivateAddresses = configuration.allowsPrivateAddresses
    preparation = try options.preparation?()
  }

  deinit { close() }

  /// See ``SearchService/close()``.
  public func close() {
    for caller in [searches, additions, removals, details, others, transfers] { caller.close() }
    preparation?.close()
  }

  // MARK: - The common interface

  /// See ``SearchService/search(_:options:)``.
  public func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage {
    try await searches.call("search", options) { options in
      let typed = try AlibabaCloudSearchRequest(request)
      let response = try await find(typed, options)
      let end = typed.start + response.matches.count
      let wanted = typed.count ?? AlibabaCloudLimits.defaultPage
      let hasMore = response.matches.count >= wanted && end < AlibabaCloudLimits.reachable
      // No total: the meaning of the service's two counters differs between versions.
      var page = SearchPage(
        service: name, matches: response.matches.map(\.common), total: nil, offset: typed.start, nextOffset: end,
        hasMore: hasMore, requestID: response.envelope.requestID, raw: response.envelope.raw)
      page.leaveOut(below: request.minimumScore)
      return page
    }
  }

  /// See ``SearchService/quota(options:)``: images that may still be added, and searches per second that the plan
  /// allows. The service does not count searches. Only 2020-12-14.
  public func quota(options: CallOptions) async throws -> Quota { try await detail(options: options).quota }

  /// See ``SearchService/imageCount(options:)``; only 2020-12-14.
  public func imageCount(options: CallOptions) async throws -> Int {
    guard let count = try await detail(options: options).totalCount else {
      throw details.reported(ImageSearchError(.malformedResponse, "the response has no \"Instance.TotalCount\""))
    }
    return count
  }

  /// See ``SearchService/removeImages(_:options:)``. Returns the number of names in the responses, which only
  /// 2020-12-14 has.
  public func removeImages(_ requests: [RemoveRequest], options: CallOptions) async throws -> Int? {
    try await removals.call("remove images", options, hasTimeoutForEach: true) { options in
      var count: Int? = 0
      for request in requests {
        let response = try await deleteImage(
          AlibabaCloudDeleteRequest(productID: request.itemID, imageName: request.imageName), options: options)
        if let known = count, let names = response.imageNames { count = known + names.count } else { count = nil }
      }
      return count
    }
  }

  // MARK: - Searching and removing, typed

  /// Finds images like the given one, by name, by text or by filter, best first.
  ///
  /// An image is checked before anything is sent: at most 4 MiB, 100–4096 pixels per side, PNG, JPEG, BMP, GIF, WEBP,
  /// TIFF or PPM, upright (docs/sources/alibaba-image-search.md, section 6).
  /// - Throws: ``ImageSearchError``. No match is an empty list and not an error.
  public func search(_ request: AlibabaCloudSearchRequest, options: CallOptions = .init()) async throws
    -> AlibabaCloudSearchResponse
  {
    try await searches.call("search", options) { options in try await find(request, options) }
  }

  private func find(_ request: AlibabaCloudSearchRequest, _ options: CallOptions) async throws
    -> AlibabaCloudSearchResponse
  {
    try request.validate(apiVersion)
    var request = request
    var image: ImageSource?
    if case .image(var source) = request.query {
      _ = try await prepareImage(&source, region: &request.region, options)
      image = source
    }
    switch apiVersion {
    case .v20201214:
      var form = request.form
      if let image { form.append(("PicContent", try await upload(image, options))) }
      let action = builder.instanceAction(request.action, query: request.queryParameters, form: form)
      return try await perform(action, by: searches, requiring: "Auctions", options)
    case .v20190325:
      // `SearchByPic` is the default, and the vendor's client omits it.
      let type = image == nil ? [(name: "Type", value: "SearchByName")] : []
      let (body, md5) = try builder.form(type + request.form, image: try image?.body())
      return try await post("/v2/image/search", body, md5: md5, by: searches, requiring: "Auctions", options)
    case .v20180120:
      guard let image else { throw ImageSearchError(.internalFailure, "a search of 2018 without an image") }
      let body = try PackedBody(searching: request, image)
      return try await post(
        "/item/search", body, md5: body.digest(.md5), by: searches, requiring: "Auctions", options)
    }
  }

  /// Removes images; removing one that does not exist succeeds.
  ///
  /// - Throws: ``ImageSearchError``.
  @discardableResult
  public func deleteImage(_ request: AlibabaCloudDeleteRequest, options: CallOptions = .init()) async throws
    -> AlibabaCloudDeleteResponse
  {
    try await removals.call("remove image", options) { options in
      try request.validate(apiVersion)
      switch apiVersion {
      case .v20201214:
        let action = builder.instanceAction("DeleteImage", form: request.form)
        return try await perform(action, by: removals, requiring: "Code", options)
      case .v20190325:
        let (body, md5) = try builder.form(request.form)
        return try await post("/v2/image/delete", body, md5: md5, by: removals, requiring: "Code", options)
      case .v20180120:
        let body = try PackedBody(removing: request)
        return try await post(
          "/item/delete", body, md5: body.digest(.md5), by: removals, requiring: "Code", options)
      }
    }
  }

  // MARK: - Requests

  /// Performs an action of 2020-12-14.
  func perform<Response: AlibabaCloudResponse>(
    _ action: AlibabaCloudRequestBuilder.Action, by caller: ServiceCaller, requiring part: String,
    _ options: CallOptions
  ) async throws -> Response {
    guard apiVersion == .v20201214 else {
      throw ImageSearchError(.unsupported, "the API version \(apiVersion.rawValue) has no \(action.name)")
    }
    return try await request(action.name, by: caller, requiring: part, options) { [builder] in
      try builder.request(action, base: builder.endpoints.service)
    }
  }

  /// Posts a body to a path, for versions before 2020.
  ///
  /// - Parameter md5: the MD5 of the body.
  func post<Response: AlibabaCloudResponse>(
    _ path: String, _ body: any TransportBody, md5: [UInt8], by caller: ServiceCaller, requiring part: String,
    _ options: CallOptions
  ) async throws -> Response {
    try await request(path, by: caller, requiring: part, options) { [builder] in
      try builder.request(path: path, body: body, md5: md5)
    }
  }

  /// Sends a request of any version. Adding and removing are idempotent and searching is free of charge, so all may be
  /// repeated.
  func request<Response: AlibabaCloudResponse>(
    _ operation: String, by caller: ServiceCaller, requiring part: String, _ options: CallOptions,
    makeRequest: @escaping @Sendable () throws -> TransportRequest
  ) async throws -> Response {
    let imageErrors = Mutex(0)
    let call = ServiceCall<Response>(operation: operation, isPaid: false, makeRequest: makeRequest) { response in
      let result = AlibabaCloudErrors.read(response, as: Response.self, part: part)
      guard case .failure(var failure) = result, failure.error.providerCode == "PictureError" else { return result }
      // The service could not read the image: worth one more try, because the transfer may be to blame.
      let count = imageErrors.withLock { count in
        count += 1
        return count
      }
      if count > 1 { failure.repetition = .never }
      return .failure(failure)
    }
    return try await caller.perform(call, options: options)
  }
}

extension AlibabaCloud {
  /// A version of the API. They differ in signature, body and upload (docs/sources/alibaba-image-search.md, section 1).
  public enum Version: String, Sendable, Hashable, CaseIterable {
    /// The packed body of 2018: add, search and delete (docs/sources/alibaba-image-search.md, section 2).
    case v20180120 = "2018-01-20"
    /// A form with the image in base64: add, search and delete; the only documented one that needs no second host.
    case v20190325 = "2019-03-25"
    /// The current version: fourteen actions; images are uploaded through a temporary bucket.
    case v20201214 = "2020-12-14"
  }

  /// The signature of requests of 2020-12-14; older versions have their own.
  public enum SignatureMethod: String, Sendable, CaseIterable {
    /// HMAC-SHA256 in the header `Authorization`, the current scheme (docs/sources/alibaba-image-search.md, 5.2).
    case acs3 = "ACS3-HMAC-SHA256"
    /// HMAC-SHA1 in the query, which the vendor calls discontinued but still accepts (5.3).
    case rpc = "HMAC-SHA1"
  }

  /// Options of a client of Alibaba Cloud Image Search, in addition to those of every client.
  public struct Options: Sendable {
    /// Range of width and height in pixels for fabric instances.
    public static let fabricSides = 448...4096
    /// Range of width and height in pixels for trademark instances.
    public static let trademarkSides = 200...4095

    /// A host, reached over https, or an http(s) URL, used as given; `nil` for the region's.
    public var endpoint: String?
    /// The version of the API.
    public var apiVersion = Version.v20201214
    /// Whether to use the region's private host, which is only reachable inside its private networks (VPC).
    public var usesVPC = false
    /// Where uploads are authorized: a host or an http(s) URL. `nil` for `openplatform.aliyuncs.com`, or for the
    /// client's own endpoint if that is not one of Alibaba Cloud's hosts, so that images are not sent anywhere else.
    public var openPlatformEndpoint: String?
    /// The signature of requests of 2020-12-14.
    public var signatureMethod = SignatureMethod.acs3
    /// Range of width and height in pixels, checked before anything is sent; see ``fabricSides``.
    public var imageSides = 100...4096
    /// Re-encodes images that are too large or rotated by EXIF instead of refusing them; the module ImageIndex sets it
    /// by `preparesImages`.
    package var preparation: (@Sendable () throws -> any ImagePreparing)?

    /// The defaults.
    public init() {}
  }
}
