import FoundationEssentials
import Testing

@testable import ImageSearch

/// The bytes on the wire, without a network.
@Suite struct AlibabaCloudRequestTests {
  private let ok = ScriptedTransport.Step.json(#"{"Code":0,"Message":"success","RequestId":"R","Success":true}"#)
  private let none = ScriptedTransport.Step.json(#"{"Code":0,"Msg":"success","RequestId":"R","Auctions":[]}"#)

  private func parts(_ sent: ScriptedTransport.Sent) -> (query: [String: String], form: [String: String]) {
    func dictionary(_ text: String) -> [String: String] {
      Dictionary(
        AlibabaCloudVectors.pairs(ofQuery: text).map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
    let query = sent.request.url.split(separator: "?", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
    return (dictionary(query), dictionary(sent.bodyText))
  }

  /// The three requests that the vendor's client sends for one image; only its additional signed headers differ.
  @Test func theUploadIsThatOfTheVendorsClient() async throws {
    let flow = try AlibabaCloudVectors.load().advance_flow.requests
    let transport = ScriptedTransport([.json(AlibabaCloudFixture.grant), .json("", status: 201), ok])
    let client = try AlibabaCloudFixture.client(transport)
    var image = AlibabaCloudFixture.jpeg()
    image += Array("pic_content1".utf8)
    try await client.addImage(
      AlibabaCloudAddRequest(productID: "2092061_1", imageName: "2092061_1.jpg", image: .bytes(image)))
    let sent = transport.sent
    #expect(sent.count == 3)
    #expect(sent[0].request.url == "https://openplatform.aliyuncs.com/?Product=ImageSearch&RegionId=cn-shanghai")
    #expect(sent[0].request.method == .get)
    #expect(sent[0].header("x-acs-action") == flow[0].headers["x-acs-action"])
    #expect(sent[0].header("x-acs-version") == flow[0].headers["x-acs-version"])
    #expect(sent[0].header("x-acs-content-sha256") == flow[0].headers["x-acs-content-sha256"])
    #expect(sent[1].request.url == "https://\(flow[1].host)/")
    let boundary = try #require(sent[1].header("Content-Type")?.split(separator: "=").last)
    let body = sent[1].bodyText.replacing(boundary, with: "78415418666632")
    #expect(
      body == flow[1].body?.replacing("pic_content1", with: String(decoding: image, as: UTF8.self)))
    #expect(sent[1].header("Authorization") == nil)
    #expect(sent[2].request.url == "https://\(flow[2].host)/")
    #expect(sent[2].bodyText == flow[2].body)
    #expect(sent[2].header("x-acs-content-sha256") == flow[2].headers["x-acs-content-sha256"])
  }

  @Test func parametersTravelWhereTheVendorPutsThem() async throws {
    let transport = ScriptedTransport([none])
    let client = try AlibabaCloudFixture.client(transport)
    var request = AlibabaCloudSearchRequest(.text("red shoes 红色的鞋"))
    request.scoreThreshold = 0.5
    request.filter = "int_attr=1000 AND str_attr=\"value1\""
    request.distinctProductID = true
    request.count = 20
    request.start = 40
    _ = try await client.search(request)
    var (query, form) = parts(transport.sent[0])
    #expect(query == ["ScoreThreshold": "0.50"])
    #expect(
      form == [
        "InstanceName": "demoinstance1", "Text": "red shoes 红色的鞋", "Num": "20", "Start": "40",
        "Filter": "int_attr=1000 AND str_attr=\"value1\"", "DistinctProductId": "true",
      ])

    var change = AlibabaCloudUpdateRequest(productID: "p", imageName: "n")
    change.customContent = "c"
    change.attributes.intAttr = 1
    change.attributes.intAttr2 = 2
    change.attributes.intAttr3 = 3
    change.attributes.intAttr4 = 4
    change.attributes.strAttr = "a"
    change.attributes.strAttr2 = "b"
    change.attributes.strAttr3 = "c"
    change.attributes.strAttr4 = "d"
    let updating = ScriptedTransport([ok])
    _ = try await AlibabaCloudFixture.client(updating).updateImage(change)
    (query, form) = parts(updating.sent[0])
    #expect(query == ["IntAttr3": "3", "IntAttr4": "4", "StrAttr3": "c", "StrAttr4": "d"])
    #expect(
      form == [
        "InstanceName": "demoinstance1", "ProductId": "p", "PicName": "n", "CustomContent": "c", "IntAttr": "1",
        "IntAttr2": "2", "StrAttr": "a", "StrAttr2": "b",
      ])
  }

  @Test func aRequestWithoutABodyAnnouncesNone() async throws {
    let transport = ScriptedTransport([.json(#"{"RequestId":"R","Instance":{"Capacity":"1","TotalCount":5,"Qps":2}}"#)])
    let quota = try await AlibabaCloudFixture.client(transport).quota()
    #expect(quota == Quota(unit: .images, remaining: 9995, perSecond: 2))
    let sent = transport.sent[0]
    #expect(sent.request.method == .post)
    #expect(sent.request.url == "https://imagesearch.cn-shanghai.aliyuncs.com/?InstanceName=demoinstance1")
    #expect(sent.request.body == nil)
    #expect(sent.header("content-type") == nil)
    #expect(sent.header("Authorization")?.contains("SignedHeaders=host;x-acs-action;x-acs-content-sha256") == true)
  }

  @Test func temporaryKeysSendTheirTokenSigned() async throws {
    let transport = ScriptedTransport([none])
    let credentials = AlibabaCloudCredentials(
      accessKeyID: "STS.id", accessKeySecret: "s3cret", securityToken: "tok/en+=")
    func client(_ version: AlibabaCloud.Version, _ options: AlibabaCloud.Options = .init()) throws -> AlibabaCloud {
      var options = options
      options.apiVersion = version
      return try AlibabaCloud(
        credentials, instance: "i", region: "cn-shanghai", options: options,
        configuration: .init(), transport: transport, time: InstantTime(), random: FixedRandom())
    }
    let name = AlibabaCloudSearchRequest(.name(productID: "p", imageName: "n"))
    _ = try await client(.v20201214).search(name)
    #expect(transport.sent[0].header("x-acs-security-token") == "tok/en+=")
    #expect(transport.sent[0].header("Authorization")?.contains(";x-acs-security-token;") == true)
    _ = try await client(.v20190325).search(name)
    #expect(transport.sent[1].header("x-acs-security-token") == "tok/en+=")
    var options = AlibabaCloud.Options()
    options.signatureMethod = .rpc
    _ = try await client(.v20201214, options).search(name)
    #expect(parts(transport.sent[2]).query["SecurityToken"] == "tok/en+=")
    #expect(transport.sent[2].header("Authorization") == nil)
    #expect(!transport.sent.contains { $0.request.url.contains("s3cret") || $0.bodyText.contains("s3cret") })
  }

  @Test func endpointsAreThoseOfTheRegions() throws {
    func url(
      _ region: String?, _ endpoint: String?, _ change: (inout AlibabaCloud.Options) -> Void = { _ in }
    ) throws -> [String] {
      var options = AlibabaCloud.Options()
      options.endpoint = endpoint
      change(&options)
      let endpoints = try AlibabaCloudEndpoints(region: region, options: options)
      return [endpoints.service.text, endpoints.openPlatform.text, endpoints.region ?? "-"]
    }
    #expect(AlibabaCloudEndpoints.regions.count == 10)
    for region in AlibabaCloudEndpoints.regions {
      #expect(
        try url(region, nil) == [
          "https://imagesearch.\(region).aliyuncs.com", "https://openplatform.aliyuncs.com", region,
        ])
      #expect(
        try url(region, nil) { $0.usesVPC = true }[0]
          == "https://imagesearch-vpc.\(region).aliyuncs.com")
    }
    #expect(
      try url(nil, "imagesearch.cn-beijing.aliyuncs.com") == [
        "https://imagesearch.cn-beijing.aliyuncs.com", "https://openplatform.aliyuncs.com", "cn-beijing",
      ])
    #expect(
      try url("cn-new-1", "http://127.0.0.1:8080/base/") == [
        "http://127.0.0.1:8080/base", "http://127.0.0.1:8080/base", "cn-new-1",
      ])
    #expect(try url(nil, "gateway.example")[2] == "-")
    #expect(
      try url("cn-shanghai", "gateway.example") { $0.openPlatformEndpoint = "platform.example" }[1]
        == "https://platform.example")
    for (region, endpoint) in [(nil, nil), ("", ""), ("cn-new-1", nil), ("CN SHANGHAI", "gateway.example")]
      as [(String?, String?)]
    {
      let error = #expect(throws: ImageSearchError.self) { try url(region, endpoint) }
      #expect(error?.code == .invalidArgument)
      #expect(error?.message.contains("region") == true)
    }
  }

