import ImageSearch
import TestSupport
import Testing

/// Gateways that answer instead of the provider, before or after the search was counted. Tested with the doubles,
/// whose counters show what was charged.
@Suite(.serialized) struct GatewayTests {
  private static let bodies = [
    "upstream connect error or disconnect/reset before headers. reset reason: connection termination",
    "<html><h1>503 Backend fetch failed</h1></html>", "", #"{\"message\": \"upstream request failed\"}"#,
  ]
  private static let statuses = [301, 400, 401, 402, 403, 404, 405, 408, 413, 429, 500, 502, 503, 504, 520]
  private static let waits = ["0", "86400", "1e999", "Fri, 31 Dec 9999 23:59:59 GMT", "-1"]

  private func configuration() -> ClientConfiguration {
    var configuration = ClientConfiguration()
    configuration.retry.baseDelay = .milliseconds(10)
    configuration.retry.maximumDelay = .milliseconds(20)
    configuration.limits = RequestLimits(concurrent: 4)
    return configuration
  }

  private func paid(_ double: ProviderDouble) async throws -> Int { try await offPool { try double.paid() } }

  private func script(_ double: ProviderDouble, _ step: String) async throws {
    try await offPool {
      try double.reset()
      try double.script(step)
    }
  }

  @Test func aGatewaysRefusalIsNeverPaidTwice() async throws {
    let double = try await offPool { try ProviderDouble("tineye") }
    let tineye = try TinEye(.apiKey("test-key"), baseURL: double.url + "/rest", configuration: configuration())
    defer { tineye.close() }
    let search = SearchRequest(image: .url("https://tineye.com/images/meloncat.jpg"), limit: 1)
    for (number, status) in Self.statuses.enumerated() {
      for isProcessed in [true, false] {
        let body = Self.bodies[number % Self.bodies.count]
        let wait = Self.waits[number % Self.waits.count]
        let step =
          "{\"kind\": \"search_*\", \"status\": \(status), \"headers\": {\"Retry-After\": \"\(wait)\"}, \"body\": \"\(body)\", "
          + "\"process\": \(isProcessed), \"count\": 0}"
        try await script(double, step)
        let error = await failure { _ = try await tineye.search(search) }
        let place: Comment = "\(status), processed: \(isProcessed), \(error.map { "\($0)" } ?? "no error")"
        #expect(error?.mayHaveBeenCharged == true, place)
        #expect(error?.attempts == 1, place)
        #expect(try await paid(double) == (isProcessed ? 1 : 0), place)
      }
      // The client is still usable.
      try await offPool { try double.reset() }
      _ = try await tineye.search(search, options: CallOptions(totalTimeout: .seconds(20)))
      #expect(try await paid(double) == 1)
    }
  }

  @Test func aConversionThatWasPaidIsSaid() async throws {
    let double = try await offPool { try ProviderDouble("tmapi") }
    let tmapi = try TMAPI(.token("test-token"), baseURL: double.url, configuration: configuration())
    defer { tmapi.close() }
    try await script(double, #"{"error": "439", "kind": "search", "count": 0}"#)
    let error = await failure {
      _ = try await tmapi.search(SearchRequest(image: .url("https://images.example/shirt.jpg")))
    }
    #expect(error?.code == .noSearchesLeft)
    #expect(error?.mayHaveBeenCharged == true)
    #expect(try await paid(double) == 1)
    // A fallback does not continue after it.
    let other = try await offPool { try ProviderDouble("tineye") }
    let tineye = try TinEye(.apiKey("test-key"), baseURL: other.url + "/rest", configuration: configuration())
    let both = try FallbackService([
      TMAPI(.token("test-token"), baseURL: double.url, configuration: configuration()), tineye,
    ])
    defer { both.close() }
    let refused = await failure {
      _ = try await both.search(SearchRequest(image: .url("https://images.example/shirt.jpg")))
    }
    #expect(refused?.mayHaveBeenCharged == true)
    #expect(try await paid(other) == 0)
  }

  /// Real transport and real clock: fifty concurrent calls against a double that accepts four.
  @Test func aBurstOfFiftyAgainstFour() async throws {
    let double = try await offPool {
      try ProviderDouble("tineye", settings: #"{"search_seconds": 0.05, "max_concurrent": 4}"#)
    }
    var configuration = configuration()
    configuration.limits = RequestLimits(concurrent: 50)
    let tineye = try TinEye(.apiKey("test-key"), baseURL: double.url + "/rest", configuration: configuration)
    defer { tineye.close() }
    let search = SearchRequest(image: .url("https://tineye.com/images/meloncat.jpg"), limit: 1)
    let results = try await tineye.searchMany(
      Array(repeating: search, count: 50), batch: SearchBatch(concurrent: 50))
    let errors = results.compactMap { if case .failure(let error) = $0 { error } else { nil } }
    #expect(errors.isEmpty, "\(errors.first.map { "\($0)" } ?? "")")
    #expect(try await paid(double) == 50)
  }

  private func failure(_ call: () async throws -> Void) async -> ImageSearchError? {
    do {
      try await call()
      return nil
    } catch { return error as? ImageSearchError }
  }
}
