import Testing

@testable import ImageSearch

/// Every error of docs/sources/tmapi-1688.md, section 5, as HTTP status and as code inside HTTP 200, and its handling.
@Suite struct TMAPIErrorTests {
  struct Row: Sendable {
    var code: Int
    var kind: ImageSearchError.Code
    /// How often a paid call is sent by default, at most 4.
    var attempts = 1
    var mayHaveBeenCharged = false
  }

  static let rows: [Row] = [
    Row(code: 417, kind: .providerError, mayHaveBeenCharged: true),
    Row(code: 422, kind: .invalidRequest),
    Row(code: 439, kind: .noSearchesLeft),
    Row(code: 499, kind: .providerTimeout, mayHaveBeenCharged: true),
    Row(code: 500, kind: .providerError, mayHaveBeenCharged: true),
    Row(code: 503, kind: .tooManyRequests, attempts: 4),
    Row(code: 401, kind: .unauthorized),
    Row(code: 402, kind: .noSearchesLeft),
    Row(code: 429, kind: .tooManyRequests, attempts: 4),
  ]

  private let request = TMAPISearchRequest(image: .url(TMAPIFixture.image))

  private func failure(
    _ step: ScriptedTransport.Step, _ change: (inout ClientConfiguration) -> Void = { _ in }
  ) async throws -> (error: ImageSearchError, sent: Int, paid: Int) {
    let transport = ScriptedTransport([step])
    let client = try TMAPIFixture.client(transport) { change(&$0) }
    let error = try #require(await thrown { try await client.search(request) })
    return (error, transport.sent.count, client.caller.paidCallCount)
  }

