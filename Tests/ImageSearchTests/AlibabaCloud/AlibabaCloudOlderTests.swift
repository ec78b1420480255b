import FoundationEssentials
import TestSupport
import Testing

@testable import ImageSearch

/// The generations before 2020 against the double, over real sockets.
@Suite struct AlibabaCloudOlderTests {
  @Test(arguments: [AlibabaCloud.Version.v20180120, .v20190325])
  func addsSearchesAndRemoves(_ version: AlibabaCloud.Version) async throws {
    let double = try ProviderDouble("alibaba", settings: #"{"require_nonce": true}"#)
    let client = try AlibabaCloudFixture.client(double, version: version)
    let shoes = Array(try double.image("shoes1.png"))
    let file = try TemporaryFile(Array(try double.image("shoes2.png")))
    let item = ImageItem(
      itemID: "1000 鞋",
      images: [.init(name: "鞋^#,1.png", source: .bytes(shoes)), .init(name: "2", source: .file(file.path))],
      category: "4", customContent: "{\"key1\":\"^#, 红色\"}", parameters: ["Crop": "false", "Region": "5,90,6,80"])
    let report = try await client.addImages([item])
    #expect(report.entries.map(\.imageName) == ["鞋^#,1.png", "2"])
    #expect(report.failedCount == 0)
    let page = try await client.search(
      SearchRequest(
        image: .file(file.path), limit: 3, category: "4", region: .init(x: 0, y: 0, width: 50, height: 40)))
    #expect(page.matches.map(\.imageName) == ["2"])
    #expect(page.matches.first?.itemID == "1000 鞋")
    #expect(page.matches.first?.customContent == "{\"key1\":\"^#, 红色\"}")
    #expect(page.matches.first?.category == "4")
    #expect(page.matches.first?.score == nil)
    #expect(try await client.removeImages([RemoveRequest(itemID: "1000 鞋", imageName: "2")]) == nil)
    #expect(try await client.search(SearchRequest(image: .file(file.path))).matches.isEmpty)
    #expect(try await client.search(SearchRequest(image: .bytes(shoes))).matches.count == 1)
    _ = try await client.removeImages([RemoveRequest(itemID: "1000 鞋")])
    #expect(try await client.search(SearchRequest(image: .bytes(shoes))).matches.isEmpty)
    for request in try double.requests() { #expect(request.verdict == "ok", "\(request.kind)") }
    // Two images of one item travel in one packed body, and in two forms.
    let adds = try double.requests().filter { $0.kind == "item_add" || $0.kind == "v2_add" }
    #expect(adds.count == (version == .v20180120 ? 1 : 2))
  }

  @Test func searchesByNameIn2019() async throws {
    let double = try ProviderDouble("alibaba")
    let client = try AlibabaCloudFixture.client(double, version: .v20190325)
    var request = AlibabaCloudAddRequest(
      productID: "p", imageName: "n", image: .bytes(Array(try double.image("bag.bmp"))))
    request.attributes.intAttr = 7
    try await client.addImage(request)
    var search = AlibabaCloudSearchRequest(.name(productID: "p", imageName: "n"))
    search.filter = "int_attr=7"
    #expect(try await client.search(search).matches.first?.productID == "p")
    search.filter = "int_attr=8"
    #expect(try await client.search(search).matches.isEmpty)
  }

  /// The example of docs/sources/alibaba-image-search.md, section 9, whose images are not image files.
  @Test func theSeedsExampleIsAccepted() async throws {
    let double = try ProviderDouble("alibaba", settings: #"{"check_images": false}"#)
    let client = try AlibabaCloudFixture.client(double, version: .v20180120)
    var body = PackedBody()
    try body.add("cust_content", "{\"key1\":\"value1\"}")
    try body.add("item_id", "1000")
    try body.add(image: BytesBody(Array("pic_content2".utf8)), name: "shoes2.jpg")
    try body.add("cat_id", "0")
    try body.add(imageList: ["shoes2.jpg", "shoes1.jpg"])
    try body.add(image: BytesBody(Array("pic_content1".utf8)), name: "shoes1.jpg")
    let _: AlibabaCloudAddResponse = try await client.post(
      "/item/add", body, md5: body.digest(.md5), by: client.additions, requiring: "Code", .init())
    let request = try #require(try double.requests().last)
    #expect(request.verdict == "ok")
    #expect(request.target == "/item/add?instanceName=goodssearch")
    #expect(request.header("content-md5") == "TpDIGEbC99ptjucdw71lyw==")
    #expect(request.bodyLength == 193)
  }

  @Test func fourMegabytesTravelWhole() async throws {
    let double = try ProviderDouble("alibaba", settings: #"{"check_images": false}"#)
    // Bytes of every value, so that base64 has + and /.
    let noise = try SecureRandom().bytes(4_194_304 - 200)
    let image = Array(AlibabaCloudFixture.jpeg(bytes: 200)) + noise
    let file = try TemporaryFile(image)
    for version in AlibabaCloud.Version.allCases {
      let client = try AlibabaCloudFixture.client(double, version: version)
      try await client.addImage(
        {
          var request = AlibabaCloudAddRequest(productID: "p", imageName: version.rawValue, image: .file(file.path))
          request.categoryID = 4
          return request
        }())
      let found = try await client.search(AlibabaCloudSearchRequest(.image(.bytes(image))))
      #expect(found.matches.contains { $0.imageName == version.rawValue })
    }
    for request in try double.requests() { #expect(request.verdict == "ok", "\(request.kind)") }
  }
}
