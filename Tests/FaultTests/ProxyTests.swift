import FoundationEssentials
import ImageSearch
import TestSupport
import Testing

/// Every request goes through the proxy, whatever its kind: uploads, the provider's second hosts, and fetched images. The host
/// names do not exist, so that a request that bypasses the proxy fails. Proxies from the environment are tested from Python, which can start
/// a process with one.
@Suite struct ProxyTests {
  enum Kind: String, Sendable, CaseIterable {
    case http, https, socks5h
  }

  private func url(_ proxy: ProviderDouble, _ kind: Kind, user: String = "") throws -> String {
    switch kind {
    case .http: "http://\(user)127.0.0.1:\(proxy.port)"
    case .https: "https://\(user)localhost:\(try #require(proxy.tlsPort))"
    case .socks5h: "socks5h://\(user)127.0.0.1:\(try #require(proxy.ports["socks_port"]))"
    }
  }

  private func configuration(_ proxy: String, _ authority: String?) -> ClientConfiguration {
    var configuration = ClientConfiguration()
    configuration.transport.proxy = proxy
    configuration.transport.noProxy = ""
    configuration.transport.certificateAuthorityFile = authority
    configuration.limits = RequestLimits(concurrent: 4)
    configuration.retry.maximumAttempts = 1
    configuration.totalTimeout = .seconds(30)
    return configuration
  }

  @Test(arguments: Kind.allCases) func searchesAndUploads(_ kind: Kind) async throws {
    let double = try ProviderDouble("tineye")
    let proxy = try ProviderDouble("proxy", settings: "{\"routes\": {\"api.example\": \(double.port)}}", tls: true)
    let client = try TinEye(
      .apiKey("test-key"), baseURL: "http://api.example/rest",
      configuration: configuration(try url(proxy, kind), proxy.caFile))
    _ = try await client.search(SearchRequest(image: .url("https://tineye.com/images/meloncat.jpg"), limit: 1))
    let image = Array(try double.image("melon.png"))
    #expect(try await client.search(SearchRequest(image: .bytes(image), limit: 1)).matches.count == 1)
    _ = try await client.remainingSearches()
    let requests = try double.requests()
    #expect(requests.map(\.kind) == ["search_url", "search_upload", "remaining_searches"])
    #expect(requests.allSatisfy { $0.verdict == "ok" })
    let passed = try proxy.requests()
    #expect(!passed.isEmpty && passed.allSatisfy { $0.target.contains("api.example") && $0.verdict == "ok" })
    if kind != .socks5h { #expect(passed.count == 3) }
  }

  /// Three hosts: the platform that authorizes the upload, the bucket, and the service.
  @Test(arguments: Kind.allCases) func theBucketIsReachedThroughItToo(_ kind: Kind) async throws {
    let double = try ProviderDouble("alibaba")
    let proxy = try ProviderDouble(
      "proxy", settings: "{\"routes\": {\"imagesearch.example\": \(double.port)}}", tls: true)
    var options = AlibabaCloud.Options()
    options.openPlatformEndpoint = "http://imagesearch.example"
    options.endpoint = "http://imagesearch.example"
    let client = try AlibabaCloud(
      AlibabaCloudCredentials(accessKeyID: "testid", accessKeySecret: "testsecret"), instance: "goodssearch",
      region: "cn-shanghai", options: options,
      configuration: configuration(try url(proxy, kind), proxy.caFile))
    var request = AlibabaCloudAddRequest(
      productID: "p", imageName: "a", image: .bytes(Array(try double.image("shoes1.png"))))
    request.categoryID = 4
    try await client.addImage(request)
    let requests = try double.requests()
    #expect(requests.map(\.kind) == ["AuthorizeFileUpload", "oss_upload", "AddImage"])
    #expect(requests.allSatisfy { $0.verdict == "ok" })
    let bucket = try #require(requests[1].header("host"))
    let targets = try proxy.requests().map(\.target)
    #expect(targets.contains { $0.contains(bucket) }, "\(bucket) is not among \(targets)")
    #expect(targets.contains { $0.contains("imagesearch.example") })
  }

  /// A tunnel to a provider over TLS: the proxy sees the target, and never a key.
  @Test(arguments: [Kind.http, .socks5h]) func aTunnel(_ kind: Kind) async throws {
    let double = try ProviderDouble("tineye", tls: true)
    let proxy = try ProviderDouble("proxy")
    let client = try TinEye(
      .apiKey("test-key"), baseURL: try #require(double.tlsURL) + "/rest",
      configuration: configuration(try url(proxy, kind), double.caFile))
    _ = try await client.remainingSearches()
    #expect(try double.requests().map(\.scheme) == ["https"])
    let passed = try proxy.requests()
    #expect(passed.count == 1)
    #expect(passed.first?.kind == (kind == .http ? "connect" : "socks5"))
    #expect(passed.first?.header("x-api-key") == nil)
  }

  @Test(arguments: Kind.allCases) func passwords(_ kind: Kind) async throws {
    let double = try ProviderDouble("tineye")
    let settings = "{\"routes\": {\"api.example\": \(double.port)}, \"user\": \"me\", \"password\": \"p@ss:word/1\"}"
    let proxy = try ProviderDouble("proxy", settings: settings, tls: true)
    func remaining(_ user: String) async throws {
      let client = try TinEye(
        .apiKey("test-key"), baseURL: "http://api.example/rest",
        configuration: configuration(try url(proxy, kind, user: user), proxy.caFile))
      _ = try await client.remainingSearches()
    }
    try await remaining("me:p%40ss%3Aword%2F1@")
    #expect(try double.requests().count == 1)
    for wrong in ["me:p%40ss%3Aword@", ""] {
      let error = await thrownError { try await remaining(wrong) }
      #expect(error?.code == .proxyFailed, "\(String(describing: error))")
      let words = "\(String(describing: error)) \(String(reflecting: error))"
      #expect(!words.contains("p@ss") && !words.contains("p%40ss"))
    }
    #expect(try double.requests().count == 1)
  }

  @Test func hostsThatNeedNone() async throws {
    let double = try ProviderDouble("tineye")
    let proxy = try ProviderDouble("proxy")
    var configuration = configuration(try url(proxy, .http), nil)
    configuration.transport.noProxy = "example.org,127.0.0.1"
    let client = try TinEye(.apiKey("test-key"), baseURL: double.url + "/rest", configuration: configuration)
    _ = try await client.remainingSearches()
    #expect(try double.requests().count == 1)
    #expect(try proxy.requests().isEmpty)
  }
}