  @Test func theHostIsSignedAsItIsSent() throws {
    #expect(try WebAddress("https://a.example:443/", field: "f").hostHeader == "a.example")
    #expect(try WebAddress("http://a.example:80/", field: "f").hostHeader == "a.example")
    #expect(try WebAddress("http://127.0.0.1:8080/x", field: "f").hostHeader == "127.0.0.1:8080")
    #expect(try WebAddress("https://[::1]:8443", field: "f").hostHeader == "[::1]:8443")
  }

  /// A response must not redirect the upload of an image to another server.
  @Test(arguments: ["evil.example/path", "evil.example?x", "evil.example#", "user@evil.example", "", "a b"])
  func aGrantMustNameAHost(_ endpoint: String) async throws {
    let answer = AlibabaCloudFixture.grant.replacing("oss-cn-shanghai.aliyuncs.com", with: endpoint)
    let transport = ScriptedTransport([.json(answer), .json("", status: 201), ok])
    let client = try AlibabaCloudFixture.client(transport)
    let error = await #expect(throws: ImageSearchError.self) {
      try await client.addImage(
        AlibabaCloudAddRequest(productID: "p", imageName: "n", image: .bytes(AlibabaCloudFixture.jpeg())))
    }
    #expect(error?.code == .malformedResponse)
    #expect(transport.sent.count == 1)
  }
}
