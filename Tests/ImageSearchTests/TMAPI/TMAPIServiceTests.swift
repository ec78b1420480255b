import FoundationEssentials
import ImageSearch
import TestSupport
import Testing

/// The client against the double, over real sockets. One double serves all tests, because starting one takes longer than a test.
@Suite(.serialized) struct TMAPIServiceTests {
  private static let shared = Result { try ProviderDouble("tmapi") }
  private let double: ProviderDouble
  private let seed = "https://cbu01.alicdn.com/img/ibank/O1CN01Lnbnos2LkORtHhOVp_!!3367999730-0-cib.jpg"
  private let shirt = "https://images.example/shirt.jpg"

  init() throws {
    double = try Self.shared.get()
    try double.reset()
  }

  private func client(
    _ credentials: TMAPICredentials = .token("test-token"),
    endpoint: TMAPISearchRequest.Endpoint = .search, _ change: (inout ClientConfiguration) -> Void = { _ in }
  ) throws -> TMAPI {
    var configuration = ClientConfiguration()
    configuration.retry.baseDelay = .seconds(0.01)
    configuration.totalTimeout = .seconds(20)
    change(&configuration)
    return try TMAPI(credentials, baseURL: double.url, endpoint: endpoint, configuration: configuration)
  }

  @Test(arguments: TMAPICredentials.Placement.allCases)
  func signsInInOnePlace(_ placement: TMAPICredentials.Placement) async throws {
    try double.set("{\"auth\": \"\(placement.rawValue)\"}")
    let tmapi = try client(.token("test-token", placement: placement))
    let page = try await tmapi.search(SearchRequest(image: .url(seed), limit: 5))
    #expect(page.matches.count == 5)
    #expect(page.matches.first?.itemID == "983093623752")
    #expect(page.total == 680 && page.hasMore)
    _ = try await tmapi.search(SearchRequest(image: .url(shirt)))
    for request in try double.requests() {
      #expect(request.verdict == "ok")
      #expect((request.header("apikey") == "test-token") == (placement == .header))
      #expect((request.query.first { $0.first == "apiToken" } != nil) == (placement == .query))
    }
    #expect(try double.paid() == 3)
  }

  @Test(arguments: TMAPISearchRequest.Endpoint.allCases)
  func everyEndpointToItsEndWithOneConversion(_ endpoint: TMAPISearchRequest.Endpoint) async throws {
    let tmapi = try client(endpoint: endpoint)
    var matches: [Match] = []
    for try await match in tmapi.matches(SearchRequest(image: .url(shirt))) { matches.append(match) }
    #expect(matches.count == 45)
    #expect(Set(matches.compactMap(\.itemID)).count == 45)
    #expect(matches.allSatisfy { $0.imageURL?.hasPrefix("https://cbu01.alicdn.com/") == true })
    #expect(matches.allSatisfy { $0.price?.currency == "CNY" && $0.title != nil && $0.domain == "detail.1688.com" })
    let kinds = try double.requests().map(\.kind)
    #expect(kinds.filter { $0 == "convert_url" }.count == 1)
    #expect(kinds.count == 4)
    #expect(try double.requests().allSatisfy { $0.verdict == "ok" })
    #expect(try double.paid() == 4)
  }

