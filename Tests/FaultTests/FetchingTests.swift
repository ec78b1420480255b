import ImageSearch
import Synchronization
import TestSupport
import Testing

/// An image that TinEye cannot fetch, fetched here and uploaded.
@Suite struct FetchingTests {
  private let double: ProviderDouble
  private let web: ProviderDouble
  private let url: String

  init() throws {
    double = try ProviderDouble("tineye")
    // Any server with images will do.
    web = try ProviderDouble("tineye")
    url = web.url + "/_double/images/melon.png"
    try double.post("matches", "{\"url\": \"\(url)\", \"flag\": \"unreachable\"}")
  }

  private func search(
    _ url: String, uploads: Bool = true, _ change: (inout ClientConfiguration) -> Void = { _ in }
  ) async throws -> SearchPage {
    var configuration = ClientConfiguration()
    configuration.limits = RequestLimits(concurrent: 1)
    configuration.retry = RetryPolicy(maximumAttempts: 2, baseDelay: .seconds(0.01))
    change(&configuration)
    let client = try TinEye(
      .apiKey("test-key"), baseURL: double.url + "/rest", uploadsUnfetchedImages: uploads, configuration: configuration)
    defer { client.close() }
    return try await client.search(SearchRequest(image: .url(url), limit: 3))
  }

  @Test func onlyWhenAsked() async throws {
    let error = await thrownError { try await search(url, uploads: false) { $0.allowsPrivateAddresses = true } }
    #expect(error?.code == .urlNotFetched)
    #expect(try double.requests().map(\.kind) == ["search_url"])
  }

  @Test func fetchedAndUploaded() async throws {
    let page = try await search(url) {
      $0.allowsPrivateAddresses = true
    }
    #expect(page.total == 247)
    #expect(page.matches.count == 3)
    #expect(try double.requests().map(\.kind) == ["search_url", "search_upload"])
    #expect(try double.requests().last?.form.files.first?.length == (try web.image("melon.png")).count)
    #expect(try double.paid() == 1)
  }

  @Test func privateAddressesStayRefused() async throws {
    let error = await thrownError { try await search(url) }
    #expect(error?.code == .addressRefused)
    #expect(error?.message.hasPrefix("TinEye cannot fetch the image") == true)
    #expect(try double.requests().map(\.kind) == ["search_url"])
  }

  /// The provider itself may be at a private address; an image's URL that names the same host must not be fetched over the
  /// connection that was opened to it.
  @Test func noPrivateAddressOverAKeptConnection() async throws {
    let inside = double.url + "/_double/images/melon.png"
    try double.post("matches", "{\"url\": \"\(inside)\", \"flag\": \"unreachable\"}")
    let error = await thrownError { try await search(inside) }
    #expect(error?.code == .addressRefused)
    #expect(error?.message.contains("private") == true)
    #expect(try double.requests().map(\.kind) == ["search_url"])
  }

  @Test func whatIsNoImageIsNotUploaded() async throws {
    let page = web.url + "/_double/status"
    try double.post("matches", "{\"url\": \"\(page)\", \"flag\": \"unreachable\"}")
    let error = await thrownError {
      try await search(page) {
        $0.allowsPrivateAddresses = true
      }
    }
    #expect(error?.code == .malformedResponse)
    #expect(error?.mayHaveBeenCharged == false)
    #expect(try double.paid() == 0)
  }

  /// Alibaba Cloud's platform names the target of an upload, which is checked before it is used.
  @Test(arguments: ["127.0.0.1", "10.1.2.3", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "[fd00::1]"])
  func aBucketAtAPrivateAddress(_ address: String) async throws {
    let uploads = Mutex(0)
    let bucket = try StubServer { _, _ in
      uploads.withLock { $0 += 1 }
      return "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
    }
    let platform = try StubServer { [port = bucket.port] target, head in
      guard (target + head).contains("AuthorizeFileUpload") else {
        return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
      }
      let body = """
        {"AccessKeyId": "id", "Bucket": "b", "EncodedPolicy": "p", "Endpoint": "bucket.example:\(port)", "ObjectKey": "k",
        "Signature": "s", "RequestId": "r"}
        """
      return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body
    }
    func search(allowed: Bool) async -> ImageSearchError? {
      var options = AlibabaCloud.Options()
      options.endpoint = "http://127.0.0.1:\(platform.port)"
      options.openPlatformEndpoint = "http://openplatform.aliyuncs.com:\(platform.port)"
      var configuration = ClientConfiguration()
      configuration.retry = RetryPolicy(maximumAttempts: 1)
      configuration.allowsPrivateAddresses = allowed
      configuration.transport.proxy = ""
      configuration.transport.resolve = [
        "openplatform.aliyuncs.com:\(platform.port):127.0.0.1", "b.bucket.example:\(bucket.port):\(address)",
      ]
      return await thrownError {
        let client = try AlibabaCloud(
          AlibabaCloudCredentials(accessKeyID: "testid", accessKeySecret: "testsecret"), instance: "goods",
          region: "cn-shanghai", options: options, configuration: configuration)
        defer { client.close() }
        return try await client.search(SearchRequest(image: .bytes(try web.image("melon.png"))))
      }
    }
    let refused = await search(allowed: false)
    #expect(refused?.code == .addressRefused, "\(String(describing: refused))")
    #expect(uploads.withLock { $0 } == 0)
    guard address == "127.0.0.1" else { return }
    let allowed = await search(allowed: true)
    #expect(uploads.withLock { $0 } == 1, "\(String(describing: allowed))")
  }

  /// Two searches, which both count towards the cap.
  @Test func theCapCountsBoth() async throws {
    let error = await thrownError {
      try await search(url) {
        $0.allowsPrivateAddresses = true
        $0.maximumPaidCalls = 1
      }
    }
    #expect(error?.code == .spendingCapReached)
    #expect(try double.requests().map(\.kind) == ["search_url"])
  }
}
