import Testing

@testable import ImageSearch

/// Requests on the wire, and requests rejected before they are sent.
@Suite struct TMAPIRequestTests {
  private func sent(_ request: TMAPISearchRequest, _ credentials: TMAPICredentials = .token("k")) throws
    -> TransportRequest
  {
    try request.validate()
    return TMAPIRequestBuilder(base: try WebAddress.base("https://api.tmapi.top"), credentials: credentials)
      .search(request, image: request.image.url ?? "")
  }

  @Test func theSeedsRequestWithTheTokenInTheQuery() throws {
    var request = TMAPISearchRequest(image: .url(TMAPIFixture.image))
    request.sort = .standard
    let http = try sent(request, .token("xxxxxx", placement: .query))
    #expect(
      http.url == "https://api.tmapi.top/1688/search/image?apiToken=xxxxxx&img_url=https%3A%2F%2Fcbu01.alicdn.com%2Fimg"
        + "%2Fibank%2FO1CN01Lnbnos2LkORtHhOVp_%21%213367999730-0-cib.jpg&page=1&page_size=20&sort=default")
    #expect(http.headers.isEmpty)
    #expect(!http.followsRedirects)
  }

  @Test func theTokenIsInExactlyOnePlace() throws {
    let request = TMAPISearchRequest(image: .url("/search/a.jpg"))
    let inHeader = try sent(request, .token("secret-token"))
    #expect(inHeader.headers.map(\.name) == ["apikey"])
    #expect(inHeader.headers.map(\.value) == ["secret-token"])
    #expect(!inHeader.url.contains("secret-token") && !inHeader.url.contains("apiToken"))
    let inQuery = try sent(request, .token("secret-token", placement: .query))
    #expect(inQuery.headers.isEmpty)
    #expect(inQuery.url.contains("apiToken=secret-token&"))
  }

  @Test func everyParameter() throws {
    var request = TMAPISearchRequest(image: .url("/search/a b".replacing(" ", with: "+")), endpoint: .globalV2)
    request.page = 3
    request.pageSize = 50
    request.sort = .priceDown
    request.language = .vietnamese
    request.priceStart = "2"
    request.priceEnd = "9.90"
    request.supportsDropshipping = true
    request.isFactory = false
    request.isVerifiedSupplier = true
    request.hasFreeShipping = false
    request.isNewArrival = true
    #expect(
      try sent(request).url == "https://api.tmapi.top/1688/global/search/image/v2?img_url=%2Fsearch%2Fa%2Bb&page=3"
        + "&page_size=50&sort=price_down&language=vi&price_start=2&price_end=9.90&support_dropshipping=true"
        + "&is_factory=false&verified_supplier=true&free_shipping=false&new_arrival=true")
  }

  @Test func theCommonRequestReachesEveryParameterByName() throws {
    let common = SearchRequest(
      image: .url("/search/a.jpg"),
      parameters: [
        "endpoint": "global/search/image/v2", "page_size": "7", "sort": "sales", "language": "ru", "price_start": "1.5",
        "price_end": "20", "support_dropshipping": "true", "is_factory": "false", "verified_supplier": "true",
        "free_shipping": "false", "new_arrival": "true",
      ])
    let request = try TMAPISearchRequest(common)
    #expect(
      try sent(request).url == "https://api.tmapi.top/1688/global/search/image/v2?img_url=%2Fsearch%2Fa.jpg&page=1"
        + "&page_size=7&sort=sales&language=ru&price_start=1.5&price_end=20&support_dropshipping=true&is_factory=false"
        + "&verified_supplier=true&free_shipping=false&new_arrival=true")
  }

  @Test(arguments: [
    ["sort": "cheapest"], ["language": "en"], ["price_start": "2,50"], ["price_start": "-1"], ["price_end": "1."],
    ["price_end": ""], ["price_start": "5", "price_end": "4.99"], ["page_size": "0"], ["page_size": "21"],
    ["page_size": "x"], ["page": "2"], ["is_factory": "1"], ["colour": "red"], ["endpoint": "v3"],
    ["endpoint": "global/search/image", "price_start": "1"], ["endpoint": "global/search/image/v2", "language": "th"],
    ["endpoint": "global/search/image", "language": "de"], ["price_start": "123456789012345678901"],
  ])
  func refusesWhatTheDocumentsDoNotHave(_ parameters: [String: String]) async throws {
    let transport = ScriptedTransport([.json(TMAPIFixture.search)])
    let client = try TMAPIFixture.client(transport)
    let error = await thrown {
      try await client.search(SearchRequest(image: .url("/search/a.jpg"), parameters: parameters))
    }
    #expect(error?.code == .invalidArgument)
    #expect(transport.sent.isEmpty)
  }

  @Test func sizesPerEndpoint() throws {
    var request = TMAPISearchRequest(image: .url("/search/a.jpg"))
    for endpoint in TMAPISearchRequest.Endpoint.allCases {
      request.endpoint = endpoint
      request.pageSize = 21
      if endpoint == .globalV2 {
        try request.validate()
      } else {
        #expect(throws: ImageSearchError.self) { try request.validate() }
      }
      request.pageSize = 20
      request.page = 0
      #expect(throws: ImageSearchError.self) { try request.validate() }
      request.page = 1
    }
    #expect(TMAPISearchRequest.Endpoint.global.languages.count == 10)
    #expect(TMAPISearchRequest.Endpoint.globalV2.languages.map(\.rawValue) == ["en", "zh", "ru", "vi", "ja", "ko"])
  }

  @Test func whatItCannotDoIsUnsupported() async throws {
    let transport = ScriptedTransport([.json(TMAPIFixture.search)])
    let client = try TMAPIFixture.client(transport)
    #expect(client.capabilities == .searchByURL)
    var searches = [SearchRequest(image: .bytes([1, 2, 3])), SearchRequest(image: .file("/tmp/a.jpg"))]
    searches += [SearchRequest(image: .url("/search/a"), minimumScore: 1)]
    searches += [SearchRequest(image: .url("/search/a"), minimumConfidence: 0.5)]
    searches += [SearchRequest(image: .url("/search/a"), category: "7")]
    searches += [SearchRequest(image: .url("/search/a"), region: .init(x: 0, y: 0, width: 1, height: 1))]
    for search in searches {
      #expect(await thrown { try await client.search(search) }?.code == .unsupported)
    }
    #expect(await thrown { try await client.remainingSearches() }?.code == .unsupported)
    #expect(await thrown { try await client.imageCount() }?.code == .unsupported)
    #expect(await thrown { try await client.addImages([]) }?.code == .unsupported)
    #expect(await thrown { try await client.removeImages([]) }?.code == .unsupported)
    #expect(transport.sent.isEmpty)
  }

  @Test func imagesThatGoAsTheyAreAndImagesThatDoNot() throws {
    let direct = [
      "https://cbu01.alicdn.com/a.jpg", "http://CBU01.AliCDN.com/a.jpg", "https://alicdn.com/a.jpg",
      "/search/imgextra/1.jpg",
    ]
    for url in direct { #expect(try TMAPIImage(.url(url)) == .direct(url)) }
    #expect(try TMAPIImage(.url("//cbu01.alicdn.com/a.jpg")) == .direct("https://cbu01.alicdn.com/a.jpg"))
    let foreign = [
      "https://example.org/a.jpg", "https://alicdn.com.example.org/a.jpg", "https://notalicdn.com/a.jpg",
      "https://detail.1688.com/a.jpg", "https://example.org/search/a.jpg", "https://example.org/?u=cbu01.alicdn.com",
    ]
    for url in foreign { #expect(try TMAPIImage(.url(url)) == .foreign(url)) }
    for url in [
      "", "a.jpg", "ftp://alicdn.com/a.jpg", "/search/a b", "/searching/a", "file:///etc/passwd", "/search/\n",
    ] {
      let error = #expect(throws: ImageSearchError.self) { try TMAPIImage(.url(url)) }
      #expect(error?.code == .invalidURL, "\(url)")
    }
  }

  @Test func tokensThatCannotBeSentAreRefusedWithoutBeingQuoted() {
    for token in ["", "two words", "schlüssel-geheim", "line\nend"] {
      let error = #expect(throws: ImageSearchError.self) { try TMAPI(.token(token)) }
      #expect(error?.code == .invalidArgument)
      if !token.isEmpty { #expect(error?.message.contains(token) == false) }
    }
    #expect(throws: ImageSearchError.self) { try TMAPI(.token("k"), baseURL: "api.tmapi.top") }
    #expect(throws: ImageSearchError.self) { try TMAPI(.token("k"), baseURL: "https://api.tmapi.top?apiToken=k") }
    #expect(TMAPI.defaultBaseURL.hasPrefix("https://"))
  }
}