  @Test func everyParameterReachesTheServer() async throws {
    let parameters = [
      "endpoint": "global/search/image/v2", "sort": "price_up", "language": "ko", "price_start": "1.50",
      "price_end": "60", "support_dropshipping": "true", "is_factory": "false", "verified_supplier": "false",
      "free_shipping": "false", "new_arrival": "false",
    ]
    let page = try await client().search(
      SearchRequest(image: .url(seed), limit: 10, offset: 20, parameters: parameters))
    let request = try #require(try double.requests().last)
    #expect(request.verdict == "ok")
    #expect(request.kind == "global_v2")
    for (name, value) in parameters where name != "endpoint" { #expect(request.parameter(name) == value) }
    #expect(request.parameter("img_url") == seed)
    #expect(request.parameter("page") == "3")
    #expect(request.parameter("page_size") == "10")
    #expect(request.query.count == 12)
    #expect(page.matches.count == 10)
    #expect(page.matches.first?.title?.hasPrefix("ko ") == true)
  }

  @Test func offsetsInsideOfPagesAreTheSameOffersAsInOneRow() async throws {
    let tmapi = try client()
    let all = try await tmapi.search(SearchRequest(image: .url(seed), limit: 100)).matches.compactMap(\.itemID)
    #expect(all.count == 100)
    for (offset, limit) in [(0, 7), (7, 20), (15, 10), (33, 41), (80, 20)] {
      let page = try await tmapi.search(SearchRequest(image: .url(seed), limit: limit, offset: offset))
      #expect(page.matches.compactMap(\.itemID) == Array(all[offset..<offset + limit]))
    }
    #expect(try await tmapi.search(SearchRequest(image: .url("https://cbu01.alicdn.com/none.jpg"))).matches.isEmpty)
  }

  @Test(arguments: [417, 422, 439, 499, 500, 503]) func errorsInBothForms(_ code: Int) async throws {
    let tmapi = try client { $0.retry.maximumAttempts = 2 }
    for form in ["\(code)", "body_\(code)"] {
      try double.script("{\"error\": \"\(form)\", \"count\": 0}")
      let error = try #require(await thrown { try await tmapi.search(SearchRequest(image: .url(seed))) })
      #expect(error.providerCode == String(code))
      #expect(error.providerMessage?.isEmpty == false)
      #expect(error.httpStatus == (form.hasPrefix("body") ? 200 : code))
      #expect(error.attempts == (code == 503 ? 2 : 1))
      #expect(error.mayHaveBeenCharged == [417, 499, 500].contains(code))
      try double.reset()
    }
  }

  @Test func theGateway() async throws {
    let wrong = await thrown { try await client(.token("wrong-token")).search(.init(image: .url(seed))) }
    #expect(wrong?.code == .unauthorized)
    #expect(wrong?.providerCode == "4011")
    let configuration = ClientConfiguration()
    let lost = try TMAPI(.token("test-token"), baseURL: double.url + "/v9", configuration: configuration)
    let route = await thrown { try await lost.search(SearchRequest(image: .url(seed))) }
    #expect(route?.code == .wrongEndpoint)
    #expect(route?.providerMessage == "no Route matched with those values")
    for (name, kind) in [
      ("no_data", ImageSearchError.Code.malformedResponse), ("broken_json", .malformedResponse),
      ("html_200", .malformedResponse), ("html_502", .providerError),
    ] {
      try double.script("{\"error\": \"\(name)\", \"process\": true}")
      let error = await thrown { try await client().search(SearchRequest(image: .url(seed))) }
      #expect(error?.code == kind, "\(name)")
      #expect(error?.mayHaveBeenCharged == true, "\(name)")
    }
  }

  @Test func a503IsRepeatedAndHalvesWhatIsUnderWay() async throws {
    try double.set(#"{"search_seconds": 0.05, "max_concurrent": 2}"#)
    let tmapi = try client() { $0.retry.maximumAttempts = 10 }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { _ = try await tmapi.search(SearchRequest(image: .url(seed))) } }
      try await group.waitForAll()
    }
    #expect(try double.paid() == 8)
  }

  @Test func aLostAnswerIsPaidOnce() async throws {
    try double.script(#"{"act": "reset", "process": true, "kind": "search"}"#)
    let error = await thrown { try await client().search(SearchRequest(image: .url(seed))) }
    #expect(error?.mayHaveBeenCharged == true)
    #expect(try double.requests().count == 1)
    #expect(try double.paid() == 1)
  }

  @Test func anImageThatCannotBeConverted() async throws {
    let search = SearchRequest(image: .url("https://nowhere.invalid/a.jpg"))
    let error = await thrown { try await client().search(search) }
    #expect(error?.providerCode == "417")
    #expect(try double.requests().map(\.kind) == ["convert_url"])
  }

  @Test func theTokenDoesNotShow() async throws {
    let token = "S3cret+token/with=signs"
    let log = Shared("")
    for placement in TMAPICredentials.Placement.allCases {
      let credentials = TMAPICredentials.token(token, placement: placement)
      let tmapi = try client(credentials) { configuration in
        configuration.logLevel = .debug
        configuration.logHandler = { event in log.change { $0 += "\(event)" } }
        configuration.retry.maximumAttempts = 2
      }
      let echo = #"{"code": 503, "msg": "bad S3cret+token/with=signs and S3cret%2Btoken%2Fwith%3Dsigns"}"#
      try double.script(#"{"status": 503, "count": 0, "body": \#(echo)}"#)
      let error = try #require(await thrown { try await tmapi.search(SearchRequest(image: .url(seed))) })
      var text = "\(error)" + String(reflecting: error) + "\(credentials)" + String(reflecting: credentials)
      dump(error, to: &text)
      dump(credentials, to: &text)
      dump(tmapi, to: &text)
      text += log.value
      #expect(error.providerMessage?.contains("[secret]") == true)
      #expect(!text.contains("S3cret"))
      try double.reset()
    }
  }

  @Test func closedAndCancelled() async throws {
    let tmapi = try client()
    try double.script(#"{"act": "silence", "delay": 20, "count": 0}"#)
    let call = Task { try await tmapi.search(SearchRequest(image: .url(shirt))) }
    try await Task.sleep(nanoseconds: 200_000_000)
    call.cancel()
    #expect(await thrown { try await call.value }?.code == .cancelled)
    let other = Task { try await tmapi.search(SearchRequest(image: .url(shirt))) }
    try await Task.sleep(nanoseconds: 200_000_000)
    tmapi.close()
    #expect(await thrown { try await other.value }?.code == .closed)
    #expect(await thrown { try await tmapi.search(SearchRequest(image: .url(seed))) }?.code == .closed)
    tmapi.close()
  }
}
