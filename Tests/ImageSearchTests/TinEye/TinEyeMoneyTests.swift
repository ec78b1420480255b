import ImageSearch
import TestSupport
import Testing

/// The charges of a failed search: it is never paid for twice, and the error reports possible charges.
@Suite(.serialized) struct TinEyeMoneyTests {
  private static let shared = Result { try ProviderDouble("tineye") }
  private let double: ProviderDouble
  private let search = SearchRequest(image: .url(TinEyeFixture.melon), limit: 3)

  init() throws {
    double = try Self.shared.get()
    try double.reset()
  }

  @Test(arguments: [
    #"{"act": "reset", "process": true}"#, #"{"act": "close", "process": true}"#,
    #"{"act": "half_headers", "process": true}"#, #"{"act": "half_body", "process": true}"#,
    #"{"act": "reset_mid_body", "process": true}"#, #"{"fault": "cut_chunks"}"#, #"{"fault": "bad_chunk"}"#,
    #"{"fault": "bad_gzip"}"#, #"{"fault": "cut_json"}"#, #"{"fault": "short_content_length"}"#,
    #"{"status": 500, "body": "oops", "process": true}"#, #"{"status": 504, "body": "", "process": true}"#,
  ])
  func aLostAnswerIsNotAskedForAgain(_ script: String) async throws {
    for image in [search.image, .bytes(Array(try double.image("melon.png")))] {
      try double.reset()
      try double.script(script)
      let tineye = try TinEyeFixture.client(double)
      let error = await thrown { try await tineye.search(SearchRequest(image: image)) }
      #expect(error?.mayHaveBeenCharged == true, "\(script)")
      #expect(error?.attempts == 1)
      #expect(try double.requests().count == 1)
      #expect(try double.paid() == 1)
    }
  }

