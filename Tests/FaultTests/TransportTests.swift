import ImageSearch
import TestSupport
import Testing

/// The bytes on the wire when a transport keeps connections, handles and headers for the next request.
@Suite struct TransportTests {
  private let double: ProviderDouble
  private let transport: CurlTransport
  private let timeouts = AttemptTimeouts(connect: .seconds(5), total: .seconds(10))

  init() throws {
    double = try ProviderDouble("tineye")
    var configuration = TransportConfiguration()
    configuration.proxy = ""
    transport = try CurlTransport(configuration: configuration)
  }

  private func send(_ target: String, _ change: (inout TransportRequest) -> Void = { _ in }) async throws
    -> RecordedRequest
  {
    var request = TransportRequest(method: .get, url: double.url + target)
    request.headers = [("x-api-key", "test-key")]
    change(&request)
    _ = try await transport.send(request, timeouts: timeouts)
    return try #require(double.requests().last)
  }

  /// Byte by byte: nothing is decoded, folded or sorted. Only a fragment is not sent.
  @Test(arguments: [
    "/rest/remaining_searches/", "/rest/search/?image_url=https%3a%2F%2Fa.example%2Fb.jpg&limit=1&limit=2",
    "/rest/a/../remaining_searches/./x", "/rest//remaining_searches/?a=b?c=d&&=", "/?", "/rest/%7Eme/%2e%2E/~",
  ])
  func theTargetAsGiven(_ target: String) async throws {
    #expect(try await send(target).target == target)
    // The second time, the host is known.
    #expect(try await send(target).target == target)
  }

  @Test func noFragment() async throws {
    #expect(try await send("/rest/remaining_searches/?a=b").target == "/rest/remaining_searches/?a=b")
    #expect(try await send("/rest/remaining_searches/?a=c#part").target == "/rest/remaining_searches/?a=c")
    #expect(try await send("/rest/remaining_searches/?a=d").target == "/rest/remaining_searches/?a=d")
  }

  @Test func aURLWithoutPath() async throws {
    #expect(try await send("").target == "/")
    #expect(try await send("?a=b").target == "/?a=b")
    #expect(try await send("/rest/x").target == "/rest/x")
  }

  /// A target that would break the request line is refused by libcurl, and does not affect the next request.
  @Test(arguments: ["/rest/a b", "/rest/a\r\nx-injected: 1", "/rest/a\u{7F}", "/rest/\u{1}"])
  func noOtherLineInTheTarget(_ target: String) async throws {
    let before = try double.requests().count
    await #expect(throws: TransportFailure.self) { _ = try await send(target) }
    let after = try await send("/rest/remaining_searches/")
    #expect(after.target == "/rest/remaining_searches/")
    #expect(try double.requests().count == before + 1)
  }

  /// Headers of one request are not sent with another one over the same connection and handle.
  @Test func headersOfTheirOwn() async throws {
    let path = "/rest/remaining_searches/"
    var seen: [RecordedRequest] = []
    seen.append(try await send(path))
    seen.append(try await send(path))
    seen.append(try await send(path) { $0.headers = [("x-api-key", "other"), ("x-empty", "")] })
    seen.append(try await send(path) { $0.headers = [] })
    seen.append(try await send(path) { $0.acceptsCompression = false })
    seen.append(
      try await send(path) {
        $0.method = .post
        $0.body = BytesBody(Array("abc".utf8))
        $0.headers.append(("Content-Type", "text/plain"))
      })
    seen.append(try await send(path))
    #expect(Set(seen.map(\.connection)).count == 1)
    let keys = ["test-key", "test-key", "other", nil, "test-key", "test-key", "test-key"]
    #expect(seen.map { $0.header("x-api-key") } == keys)
    #expect(seen.map { $0.header("x-empty") } == [nil, nil, "", nil, nil, nil, nil])
    #expect(seen.map { $0.header("Content-Type") } == [nil, nil, nil, nil, nil, "text/plain", nil])
    #expect(seen.map(\.bodyLength) == [0, 0, 0, 0, 0, 3, 0])
    for request in seen {
      #expect(request.headers.count { $0.first?.lowercased() == "user-agent" } == 1)
      #expect(request.header("User-Agent") == TransportConfiguration().userAgent)
      #expect(request.headers.count { $0.first?.lowercased() == "accept-encoding" } == 1)
      #expect(request.header("Expect") == nil)
    }
    #expect(seen[4].header("Accept-Encoding") == "identity")
    #expect(seen[5].header("Accept-Encoding")?.contains("gzip") == true)
    #expect(seen[6].headers == seen[0].headers)
  }

  @Test func aUserAgentOfOneLine() async throws {
    var configuration = ClientConfiguration()
    configuration.transport.userAgent = "mine/1\r\nx-injected: 1"
    let error = #expect(throws: ImageSearchError.self) { try TinEye(.apiKey("k"), configuration: configuration) }
    #expect(error?.code == .invalidArgument)
    configuration.transport.userAgent = "mine/1 (a comment)"
    let client = try TinEye(.apiKey("test-key"), baseURL: double.url + "/rest", configuration: configuration)
    defer { client.close() }
    _ = try await client.imageCount()
    #expect(try double.requests().last?.header("User-Agent") == "mine/1 (a comment)")
  }

  /// Two alternating hosts: a handle does not mix up their addresses.
  @Test func anotherHost() async throws {
    let other = try ProviderDouble("tineye")
    for round in 0..<3 {
      for double in [double, other] {
        let request = TransportRequest(method: .get, url: "\(double.url)/rest/image_count/?round=\(round)")
        _ = try await transport.send(request, timeouts: timeouts)
        #expect(try double.requests().last?.target == "/rest/image_count/?round=\(round)")
        #expect(try double.requests().count == round + 1)
      }
    }
    // One name is a prefix of the other.
    #expect(try await send("/rest/x").target == "/rest/x")
    let longer = TransportRequest(method: .get, url: double.url + "0/rest/x")
    await #expect(throws: TransportFailure.self) { _ = try await transport.send(longer, timeouts: timeouts) }
    #expect(try await send("/rest/y").target == "/rest/y")
  }
}
