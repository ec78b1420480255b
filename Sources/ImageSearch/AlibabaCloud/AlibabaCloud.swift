/// Alibaba Cloud Image Search: images of an instance of one's own in the cloud.
///
/// Searching, adding and removing have a rate of their own each, by default that of the usual plan: 5, 5 and 20 a second
/// (docs/sources/alibaba-image-search.md, section 5). When the service denies a request, the client slows down by itself.
/// ``ClientConfiguration/limits`` sets one limit for each of the three instead. All methods may be called from any task at once.
public final class AlibabaCloud: SearchService {
  /// Five searches a second.
  public static let defaultSearchLimits = RequestLimits(concurrent: 8, perSecond: 5)
  /// Five images a second; plans for 100 000 images allow one.
  public static let defaultAddLimits = RequestLimits(concurrent: 8, perSecond: 5)
  /// Twenty removals a second.
  public static let defaultRemoveLimits = RequestLimits(concurrent: 8, perSecond: 20)

  /// `"AlibabaCloud"`.
  public let name = "AlibabaCloud"
  /// Everything; the generations before 2020 cannot say what is left or how many images there are. An image behind a URL is
  /// fetched here and then uploaded.
  public let capabilities: Capabilities
  /// The generation of the interface.
  public let apiVersion: AlibabaCloudVersion

  let options: AlibabaCloudOptions
  let builder: AlibabaCloudRequestBuilder
  let searches: ServiceCaller
  let additions: ServiceCaller
  let removals: ServiceCaller
  let details: ServiceCaller
  /// Everything that the documents set no rate for.
  let others: ServiceCaller
  /// Uploads and fetches, which are not the instance's.
  let transfers: ServiceCaller
  let allowsPrivateAddresses: Bool

  /// - Parameters:
  ///   - credentials: the access key.
  ///   - instance: the instance's name; up to 20 characters for 2018-01-20.
  ///   - region: the region's id, for instance `"cn-shanghai"`; may be left out with an endpoint.
  ///   - endpoint: a host, reached by https, or an http(s) URL used as given; `nil` takes the region's.
  ///   - apiVersion: the generation of the interface.
  ///   - options: what is seldom changed.
  ///   - configuration: timeouts, retries, limits, proxy, log. The total timeout is for each image of an add call; one
  ///     in the options of the call is for the whole of it.
  /// - Throws: ``ImageSearchError/Code/invalidArgument``, ``ImageSearchError/Code/invalidURL``.
  public convenience init(
    _ credentials: AlibabaCloudCredentials, instance: String, region: String? = nil, endpoint: String? = nil,
    apiVersion: AlibabaCloudVersion = .v20201214, options: AlibabaCloudOptions = .init(),
    configuration: ClientConfiguration = .init()
  ) throws {
    try self.init(
      credentials, instance: instance, region: region, endpoint: endpoint, apiVersion: apiVersion, options: options,
      configuration: configuration, transport: nil)
  }

  package init(
    _ credentials: AlibabaCloudCredentials, instance: String, region: String?, endpoint: String?,
    apiVersion: AlibabaCloudVersion, options: AlibabaCloudOptions, configuration: ClientConfiguration,
    transport: (any HTTPTransport)?, time: any TimeSource = SystemTime(), random: any RandomSource = SecureRandom()
  ) throws {
    let credentials = credentials.copy
    try credentials.validate()
    try AlibabaCloudLimits.instance(instance, apiVersion)
    try Validation.range("smallest side of images", options.imageSides.lowerBound, 1...100_000)
    let endpoints = try AlibabaCloudEndpoints(region: region, endpoint: endpoint, options: options)
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
  }

  deinit { close() }

  /// See ``SearchService/close()``.
  public func close() {
    for caller in [searches, additions, removals, details, others, transfers] { caller.close() }
  }

  // MARK: - The common interface

  /// See ``SearchService/search(_:options:)``.
  public func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage {
    let (typed, response) = try await searches.call("search", options) { options in
      let typed = try AlibabaCloudSearchRequest(request)
      return (typed, try await search(typed, options: options))
    }
    let end = typed.start + response.matches.count
    let wanted = typed.count ?? AlibabaCloudLimits.defaultPage
    let hasMore = response.matches.count >= wanted && end < AlibabaCloudLimits.reachable
    // No total: the service's two counters contradict each other between generations.
    var page = SearchPage(
      service: name, matches: response.matches.map(\.common), total: nil, offset: typed.start, nextOffset: end,
      hasMore: hasMore, requestID: response.answer.requestID, raw: response.answer.raw)
    page.leaveOut(below: request.minimumScore)
    return page
  }

  /// See ``SearchService/quota(options:)``: images that may still be added, and searches a second that the plan
  /// allows. The service counts no searches. Only 2020-12-14.
  public func quota(options: CallOptions) async throws -> Quota {
    try await detail(options: options).quota
  }

  /// See ``SearchService/imageCount(options:)``; only 2020-12-14.
  public func imageCount(options: CallOptions) async throws -> Int {
    let instance = try await detail(options: options)
    guard let count = instance.totalCount else {
      throw details.owned(ImageSearchError(.malformedResponse, "the answer has no \"Instance.TotalCount\""))
    }
    return count
  }
}