  @Test func aConnectionThatDiedMeanwhileIsNotPaidTwice() async throws {
    let tineye = try TinEyeFixture.client(double)
    _ = try await tineye.search(search)
    // The kept-alive connection does not respond; libcurl by itself would repeat the request.
    try double.script(#"{"act": "close", "process": true, "count": 1}"#)
    let error = await thrown { try await tineye.search(search) }
    #expect(error?.mayHaveBeenCharged == true)
    #expect(try double.requests().count == 2)
    #expect(try double.paid() == 2)
  }

  @Test(arguments: ["too_many_requests", "busy", "unavailable", "too_many_concurrent"])
  func whatWasNotCountedIsRepeated(_ name: String) async throws {
    try double.script("{\"error\": \"\(name)\", \"count\": 1}")
    let page = try await TinEyeFixture.client(double).search(search)
    #expect(page.matches.count == 3)
    #expect(try double.requests().count == 2)
    #expect(try double.paid() == 1)
  }

  @Test func thereIsAnEndToRepetitions() async throws {
    try double.script(
      #"{"status": 503, "body": {"code": 503, "messages": ["The service is busy due to high load, please try again later."], "results": []}, "count": 0}"#
    )
    let tineye = try TinEyeFixture.client(double) { $0.retry.maximumAttempts = 2 }
    let error = await thrown { try await tineye.search(search) }
    #expect(error?.code == .serviceBusy)
    #expect(error?.attempts == 2)
    #expect(error?.mayHaveBeenCharged == false)
    #expect(try double.requests().count == 2)
    #expect(try double.paid() == 0)
  }

  @Test func aLongerRetryAfterThanAllowedIsAnErrorAtOnce() async throws {
    try double.script(
      #"{"status": 429, "headers": {"Retry-After": "121"}, "body": {"code": 429, "messages": ["Too many requests."], "results": []}, "count": 0}"#
    )
    let error = await thrown { try await TinEyeFixture.client(double).search(search) }
    #expect(error?.code == .tooManyRequests)
    #expect(error?.retryAfter == .seconds(121))
    #expect(try double.requests().count == 1)
  }

  @Test func aRefusedConnectionIsTriedAgainAndCostsNothing() async throws {
    let gone = try ProviderDouble("tineye")
    let url = gone.url
    gone.stop()
    let tineye = try TinEyeFixture.client(double, baseURL: url + "/rest")
    let error = await thrown { try await tineye.search(search) }
    #expect(error?.code == .connectionFailed)
    #expect(error?.attempts == 4)
    #expect(error?.mayHaveBeenCharged == false)
  }

  @Test func whatIsFreeIsRepeatedAfterALostAnswer() async throws {
    try double.script(#"{"act": "reset", "process": true, "count": 2}"#)
    #expect(try await TinEyeFixture.client(double).imageCount() == 48_560_880_094)
    #expect(try double.requests().count == 3)
  }

  @Test func theCapOnPaidCalls() async throws {
    let tineye = try TinEyeFixture.client(double) { $0.maximumPaidCalls = 2 }
    // Refused before any work, so not charged.
    try double.script(#"{"error": "too_many_requests", "count": 1}"#)
    _ = try await tineye.search(search)
    _ = try await tineye.search(search)
    let error = await thrown { try await tineye.search(search) }
    #expect(error?.code == .spendingCapReached)
    #expect(error?.attempts == 0)
    #expect(try double.paid() == 2)
    #expect(try double.requests().count == 3)
    // Free calls stay free.
    _ = try await tineye.remainingSearches()
  }

  @Test func theCapHoldsForManyAtOnce() async throws {
    let tineye = try TinEyeFixture.client(double) { $0.maximumPaidCalls = 5 }
    let succeeded = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<30 { group.addTask { await thrown { try await tineye.search(search) } == nil } }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(succeeded == 5)
    #expect(try double.paid() == 5)
  }

  @Test func outOfSearches() async throws {
    try double.set(#"{"bundles": []}"#)
    let tineye = try TinEyeFixture.client(double)
    #expect(await thrown { try await tineye.search(search) }?.code == .noSearchesLeft)
    #expect(try await tineye.remainingSearches().remaining == 0)
    #expect(try double.requests().count == 2)
  }

  @Test func aRedirectIsNotFollowedWithTheKey() async throws {
    for fault in ["redirect_other_host", "redirect_307_other_host", "redirect_loop", "redirect_file"] {
      try double.reset()
      try double.script("{\"fault\": \"\(fault)\"}")
      let error = await thrown { try await TinEyeFixture.client(double).search(search) }
      #expect(error?.code == .redirectRefused, "\(fault)")
      #expect(try double.requests().count == 1)
    }
  }

  @Test func theKeyDoesNotShow() async throws {
    let key = "S3cret+key/with,signs^"
    let log = Shared("")
    for credentials in [TinEyeCredentials.apiKey(key), .signature(publicKey: "public", privateKey: key)] {
      let tineye = try TinEyeFixture.client(double, credentials) { configuration in
        configuration.logLevel = .debug
        configuration.logHandler = { event in log.change { $0 += "\(event)\n\(event.line)\n" } }
        configuration.retry.maximumAttempts = 2
      }
      let echo = "bad \(key), S3cret%2Bkey%2Fwith%2Csigns%5E, S3cret%2bkey%2fwith%2csigns%5e"
      let answers = [
        "{\"status\": 401, \"body\": {\"code\": 401, \"messages\": [\"\(echo)\"], \"results\": []}}",
        "{\"status\": 503, \"count\": 0, \"body\": {\"code\": 503, \"messages\": [\"\(echo)\"], \"results\": []}}",
      ]
      for script in answers {
        try double.reset()
        try double.script(script)
        let error = try #require(await thrown { try await tineye.search(search) })
        var text = "\(error)" + String(reflecting: error)
        dump(error, to: &text)
        dump(tineye, to: &text)
        dump(credentials, to: &text)
        #expect(error.providerMessage?.contains("[secret]") == true)
        #expect(!text.contains("S3cret"))
      }
      _ = await thrown { try await tineye.search(SearchRequest(image: .file("/nonexistent"))) }
    }
    #expect(!log.value.isEmpty)
    #expect(!log.value.contains("S3cret"))
  }
}
