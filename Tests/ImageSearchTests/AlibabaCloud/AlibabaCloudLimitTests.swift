import Testing

@testable import ImageSearch

/// Limits are checked before anything is sent, and errors name the field and the limit.
@Suite struct AlibabaCloudLimitTests {
  private let transport = ScriptedTransport([.json("{}")])

  private func refusal(
    _ code: ImageSearchError.Code, _ message: String, version: AlibabaCloud.Version = .v20201214,
    sourceLocation: SourceLocation = #_sourceLocation, _ call: (AlibabaCloud) async throws -> Void
  ) async throws {
    let client = try AlibabaCloudFixture.client(transport, version: version)
    let error = await #expect(throws: ImageSearchError.self, sourceLocation: sourceLocation) { try await call(client) }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    #expect(error?.message == message, sourceLocation: sourceLocation)
    #expect(error?.service == "AlibabaCloud", sourceLocation: sourceLocation)
    #expect(transport.sent.isEmpty, sourceLocation: sourceLocation)
  }

  private func search(_ change: (inout AlibabaCloudSearchRequest) -> Void) -> AlibabaCloudSearchRequest {
    var request = AlibabaCloudSearchRequest(.image(.bytes(AlibabaCloudFixture.jpeg())))
    change(&request)
    return request
  }

  @Test func pagesEndAtTheFiveHundredthResult() async throws {
    for (count, start, message) in [
      (0, 0, "Num is 0; it must be from 1 to 100"), (101, 0, "Num is 101; it must be from 1 to 100"),
      (10, 500, "Start is 500; it must be from 0 to 499"), (10, -1, "Start is -1; it must be from 0 to 499"),
      (100, 401, "Start + Num is 501; it must be from 1 to 500"),
    ] {
      try await refusal(.invalidArgument, message) { client in
        _ = try await client.search(
          search {
            $0.count = count
            $0.start = start
          })
      }
    }
    try await refusal(.invalidArgument, "offset is 500; it must be from 0 to 499") { client in
      _ = try await client.search(SearchRequest(image: .bytes(AlibabaCloudFixture.jpeg()), offset: 500))
    }
    try await refusal(.invalidArgument, "limit is 101; it must be from 1 to 100") { client in
      _ = try await client.search(SearchRequest(image: .bytes(AlibabaCloudFixture.jpeg()), limit: 101))
    }
    let cut = try AlibabaCloudSearchRequest(SearchRequest(image: .url("u"), limit: 100, offset: 450))
    #expect(cut.count == 50)
    #expect(try AlibabaCloudSearchRequest(SearchRequest(image: .url("u"), offset: 495)).count == 5)
    #expect(try AlibabaCloudSearchRequest(SearchRequest(image: .url("u"), offset: 490)).count == nil)
  }

