import Testing

@testable import ImageSearch

/// With any faults, nothing is paid twice, every charge is reported, and the client can make the next call.
@Suite struct MoneyPropertyTests {
  private enum Scenario: Int, CaseIterable, Sendable {
    case tinEyeURL, tinEyeUpload, tinEyeFetched, tmapi, tmapiConverted, tmapiPages, fallback, many
  }

  /// 5 000 schedules in ten parts that run in parallel; the text of a failure names its seed.
  @Test(arguments: 0..<10) func schedules(_ part: Int) async throws {
    for seed in UInt64(part * 500)..<UInt64((part + 1) * 500) { try await run(seed) }
  }

  private func run(_ seed: UInt64) async throws {
    let time = InstantTime()
    let scenario = Scenario.allCases[Int(seed) % Scenario.allCases.count]
    let provider = FaultyProvider(seed: seed, time: time, downloads: scenario != .tinEyeFetched)
    let client = try client(scenario, provider, time)
    var place: Comment { "seed \(seed), \(scenario): \(provider.log)" }
    var failures: [ImageSearchError] = []
    var warnings = ""
    var delivered = 0
    do {
      if scenario == .many {
        let requests = (0..<5).map { SearchRequest(image: .url("https://cbu01.alicdn.com/\($0).jpg")) }
        let results = try await client.searchMany(requests, batch: SearchBatch(concurrent: 1))
        #expect(results.count == 5, place)
        for case .failure(let error) in results { failures.append(error) }
      } else {
        let page = try await client.search(request(scenario))
        (warnings, delivered) = (page.warnings.joined(separator: "\n"), page.matches.count)
      }
    } catch let error as ImageSearchError {
      failures.append(error)
    }
    let charges = provider.charges
    // Five searches of a list are five units; every other call is charged at most once.
    if scenario != .many {
      for (unit, count) in charges { #expect(count <= 1, "\(unit) was paid \(count) times; \(place)") }
    }
    // A fallback never pays both services for the same image; the conversion is part of TMAPI's search.
    if scenario == .fallback {
      let services = Set(charges.keys.map { $0.prefix { $0 != " " } })
      #expect(services.count <= 1, place)
    }
    if scenario == .many {
      let sent = charges.values.reduce(0, +)
      #expect(sent <= 5, place)
      #expect(sent <= 5 - failures.count { !$0.mayHaveBeenCharged }, place)
    } else if let error = failures.first {
      #expect(charges.isEmpty || error.mayHaveBeenCharged, "charged and not said: \(error); \(place)")
      #expect(error.attempts <= 4, place)
    } else if scenario == .tmapiPages {
      // Delivered pages were paid for, and so was a repeated page; any other charge is in the warning.
      let pages = delivered / 20 + (warnings.contains("is the same as the one before") ? 1 : 0)
      let charged = charges.keys.count { $0.contains("search") }
      #expect(charged <= pages || warnings.contains("may have been charged"), "\(warnings); \(place)")
    } else if scenario == .tinEyeFetched {
      #expect(charges == ["TinEye upload": 1] && delivered == 1, place)
    }
    // The client's next call succeeds after any call.
    provider.heal()
    let next = try await client.search(request(.tmapi), options: CallOptions(totalTimeout: .seconds(180)))
    #expect(!next.matches.isEmpty, place)
  }

  /// The cap of a list holds for all parts and repetitions of its searches: a conversion before a search, an
  /// upload after a URL, the second service of a fallback. The reported charges are never less than the real ones.
  @Test(arguments: 0..<4) func capsOfLists(_ part: Int) async throws {
    let scenarios: [Scenario] = [.tmapi, .tmapiConverted, .tinEyeFetched, .fallback]
    for seed in UInt64(part * 250)..<UInt64((part + 1) * 250) {
      let time = InstantTime()
      let scenario = scenarios[part]
      let provider = FaultyProvider(seed: seed, time: time, downloads: scenario != .tinEyeFetched)
      let cap = Int(seed % 6)
      let said = Shared(0)
      let batch = SearchBatch(concurrent: 1 + Int(seed % 3), maximumPaidCalls: cap)
      let list = [SearchRequest](repeating: request(scenario), count: 5)
      let results = try await client(scenario, provider, time).searchMany(list, batch: batch) { step in
        said.change { $0 = step.paidCalls }
      }
      var place: Comment { "seed \(seed), \(scenario), cap \(cap): \(provider.log)" }
      let charged = provider.charges.values.reduce(0, +)
      #expect(charged <= cap, place)
      #expect(charged <= said.value && said.value <= cap, "said \(said.value); \(place)")
      #expect(results.count == 5, place)
    }
  }

  private func request(_ scenario: Scenario) -> SearchRequest {
    switch scenario {
    case .tinEyeURL, .fallback, .tinEyeFetched: SearchRequest(image: .url("https://images.example/shirt.jpg"))
    case .tinEyeUpload: SearchRequest(image: .bytes(SampleImage.png))
    case .tmapi, .many: SearchRequest(image: .url("https://cbu01.alicdn.com/one.jpg"))
    case .tmapiConverted: SearchRequest(image: .url("https://images.example/shirt.jpg"), limit: 20)
    case .tmapiPages: SearchRequest(image: .url("https://images.example/shirt.jpg"), limit: 60)
    }
  }

  private func client(_ scenario: Scenario, _ provider: FaultyProvider, _ time: InstantTime) throws -> any SearchService
  {
    var configuration = ClientConfiguration()
    configuration.limits = RequestLimits(concurrent: 4)
    func tinEye(uploads: Bool = false) throws -> TinEye {
      try TinEye(
        .apiKey("key-of-the-test"), uploadsUnfetchedImages: uploads, configuration: configuration, transport: provider,
        time: time,
        random: FixedRandom(byte: 77))
    }
    func tmapi() throws -> TMAPI {
      try TMAPI(
        .token("token-of-the-test"), configuration: configuration, transport: provider, time: time,
        random: FixedRandom(byte: 77))
    }
    switch scenario {
    case .tinEyeURL, .tinEyeUpload: return try tinEye()
    case .tinEyeFetched: return try tinEye(uploads: true)
    case .tmapi, .tmapiConverted, .tmapiPages, .many: return try tmapi()
    case .fallback: return try FallbackService([tinEye(), tmapi()], time: time)
    }
  }

  @Test func pagesEndWhereTheSameOneComesAgain() async throws {
    let transport = ScriptedTransport([.json(TMAPIFixture.page(1, items: 0...19, total: 100))])
    let page = try await TMAPIFixture.client(transport).search(
      SearchRequest(image: .url(TMAPIFixture.image), limit: 100), options: .init())
    #expect(transport.sent.count == 2)
    #expect(page.matches.count == 20)
    #expect(!page.hasMore)
    #expect(page.warnings.count == 1)
  }

  @Test func aConversionThatWasPaidIsInTheErrorOfItsSearch() async throws {
    let transport = ScriptedTransport([
      .json(#"{"code":200,"msg":"success","data":{"image_url":"/search/a"}}"#),
      .json(#"{"code":439,"msg":"balance"}"#, status: 439),
    ])
    let tmapi = try TMAPIFixture.client(transport)
    let error = await thrown {
      try await tmapi.search(SearchRequest(image: .url("https://a.example/b.jpg")), options: .init())
    }
    #expect(error?.code == .noSearchesLeft)
    #expect(error?.mayHaveBeenCharged == true)
  }

  @Test func whoCancelsLearnsWhatWasPaidBefore() async throws {
    let transport = ScriptedTransport([
      .json(#"{"code":200,"msg":"success","data":{"image_url":"/search/a"}}"#), .silence,
    ])
    let tmapi = try TMAPIFixture.client(transport, time: SystemTime())
    let call = Task { try await tmapi.search(SearchRequest(image: .url("https://a.example/b.jpg")), options: .init()) }
    while transport.sent.count < 2 { try await Task.sleep(for: .milliseconds(1)) }
    call.cancel()
    let error = await thrown { try await call.value }
    #expect(error?.code == .cancelled)
    #expect(error?.mayHaveBeenCharged == true)
  }
}
