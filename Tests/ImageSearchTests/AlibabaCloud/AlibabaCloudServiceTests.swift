import FoundationEssentials
import TestSupport
import Testing

@testable import ImageSearch

/// The present generation against the double, over real sockets.
@Suite struct AlibabaCloudServiceTests {
  private func image(_ double: ProviderDouble, _ name: String) throws -> ImageSource {
    .bytes(Array(try double.image(name)), name: name)
  }

  private func add(_ client: AlibabaCloud, _ double: ProviderDouble) async throws {
    var request = AlibabaCloudAddRequest(
      productID: "1000", imageName: "shoes1.png", image: try image(double, "shoes1.png"))
    request.categoryID = 4
    request.customContent = "{\"key1\":\"红色 & more\"}"
    request.attributes.intAttr = 22
    request.attributes.strAttr4 = "s4"
    let response = try await client.addImage(request)
    #expect(response.envelope.success == true)
    #expect(response.image?.categoryID == "4")
  }

  @Test func addsSearchesAndRemoves() async throws {
    let double = try ProviderDouble("alibaba")
    let client = try AlibabaCloudFixture.client(double)
    try await add(client, double)
    let page = try await client.search(SearchRequest(image: try image(double, "shoes1.png"), limit: 5, category: "4"))
    #expect(page.matches.count == 1)
    #expect(page.matches.first?.itemID == "1000")
    #expect(page.matches.first?.imageName == "shoes1.png")
    #expect(page.matches.first?.score == 100)
    #expect(page.matches.first?.customContent == "{\"key1\":\"红色 & more\"}")
    #expect(page.matches.first?.category == "4")
    #expect(!page.hasMore)
    #expect(page.requestID != nil)
    #expect(!page.raw.isEmpty)
    #expect(try await client.search(SearchRequest(image: try image(double, "query.png"))).matches.isEmpty)
    #expect(try await client.imageCount() == 1)
    #expect(try await client.quota() == Quota(unit: .images, remaining: 99_999, perSecond: 5))
    #expect(try await client.removeImages([RemoveRequest(itemID: "1000", imageName: "shoes1.png")]) == 1)
    _ = try await client.removeImages([RemoveRequest(itemID: "1000"), RemoveRequest(itemID: "never-there")])
    #expect(try await client.imageCount() == 0)
    for request in try double.requests() { #expect(request.verdict == "ok", "\(request.kind)") }
  }

  @Test(arguments: AlibabaCloud.SignatureMethod.allCases)
  func allFourteenActionsAreAccepted(_ method: AlibabaCloud.SignatureMethod) async throws {
    let double = try ProviderDouble("alibaba")
    var options = AlibabaCloud.Options()
    options.signatureMethod = method
    let client = try AlibabaCloudFixture.client(double, options: options)
    try await add(client, double)
    var change = AlibabaCloudUpdateRequest(productID: "1000", imageName: "shoes1.png")
    change.customContent = "red shoes"
    change.attributes.intAttr3 = 3
    change.attributes.strAttr = "a b"
    try await client.updateImage(change)

    var byImage = AlibabaCloudSearchRequest(.image(try image(double, "shoes1.png")))
    byImage.region = .init(x: 10, y: 20, width: 60, height: 50)
    byImage.crop = true
    byImage.scoreThreshold = 0.5
    byImage.distinctProductID = true
    byImage.filter = "int_attr3=3 AND str_attr=\"a b\""
    #expect(try await client.search(byImage).matches.count == 1)
    let byName = try await client.search(
      AlibabaCloudSearchRequest(.name(productID: "1000", imageName: "shoes1.png")))
    #expect(byName.matches.first?.customContent == "red shoes")
    #expect(byName.matches.first?.attributes.strAttr == "a b")
    #expect(try await client.search(AlibabaCloudSearchRequest(.text("red shoes"))).matches.count == 1)
    var byFilter = AlibabaCloudSearchRequest(.filterAlone)
    byFilter.filter = "int_attr3>2"
    let filtered = try await client.search(byFilter)
    #expect(filtered.matches.count == 1)
    #expect(filtered.head == nil)

    let there = try await client.checkImageExists(productID: "1000", imageName: "shoes1.png")
    #expect(there.exists)
    #expect(there.match?.attributes.intAttr3 == 3)
    #expect(try await !client.checkImageExists(productID: "1000", imageName: "other").exists)
    let same = try await client.compare(try image(double, "bag.bmp"), try image(double, "bag.bmp"))
    #expect(same.score == 1)
    let detail = try await client.detail()
    #expect(detail.name == "goodssearch")
    #expect(detail.totalCount == 1)
    let increase = try await client.increaseInstance(
      bucketName: "b", path: "/p", callbackAddress: "http://c.example/x?y")
    #expect(increase.id != nil)
    #expect(try await !client.increaseList(pageNumber: 1, pageSize: 5).jobs.isEmpty)
    let dump = try await client.dumpMeta()
    #expect(dump.id != nil)
    #expect(try await !client.dumpMetaList(id: dump.id, pageNumber: 1, pageSize: 30).jobs.isEmpty)
    let removed = try await client.deleteImage(AlibabaCloudDeleteRequest(productID: "1000", imageName: "shoes1.png"))
    #expect(removed.imageNames == ["shoes1.png"])
    let kinds = Set(try double.requests().map(\.kind)).subtracting(["AuthorizeFileUpload", "oss_upload"])
    #expect(kinds.count == 14)
    for request in try double.requests() { #expect(request.verdict == "ok", "\(request.kind)") }
  }

  @Test func temporaryKeysWork() async throws {
    let double = try ProviderDouble("alibaba")
    let credentials = AlibabaCloudCredentials(
      accessKeyID: "STS.testid", accessKeySecret: "sts-secret", securityToken: "sts-token")
    for method in AlibabaCloud.SignatureMethod.allCases {
      var options = AlibabaCloud.Options()
      options.signatureMethod = method
      let client = try AlibabaCloudFixture.client(double, credentials: credentials, options: options)
      #expect(try await client.search(SearchRequest(image: try image(double, "query.png"))).matches.isEmpty)
    }
    for version in [AlibabaCloud.Version.v20180120, .v20190325] {
      let client = try AlibabaCloudFixture.client(double, version: version, credentials: credentials)
      #expect(try await client.search(SearchRequest(image: try image(double, "query.png"))).matches.isEmpty)
    }
  }

  @Test func uploadsOverTLSToTheHostsThatTheProviderNames() async throws {
    let double = try ProviderDouble("alibaba", settings: #"{"openplatform_host": "openplatform.localhost"}"#, tls: true)
    var options = AlibabaCloud.Options()
    options.openPlatformEndpoint = "openplatform.localhost:\(try #require(double.tlsPort))"
    var configuration = ClientConfiguration()
    configuration.transport.certificateAuthorityFile = double.caFile
    options.endpoint = "imagesearch.localhost:\(try #require(double.tlsPort))"
    let client = try AlibabaCloud(
      AlibabaCloudVectors.credentials, instance: "goodssearch", region: "cn-shanghai", options: options,
      configuration: configuration)
    try await add(client, double)
    #expect(try double.requests().map(\.kind) == ["AuthorizeFileUpload", "oss_upload", "AddImage"])
    #expect(try double.requests().allSatisfy { $0.scheme == "https" && $0.verdict == "ok" })
    #expect(try double.requests()[1].header("authorization") == nil)
  }

  @Test func pagesEndWhereTheServiceEnds() async throws {
    let double = try ProviderDouble("alibaba")
    let client = try AlibabaCloudFixture.client(double)
    let query = Array(try double.image("query.png"))
    let hash = Hex.encode(try Digest.sha256.hash(query))
    try double.post("fill", #"{"instance": "goodssearch", "count": 230, "sha256": "\#(hash)"}"#)
    var seen: Set<String> = []
    var last = 101.0
    for try await match in client.matches(SearchRequest(image: .bytes(query), limit: 100)) {
      seen.insert("\(match.itemID ?? "")/\(match.imageName ?? "")")
      #expect((match.score ?? 0) <= last)
      last = match.score ?? 0
    }
    #expect(seen.count == 230)
    #expect(try double.requests().filter { $0.kind == "SearchImageByPic" }.count == 3)

    let good = try await client.search(SearchRequest(image: .bytes(query), limit: 100, minimumScore: 80.5))
    #expect(!good.matches.isEmpty)
    #expect(good.matches.allSatisfy { ($0.score ?? 0) >= 80.5 })
    #expect(try double.requests().last?.parameter("ScoreThreshold") == "0.80")
  }

  @Test func nobodyGoesBeyondTheFiveHundredthResult() async throws {
    let double = try ProviderDouble("alibaba")
    let client = try AlibabaCloudFixture.client(double)
    let query = Array(try double.image("query.png"))
    let hash = Hex.encode(try Digest.sha256.hash(query))
    try double.post("fill", #"{"instance": "goodssearch", "count": 620, "sha256": "\#(hash)"}"#)
    var count = 0
    for try await _ in client.matches(SearchRequest(image: .bytes(query), limit: 75)) { count += 1 }
    #expect(count == 500)
    #expect(try double.requests().filter { $0.kind == "SearchImageByPic" }.allSatisfy { $0.verdict == "ok" })
  }

  @Test func anImageBehindAURLIsFetchedAndUploaded() async throws {
    let double = try ProviderDouble("alibaba")
    let url = double.url + "/_double/images/shoes1.png"
    let refusing = try AlibabaCloudFixture.client(double)
    let error = await #expect(throws: ImageSearchError.self) {
      try await refusing.search(SearchRequest(image: .url(url)))
    }
    #expect(error?.code == .connectionFailed || error?.code == .addressRefused || error?.code == .urlNotFetched)
    #expect(try double.requests().isEmpty)
    let client = try AlibabaCloudFixture.client(double) { $0.allowsPrivateAddresses = true }
    try await add(client, double)
    #expect(try await client.search(SearchRequest(image: .url(url))).matches.count == 1)
    let lost = await #expect(throws: ImageSearchError.self) {
      try await client.search(SearchRequest(image: .url(double.url + "/_double/errors")))
    }
    #expect(lost?.code == .malformedResponse || lost?.code == .notAnImage)
  }

  @Test func whatIsThrottledOrLostIsTriedAgain() async throws {
    let double = try ProviderDouble("alibaba")
    let client = try AlibabaCloudFixture.client(double)
    try double.script(
      """
      [{"error": "DeniedRequest", "kind": "AuthorizeFileUpload"}, {"act": "reset", "kind": "oss_upload"},
       {"error": "SearchTimeout", "kind": "SearchImageByPic"}, {"error": "SignatureNonceUsed", "kind": "SearchImageByPic"},
       {"act": "reset", "process": true, "kind": "AddImage"}, {"error": "ok_RequestTimeout", "kind": "DeleteImage"}]
      """)
    #expect(try await client.search(SearchRequest(image: try image(double, "query.png"))).matches.isEmpty)
    try await add(client, double)
    #expect(try await client.imageCount() == 1)
    #expect(try await client.removeImages([RemoveRequest(itemID: "1000")]) == 1)
  }

  @Test func theServicesLimitsAreFoundOut() async throws {
    let double = try ProviderDouble("alibaba", settings: #"{"qps": {"search": 3}}"#)
    let client = try AlibabaCloudFixture.client(double) { $0.limits = nil }
    let searches = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<12 {
        group.addTask { try await client.search(AlibabaCloudSearchRequest(.text("nothing"))).matches.count }
      }
      return try await group.reduce(into: 0) { count, _ in count += 1 }
    }
    #expect(searches == 12)
    #expect(try double.requests().filter { $0.verdict != "ok" }.count <= 6)
  }

  @Test func errorsOfTheRealConversation() async throws {
    let double = try ProviderDouble("alibaba", settings: #"{"no_permission": ["STS.testid"]}"#)
    func error(
      _ id: String = "testid", _ secret: String = "testsecret", instance: String = "goodssearch",
      _ call: (AlibabaCloud) async throws -> Void
    ) async throws -> ImageSearchError? {
      let client = try AlibabaCloudFixture.client(
        double, instance: instance, credentials: .init(accessKeyID: id, accessKeySecret: secret))
      return await #expect(throws: ImageSearchError.self) { try await call(client) }
    }
    let text = AlibabaCloudSearchRequest(.text("shoes"))
    let wrong = try await error("testid", "wrong-secret") { _ = try await $0.search(text) }
    #expect(wrong?.code == .signatureRejected)
    #expect(wrong.map { "\($0)" }?.contains("wrong-secret") == false)
    #expect(try await error("nobody") { _ = try await $0.search(text) }?.code == .unauthorized)
    #expect(try await error(instance: "nowhere") { _ = try await $0.search(text) }?.code == .invalidRequest)
    let missing = AlibabaCloudSearchRequest(.name(productID: "p", imageName: "n"))
    #expect(try await error { _ = try await $0.search(missing) }?.code == .notFound)
    try double.set(#"{"clock_skew": 4000}"#)
    #expect(try await error { _ = try await $0.search(text) }?.code == .clockSkew)
  }
}