  @Test func textsAndNumbersHaveLimits() async throws {
    let long = String(repeating: "鞋", count: 513)
    try await refusal(.invalidArgument, "ProductId has 513 characters; it must have 1 to 512") { client in
      _ = try await client.checkImageExists(productID: long, imageName: "n")
    }
    try await refusal(.invalidArgument, "PicName has 0 characters; it must have 1 to 512") { client in
      _ = try await client.checkImageExists(productID: "p", imageName: "")
    }
    try await refusal(.invalidArgument, "Text has 513 characters; it must have 1 to 512") { client in
      _ = try await client.search(AlibabaCloudSearchRequest(.text(String(repeating: "a", count: 513))))
    }
    try await refusal(.invalidArgument, "Filter has 4097 characters; it must have 1 to 4096") { client in
      _ = try await client.search(search { $0.filter = String(repeating: "a", count: 4097) })
    }
    try await refusal(.invalidArgument, "ScoreThreshold is 1.01; it must be from 0.0 to 1.0") { client in
      _ = try await client.search(search { $0.scoreThreshold = 1.01 })
    }
    try await refusal(.invalidArgument, "CategoryId is -1; it must be from 0 to 2147483647") { client in
      _ = try await client.search(search { $0.categoryID = -1 })
    }
    try await refusal(.invalidArgument, "CustomContent has 4097 characters; it must have 0 to 4096") { client in
      var change = AlibabaCloudUpdateRequest(productID: "p")
      change.customContent = String(repeating: "a", count: 4097)
      _ = try await client.updateImage(change)
    }
    try await refusal(.invalidArgument, "StrAttr2 has 129 characters; it must have 0 to 128") { client in
      var change = AlibabaCloudUpdateRequest(productID: "p")
      change.attributes.strAttr2 = String(repeating: "a", count: 129)
      _ = try await client.updateImage(change)
    }
    try await refusal(
      .invalidArgument, "StrAttr contains one of \\ ¥ $ & %; it must have none of them"
    ) { client in
      var change = AlibabaCloudUpdateRequest(productID: "p")
      change.attributes.strAttr = "5 ¥"
      _ = try await client.updateImage(change)
    }
    try await refusal(
      .invalidArgument, "Path is \"/a/\"; it must be a path that begins with / and does not end with it"
    ) { client in
      _ = try await client.increaseInstance(bucketName: "b", path: "/a/")
    }
    try await refusal(.invalidArgument, "PageSize is 31; it must be from 1 to 30") { client in
      _ = try await client.dumpMetaList(pageSize: 31)
    }
    try await refusal(.invalidArgument, "ProductId is missing; without it there must be a Filter") { client in
      var request = AlibabaCloudDeleteRequest(productID: "p")
      request.productID = nil
      _ = try await client.deleteImage(request)
    }
  }

  @Test func imagesHaveLimits() async throws {
    func attempt(_ image: [UInt8]) -> (AlibabaCloud) async throws -> Void {
      { client in _ = try await client.search(AlibabaCloudSearchRequest(.image(.bytes(image)))) }
    }
    for version in AlibabaCloud.Version.allCases {
      try await refusal(
        .imageTooLarge, "the image has 4194305 bytes; the limit is 4194304", version: version,
        attempt(AlibabaCloudFixture.jpeg(bytes: 4_194_305)))
      try await refusal(
        .imageTooSmall, "the image's height is 99 pixels; the minimum is 100", version: version,
        attempt(AlibabaCloudFixture.jpeg(100, 99)))
      try await refusal(
        .imageTooLarge, "the image's width is 4097 pixels; the limit is 4096", version: version,
        attempt(AlibabaCloudFixture.jpeg(4097, 100)))
      try await refusal(
        .unsupportedFormat,
        "the image is turned by its EXIF orientation (6); the service takes upright ones (1) only", version: version,
        attempt(AlibabaCloudFixture.turnedJPEG()))
    }
    try await refusal(.emptyImage, "the image has no bytes", attempt([]))
  }

  @Test func regionsLieWithinTheImage() async throws {
    try await refusal(
      .invalidArgument, "Region ends at 641, 480 pixels; it must end within the image, which has 640 × 480"
    ) { client in
      _ = try await client.search(search { $0.region = .init(x: 1, y: 0, width: 640, height: 480) })
    }
    try await refusal(.invalidArgument, "Region width is 1; it must be from 2 to 65535") { client in
      _ = try await client.search(search { $0.region = .init(x: 1, y: 0, width: 1, height: 480) })
    }
    try await refusal(.invalidArgument, "Region x is 9223372036854775807; it must be from 0 to 65535") { client in
      _ = try await client.search(search { $0.region = .init(x: .max, y: 0, width: .max, height: 480) })
    }
    #expect(AlibabaCloudLimits.text(.init(x: 280, y: 232, width: 207, height: 120)) == "280,486,232,351")
    #expect(try AlibabaCloudLimits.region("280,486,232,351") == .init(x: 280, y: 232, width: 207, height: 120))
    for text in ["", "1,2,3", "1,2,3,4,5", "2,1,3,4", "a,2,3,4", "-1,2,3,4", "1,2,3,99999999999999999999", "1,,2,3,4"] {
      #expect(throws: ImageSearchError.self) { try AlibabaCloudLimits.region(text) }
    }
  }