  @Test(arguments: rows) func asStatusAndAsCodeInTheBody(_ row: Row) async throws {
    let words = "words for \(row.code)"
    let forms: [(ScriptedTransport.Step, Int)] = [
      (.json(#"{"code":\#(row.code),"msg":"\#(words)"}"#, status: row.code), row.code),
      (.json(#"{"code":"\#(row.code)","message":"\#(words)","data":null}"#), 200),
      (.json(#"{"message":"\#(words)"}"#, status: row.code), row.code),
    ]
    for (place, (step, status)) in forms.enumerated() {
      let (error, sent, paid) = try await failure(step)
      // The last one is a gateway's, so the outcome at the provider is unknown.
      let isOwn = place < 2
      let attempts = isOwn ? row.attempts : 1
      #expect(error.code == (isOwn || row.code != 503 ? row.kind : .serviceBusy))
      #expect(error.providerCode == String(row.code))
      #expect(error.providerMessage == words)
      #expect(error.message == words)
      #expect(error.httpStatus == status)
      #expect(error.service == "TMAPI")
      #expect(error.attempts == attempts)
      #expect(sent == attempts)
      #expect(error.mayHaveBeenCharged == (row.mayHaveBeenCharged || !isOwn))
      // Calls refused for concurrency do not count towards a cap on paid calls.
      #expect(paid == (attempts == 1 ? 1 : 0))
    }
  }

  @Test func theGatewaysErrors() async throws {
    let keyless = #"{"code":4011,"message":"no API key found in request"}"#
    for status in [200, 401] {
      let (error, sent, _) = try await failure(.json(keyless, status: status))
      #expect(error.code == .unauthorized)
      #expect(error.providerCode == "4011")
      #expect(error.providerMessage == "no API key found in request")
      #expect(sent == 1)
    }
    let (route, _, _) = try await failure(.json(#"{"message":"no Route matched with those values"}"#, status: 404))
    #expect(route.code == .wrongEndpoint)
    #expect(route.message == "no Route matched with those values")
    #expect(route.mayHaveBeenCharged)
    let html = "<html><h1>503 Service Unavailable</h1></html>"
    let (busy, sent, _) = try await failure(.json(html, status: 503))
    #expect(busy.code == .serviceBusy)
    #expect(busy.mayHaveBeenCharged)
    #expect(sent == 1)
    let (bad, _, _) = try await failure(.json("<html><h1>502 Bad Gateway</h1></html>", status: 502))
    #expect(bad.code == .providerError)
    #expect(bad.mayHaveBeenCharged)
  }

  @Test func statusWithABodyThatIsNoJSON() async throws {
    let (error, _, _) = try await failure(.json("Subscription expired or insufficient balance.", status: 439))
    #expect(error.code == .noSearchesLeft)
    #expect(error.providerCode == "439")
    #expect(error.providerMessage == "Subscription expired or insufficient balance.")
    let (slow, _, _) = try await failure(.json("", status: 499))
    #expect(slow.code == .providerTimeout)
    #expect(slow.mayHaveBeenCharged)
    let (page, _, _) = try await failure(.json("<!doctype html><p>Log in", status: 200))
    #expect(page.code == .malformedResponse)
    #expect(page.message.contains("HTML"))
  }

  @Test func aCodeThatNobodyDocumented() async throws {
    let (error, sent, _) = try await failure(.json(#"{"code":9999,"msg":"?"}"#))
    #expect(error.code == .providerError)
    #expect(error.mayHaveBeenCharged)
    #expect(sent == 1)
  }

  @Test func repeatsWhatMayHaveBeenChargedOnlyWhenAsked() async throws {
    for code in [417, 499, 500] {
      let steps: [ScriptedTransport.Step] = [
        .json(#"{"code":\#(code),"msg":"again"}"#), .json(TMAPIFixture.search),
      ]
      let transport = ScriptedTransport(steps)
      let client = try TMAPIFixture.client(transport) { $0.retry.repeatsUncertainPaidCalls = true }
      #expect(try await client.search(request).offers.count == 2)
      #expect(client.caller.paidCallCount == 2)
    }
    // The charge of the first attempt is reported even if the second one is refused.
    let transport = ScriptedTransport([
      .json(#"{"code":417,"msg":"again"}"#), .json(#"{"code":439,"msg":"no money"}"#),
    ])
    let client = try TMAPIFixture.client(transport) { $0.retry.repeatsUncertainPaidCalls = true }
    let error = await thrown { try await client.search(request) }
    #expect(error?.code == .noSearchesLeft)
    #expect(error?.mayHaveBeenCharged == true)
    #expect(error?.attempts == 2)
  }

  @Test func afterA499AttemptsHaveAtLeastAMinute() async throws {
    let transport = ScriptedTransport([.json(#"{"code":499,"msg":"slow"}"#, status: 499), .json(TMAPIFixture.search)])
    let client = try TMAPIFixture.client(transport) { $0.attemptTimeout = .seconds(10) }
    _ = await thrown { try await client.search(request) }
    _ = try await client.search(request)
    _ = try await client.search(request, options: CallOptions(attemptTimeout: .seconds(5)))
    _ = try await client.search(request, options: CallOptions(totalTimeout: .seconds(20)))
    // The deadline is unchanged.
    #expect(transport.sent.map(\.timeouts.total) == [10, 60, 60, 20].map { .seconds($0) })
  }

  @Test func retryAfterIsObserved() async throws {
    let time = InstantTime()
    let transport = ScriptedTransport([
      .json(#"{"code":503,"msg":"slower"}"#, status: 503, headers: [("retry-after", "7")]), .json(TMAPIFixture.search),
    ])
    _ = try await TMAPIFixture.client(transport, time: time).search(request)
    #expect(time.now - 1000 >= 7)
    #expect(transport.sent.count == 2)
  }

  @Test func aLostAnswerIsNotAskedForAgain() async throws {
    let lost = TransportFailure(.connectionLost, "reset", requestMayHaveBeenSent: true)
    let (error, sent, paid) = try await failure(.failure(lost))
    #expect(error.code == .connectionLost)
    #expect(error.mayHaveBeenCharged)
    #expect(sent == 1)
    #expect(paid == 1)
    let refused = TransportFailure(.connectionFailed, "refused", requestMayHaveBeenSent: false)
    let (never, times, nothing) = try await failure(.failure(refused))
    #expect(!never.mayHaveBeenCharged)
    #expect(times == 4)
    #expect(nothing == 0)
  }
}
