import FoundationEssentials
import ImageSearch
import TestSupport
import Testing

/// The client against the double, over real sockets. One double serves all tests, because starting one takes longer than a test.
@Suite(.serialized) struct TinEyeServiceTests {
  private static let shared = Result { try ProviderDouble("tineye") }
  private let double: ProviderDouble

  init() throws {
    double = try Self.shared.get()
    try double.reset()
  }

  private enum Way: String, CaseIterable { case url, bytes, file }

  private func source(_ way: Way) throws -> (image: ImageSource, file: TemporaryFile?) {
    let image = Array(try double.image("melon.png"))
    switch way {
    case .url: return (.url(TinEyeFixture.melon), nil)
    case .bytes: return (.bytes(image, name: "Pretty Image ü.png"), nil)
    case .file:
      let file = try TemporaryFile(image)
      return (.file(file.path), file)
    }
  }

  // MARK: - Signing in

  @Test(arguments: ["header", "signature"]) func bothWaysOfSigningInWithURLBytesAndFile(_ method: String) async throws {
    try double.set("{\"auth\": \"\(method)\"}")
    let credentials = method == "header" ? TinEyeCredentials.apiKey("test-key") : TinEyeFixture.signature
    let tineye = try TinEyeFixture.client(double, credentials)
    for way in Way.allCases {
      let (image, file) = try source(way)
      let search = SearchRequest(image: image, limit: 5, offset: 2, parameters: ["domain": "site3.example"])
      let page = try await tineye.search(search)
      #expect(page.matches.count == 5)
      let request = try #require(try double.requests().last)
      #expect(request.verdict == "ok")
      #expect(request.method == (way == .url ? "GET" : "POST"))
      #expect(request.kind == (way == .url ? "search_url" : "search_upload"))
      #expect((request.header("x-api-key") == "test-key") == (method == "header"))
      let names = Set(request.query.compactMap(\.first))
      #expect(names.isSuperset(of: ["api_key", "api_sig", "nonce", "date"]) == (method == "signature"))
      #expect(!request.target.contains("test-key"))
      if method == "signature" { #expect((request.parameter("nonce")?.count ?? 0) >= 24) }
      withExtendedLifetime(file) {}
    }
    #expect(try await tineye.remainingSearches().remaining == 10_719 - 3)
    #expect(try await tineye.imageCount() == 48_560_880_094)
    #expect(try double.requests().allSatisfy { $0.verdict == "ok" })
    #expect(try double.paid() == 3)
  }

  @Test func theSignatureIsThatOfTheSeed() async throws {
    try double.set(#"{"auth": "signature", "algorithm": "hmac-sha1"}"#)
    let old = await thrown { try await TinEyeFixture.client(double, TinEyeFixture.signature).remainingSearches() }
    #expect(old?.code == .signatureRejected)
    try double.set(#"{"algorithm": "hmac-sha256", "clock_skew": 3600}"#)
    let skewed = await thrown { try await TinEyeFixture.client(double, TinEyeFixture.signature).remainingSearches() }
    #expect(skewed?.code == .clockSkew)
    try double.set(#"{"auth": "header"}"#)
    let removed = await thrown { try await TinEyeFixture.client(double, TinEyeFixture.signature).imageCount() }
    #expect(removed?.code == .authenticationMethodRemoved)
    let unknown = await thrown { try await TinEyeFixture.client(double, .apiKey("other")).imageCount() }
    #expect(unknown?.code == .unauthorized)
  }

  @Test func closingOneClientLeavesTheKeyToTheOthers() async throws {
    let credentials = TinEyeCredentials.apiKey("test-key")
    let first = try TinEyeFixture.client(double, credentials)
    let second = try TinEyeFixture.client(double, credentials)
    first.close()
    _ = try await second.imageCount()
    _ = try await TinEyeFixture.client(double, credentials).imageCount()
  }

  // MARK: - Parameters

  @Test(arguments: ["header", "signature"]) func everyParameterReachesTheServerAsSent(_ method: String) async throws {
    try double.set("{\"auth\": \"\(method)\"}")
    let credentials = method == "header" ? TinEyeCredentials.apiKey("test-key") : TinEyeFixture.signature
    let tineye = try TinEyeFixture.client(double, credentials)
    let own = [
      "sort": "crawl_date", "order": "asc", "backlink_limit": "7", "tags": "stock,collection",
      "domain": "site2.example", "pretty": "true",
    ]
    let all = own.merging(["limit": "12", "offset": "3"]) { $1 }
    for way in Way.allCases {
      let (image, file) = try source(way)
      _ = try await tineye.search(SearchRequest(image: image, limit: 12, offset: 3, parameters: own))
      let request = try #require(try double.requests().last)
      #expect(request.verdict == "ok")
      for (name, value) in all { #expect(request.parameter(name) == value, "\(name) by \(way)") }
      if way == .url { #expect(request.parameter("image_url") == TinEyeFixture.melon) }
      let signature = method == "signature" ? 4 : 0
      #expect(request.query.count + request.form.fields.count == all.count + signature + (way == .url ? 1 : 0))
      if way != .url {
        let sent = try #require(request.form.files.first)
        #expect(sent.name == "image_upload")
        #expect(sent.length == (try double.image("melon.png").count))
        #expect(sent.contentType == "image/png")
        if way == .bytes { #expect(sent.filename == "Pretty Image ü.png") }
        #expect(request.form.problem == nil)
      }
      withExtendedLifetime(file) {}
    }
  }

  @Test func whatIsNotSetIsNotSent() async throws {
    _ = try await TinEyeFixture.client(double).search(SearchRequest(image: .url(TinEyeFixture.melon)))
    #expect(try double.requests().last?.query.map { $0.first ?? "" } == ["image_url"])
  }

  @Test(arguments: [
    ["sort": "newest"], ["order": "up"], ["tags": "stock,art"], ["domain": "a b"], ["domain": "*.example"],
    ["domain": ""],
    ["backlink_limit": "many"], ["pretty": "yes"], ["limit": "5"], ["image_url": "https://example.org"],
  ])
  func parametersThatAreRefusedBeforeAnyRequest(_ parameters: [String: String]) async throws {
    let search = SearchRequest(image: .url(TinEyeFixture.melon), parameters: parameters)
    #expect(await thrown { try await TinEyeFixture.client(double).search(search) }?.code == .invalidArgument)
    for (limit, offset) in [(0, 0), (-1, 0), (1, -1), (Int.max, 0), (1, Int.max)] {
      let search = SearchRequest(image: .url(TinEyeFixture.melon), limit: limit, offset: offset)
      #expect(await thrown { try await TinEyeFixture.client(double).search(search) }?.code == .invalidArgument)
    }
    #expect(try double.requests().isEmpty)
  }

  // MARK: - Answers

  @Test(arguments: [
    #"{}"#, #"{"shape": "2017"}"#, #"{"shape": "2012"}"#, #"{"results_key": "result", "expire_key": "end_date"}"#,
  ])
  func everyShapeOfTheAnswers(_ settings: String) async throws {
    try double.set(settings)
    let tineye = try TinEyeFixture.client(double)
    let response = try await tineye.search(TinEyeSearchRequest(image: .url(TinEyeFixture.melon)))
    #expect(response.total == 247)
    #expect(response.matches.count == 100)
    #expect(response.statistics.timestamp != nil && response.statistics.queryTime != nil)
    #expect(response.raw.first == UInt8(ascii: "{"))
    let quota = try await tineye.remainingSearches()
    #expect(quota.unit == .searches)
    #expect(quota.remaining == 10_718)
    #expect(quota.bundles.map(\.remaining) == [718, 10_000])
    #expect(quota.bundles.first?.start == "2025-12-17 03:42:50 UTC")
    #expect(quota.bundles.first?.end == "2027-12-17 03:42:50 UTC")
    #expect(try await tineye.imageCount() == 48_560_880_094)
  }

  @Test func theOdditiesOfMatches() async throws {
    let response = try await TinEyeFixture.client(double)
      .search(TinEyeSearchRequest(image: .bytes(Array(try double.image("melon.png")))))
    let matches = response.matches
    #expect(matches[0].backlinks.count == 100)
    #expect(matches[4].width == nil && matches[4].height == nil && (matches[4].size ?? 0) > 0)
    #expect(matches[1].tags == ["stock"] && matches[3].tags.isEmpty && matches[5].tags.isEmpty)
    let links = matches[0].backlinks
    #expect(links[5].crawlDate == nil && links[6].imageURL == nil && links[7].pageURL == nil)
    for match in matches {
      let transform = try #require(match.transform)
      #expect(transform.determinant > 0)
      #expect(match.overlayURL?.hasPrefix(double.url + "/rest/overlay/") == true)
      #expect(match.common.isMirrored == false)
    }
    #expect(matches[2].transform?.m13 == 3 && matches[2].transform?.m23 == -1)
  }

  @Test func noMatchIsAnEmptyPage() async throws {
    let image = Array(try double.image("unknown.png"))
    let page = try await TinEyeFixture.client(double).search(SearchRequest(image: .bytes(image)))
    #expect(page.matches.isEmpty && page.total == 0 && !page.hasMore && page.warnings.isEmpty)
  }

  @Test func theServersWarningReachesTheCaller() async throws {
    try double.set(#"{"warn_over_per_minute": 0}"#)
    let page = try await TinEyeFixture.client(double).search(SearchRequest(image: .url(TinEyeFixture.melon), limit: 1))
    #expect(page.warnings.count == 1)
    #expect(page.warnings.first?.hasPrefix("Warning") == true)
  }

  // MARK: - Pages and overlays

  @Test func pageByPageToTheTotal() async throws {
    let tineye = try TinEyeFixture.client(double)
    var urls: [String] = []
    for try await match in tineye.matches(SearchRequest(image: .url(TinEyeFixture.melon), limit: 50)) {
      urls.append(match.imageURL ?? "")
    }
    #expect(urls.count == 247)
    #expect(Set(urls).count == 247)
    #expect(try double.requests().map { $0.parameter("offset") } == [nil, "50", "100", "150", "200"])
    #expect(try double.paid() == 5)
    // A minimum score leaves out matches without ending the pages.
    var best = 0
    let least = SearchRequest(image: .url(TinEyeFixture.melon), limit: 100, minimumScore: 50)
    for try await match in tineye.matches(least) {
      #expect((match.score ?? 0) >= 50)
      best += 1
    }
    #expect(best == 138)
    // No page is paid for after iteration ends.
    let before = try double.paid()
    for try await _ in tineye.matches(SearchRequest(image: .url(TinEyeFixture.melon), limit: 10)) { break }
    #expect(try double.paid() == before + 1)
  }

  @Test func theOverlayIsFetchedWithoutTheKey() async throws {
    let tineye = try TinEyeFixture.client(double)
    let page = try await tineye.search(SearchRequest(image: .url(TinEyeFixture.melon), limit: 1))
    let match = try #require(page.matches.first)
    let bytes = try await tineye.overlay(of: match)
    #expect(bytes.prefix(4) == [0x89, 0x50, 0x4E, 0x47])
    #expect(try await tineye.overlay(of: match, query: .url("ignored")) == bytes)
    let request = try #require(try double.requests().last)
    #expect(request.kind == "overlay")
    #expect(request.header("x-api-key") == nil)
    #expect(try double.paid() == 1)

    let blend = await thrown { try await tineye.overlay(of: match, style: .blend) }
    #expect(blend?.code == .unsupported)
    #expect(await thrown { try await tineye.overlay(of: Match()) }?.code == .invalidArgument)
    try double.script(#"{"kind": "overlay", "error": "html_200"}"#)
    #expect(await thrown { try await tineye.overlay(of: match) }?.code == .malformedResponse)
    try double.script(#"{"kind": "overlay", "status": 404, "body": "gone"}"#)
    #expect(await thrown { try await tineye.overlay(of: match) }?.code == .urlNotFetched)
    // Another host on a loopback address is not the provider.
    var foreign = match
    foreign.overlayURL = match.overlayURL?.replacing("127.0.0.1", with: "localhost")
    let refused = await thrown { try await tineye.overlay(of: foreign) }
    #expect(refused?.code == .addressRefused)
    #expect(try double.requests().filter { $0.kind == "overlay" }.count == 4)
  }

  @Test func whatItCannotDoIsUnsupported() async throws {
    let tineye = try TinEyeFixture.client(double)
    #expect(await thrown { try await tineye.addImages([]) }?.code == .unsupported)
    #expect(await thrown { try await tineye.removeImages([]) }?.code == .unsupported)
    var search = SearchRequest(image: .url(TinEyeFixture.melon))
    search.minimumConfidence = 0.5
    #expect(await thrown { try await tineye.search(search) }?.code == .unsupported)
    #expect(try double.requests().isEmpty)
  }
}