  @Test func whatAGenerationHasNotIsUnsupported() async throws {
    try await refusal(
      .unsupported, "the API version 2018-01-20 has no Filter when it searches by image", version: .v20180120
    ) { client in _ = try await client.search(search { $0.filter = "int_attr=1" }) }
    try await refusal(
      .unsupported, "the API version 2019-03-25 has no ScoreThreshold when it searches by image",
      version: .v20190325
    ) { client in
      _ = try await client.search(SearchRequest(image: .bytes(AlibabaCloudFixture.jpeg()), minimumScore: 40))
    }
    try await refusal(
      .unsupported, "the API version 2018-01-20 cannot search by name", version: .v20180120
    ) { client in _ = try await client.search(AlibabaCloudSearchRequest(.name(productID: "p", imageName: "n"))) }
    try await refusal(
      .unsupported, "the API version 2020-12-14 has no Region when it searches by text"
    ) { client in
      var request = AlibabaCloudSearchRequest(.text("shoes"))
      request.region = .init(x: 0, y: 0, width: 9, height: 9)
      _ = try await client.search(request)
    }
    try await refusal(.unsupported, "the API version 2019-03-25 has no Detail", version: .v20190325) { client in
      _ = try await client.quota()
    }
    try await refusal(.unsupported, "the API version 2019-03-25 has no StrAttr3", version: .v20190325) { client in
      var request = AlibabaCloudAddRequest(
        productID: "p", imageName: "n", image: .bytes(AlibabaCloudFixture.jpeg()))
      request.attributes.strAttr3 = "x"
      _ = try await client.addImage(request)
    }
    try await refusal(.unsupported, "AlibabaCloud tells no confidence to search by") { client in
      _ = try await client.search(
        SearchRequest(image: .bytes(AlibabaCloudFixture.jpeg()), minimumConfidence: 0.5))
    }
    #expect(
      try AlibabaCloudFixture.client(transport, version: .v20180120).capabilities == [
        .searchByURL, .searchByUpload, .addImages, .removeImages,
      ])
  }

  @Test func commonParametersAreReadStrictly() throws {
    func request(_ parameters: [String: String], category: String? = nil) throws -> AlibabaCloudSearchRequest {
      try AlibabaCloudSearchRequest(
        SearchRequest(image: .url("u"), minimumScore: 45.9, category: category, parameters: parameters))
    }
    let typed = try request(["Crop": "false", "Filter": "int_attr=1", "DistinctProductId": "True"], category: "4")
    #expect(typed.crop == false)
    #expect(typed.filter == "int_attr=1")
    #expect(typed.distinctProductID == true)
    #expect(typed.categoryID == 4)
    #expect(typed.queryParameters.map(\.value) == ["0.45"])
    #expect(try request(["ScoreThreshold": "0.6"]).scoreThreshold == 0.6)
    for parameters in [
      ["crop": "true"], ["Crop": "yes"], ["CategoryId": "shoes"], ["CategoryId": "5"], ["ScoreThreshold": "high"],
    ] {
      #expect(throws: ImageSearchError.self) { try request(parameters, category: "4") }
    }
    #expect(throws: ImageSearchError.self) { try request([:], category: "shoes") }
  }

  @Test func instancesHaveNames() throws {
    for (name, version) in [("", AlibabaCloud.Version.v20201214), (String(repeating: "a", count: 21), .v20180120)] {
      #expect(throws: ImageSearchError.self) {
        var options = AlibabaCloud.Options()
        options.apiVersion = version
        return try AlibabaCloud(
          AlibabaCloudVectors.credentials, instance: name, region: "cn-shanghai", options: options)
      }
    }
  }
}
