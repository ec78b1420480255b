import ImageSearch
import TestSupport
import Testing

/// Faults before a request is sent: nothing is charged, and transient faults are retried.
@Suite struct ConnectionFaultTests {
  private static let faults = Result { try ProviderDouble("faults", tls: true) }

  /// One row: a port of the fault server, and the expected outcome.
  struct Row: Sendable {
    var port: String
    var scheme = "http"
    var code: ImageSearchError.Code
    var attempts: Int
    var mayHaveBeenCharged = false
  }

  private func configuration(_ double: ProviderDouble) -> ClientConfiguration {
    var configuration = ClientConfiguration()
    configuration.connectTimeout = .seconds(0.3)
    configuration.attemptTimeout = .seconds(0.6)
    configuration.retry = RetryPolicy(maximumAttempts: 2, baseDelay: .seconds(0.01))
    configuration.transport.certificateAuthorityFile = double.caFile
    return configuration
  }

  @Test(arguments: [
    Row(port: "refused_port", code: .connectionFailed, attempts: 2),
    Row(port: "unreachable_port", code: .timedOut, attempts: 2),
    // The request was sent; whether it was read is unknown.
    Row(port: "silent_port", code: .timedOut, attempts: 1, mayHaveBeenCharged: true),
    Row(port: "silent_port", scheme: "https", code: .timedOut, attempts: 2),
    Row(port: "wrong_name_port", scheme: "https", code: .tlsFailed, attempts: 1),
    Row(port: "expired_port", scheme: "https", code: .tlsFailed, attempts: 1),
    Row(port: "not_yet_valid_port", scheme: "https", code: .tlsFailed, attempts: 1),
    Row(port: "unknown_ca_port", scheme: "https", code: .tlsFailed, attempts: 1),
    Row(port: "refused_port", scheme: "https", code: .connectionFailed, attempts: 2),
  ])
  func aPaidSearch(_ row: Row) async throws {
    let double = try Self.faults.get()
    let port = try #require(double.ports[row.port])
    let base = "\(row.scheme)://\(row.scheme == "https" ? "localhost" : "127.0.0.1"):\(port)"
    let request = SearchRequest(image: .url("https://cbu01.alicdn.com/one.jpg"))
    let services: [any SearchService] = [
      try TinEye(.apiKey("test-key"), baseURL: base + "/rest", configuration: configuration(double)),
      try TMAPI(.token("test-token"), baseURL: base, configuration: configuration(double)),
    ]
    for service in services {
      defer { service.close() }
      let error = await thrownError { try await service.search(request) }
      #expect(error?.code == row.code, "\(String(describing: error))")
      #expect(error?.attempts == row.attempts)
      #expect(error?.mayHaveBeenCharged == row.mayHaveBeenCharged)
      #expect(error?.service == service.name)
    }
  }

  @Test func aNameThatNobodyKnows() async throws {
    var configuration = ClientConfiguration()
    configuration.retry = RetryPolicy(maximumAttempts: 2, baseDelay: .seconds(0.01))
    let base = "http://no-such-host.invalid/rest"
    let service = try TinEye(.apiKey("test-key"), baseURL: base, configuration: configuration)
    let error = await thrownError { try await service.search(SearchRequest(image: .url("https://a.example/b.jpg"))) }
    #expect(error?.code == .hostNotFound)
    #expect(error?.mayHaveBeenCharged == false)
  }

  /// A refused tunnel is a failure of the proxy and not a lost response: nothing reached the provider.
  @Test func aProxyThatRefusesTheTunnel() async throws {
    let proxy = try ProviderDouble("proxy")
    let double = try Self.faults.get()
    for status in [403, 407, 503] {
      try proxy.reset()
      try proxy.script("{\"kind\": \"connect\", \"status\": \(status), \"count\": 0}")
      var configuration = configuration(double)
      configuration.attemptTimeout = .seconds(10)
      configuration.transport.proxy = proxy.url
      configuration.transport.noProxy = ""
      let service = try TinEye(.apiKey("test-key"), baseURL: "https://api.example/rest", configuration: configuration)
      let error = await thrownError { try await service.search(SearchRequest(image: .url("https://a.example/b.jpg"))) }
      #expect(error?.code == .proxyFailed, "\(status): \(String(describing: error))")
      #expect(error?.mayHaveBeenCharged == false)
    }
  }

  /// Images are fetched from public addresses only, and the error says so.
  @Test func aPrivateAddressIsRefused() async throws {
    let double = try Self.faults.get()
    let fetcher = WebImageFetcher()
    for host in ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "192.168.1.1"] {
      let error = await thrownError {
        try await fetcher.fetch(
          "http://\(host):\(double.port)/image.png", options: CallOptions(totalTimeout: .seconds(5)))
      }
      #expect(error?.code == .addressRefused, "\(host): \(String(describing: error))")
      #expect(error?.attempts == 1)
    }
    #expect(try double.requests().contains { $0.path == "/image.png" } == false)
  }
}

/// The error of a call; `nil` when it succeeded, or failed with an error of another type, which no call may throw.
func thrownError<Value>(_ call: () async throws -> Value) async -> ImageSearchError? {
  do {
    _ = try await call()
    return nil
  } catch {
    return error as? ImageSearchError
  }
}
