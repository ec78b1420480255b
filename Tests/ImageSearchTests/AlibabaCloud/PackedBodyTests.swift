import ImageSearch
import Testing

@Suite struct PackedBodyTests {
  private func text(_ body: PackedBody) throws -> String { String(decoding: try body.bytes(), as: UTF8.self) }

  private func image(_ text: String) -> any TransportBody { BytesBody(Array(text.utf8)) }

  private static let seed =
    "cust_content,0,17#item_id,17,21#c2hvZXMyLmpwZw==,21,37#cat_id,37,38#pic_list,38,71#c2hvZXMxLmpwZw==,71,87^"
    + "{\"key1\":\"value1\"}1000cGljX2NvbnRlbnQy0c2hvZXMyLmpwZw==,c2hvZXMxLmpwZw==cGljX2NvbnRlbnQx"

  @Test func theSeedsExampleComesOutByteForByte() throws {
    var body = PackedBody()
    try body.add("cust_content", "{\"key1\":\"value1\"}")
    try body.add("item_id", "1000")
    try body.add(image: image("pic_content2"), name: "shoes2.jpg")
    try body.add("cat_id", "0")
    try body.add(imageList: ["shoes2.jpg", "shoes1.jpg"])
    try body.add(image: image("pic_content1"), name: "shoes1.jpg")
    #expect(try text(body) == Self.seed)
    #expect(body.length == 193)
    #expect(body.length == 193)
  }

  @Test func theBodiesOfTheVendorsClientComeOut() throws {
    let vectors = try AlibabaCloudVectors.load().vectors
    func body(_ id: String) throws -> String { try #require(vectors.first { $0.id == id }?.body) }

    var search = PackedBody()
    try search.add("s", "0")
    try search.add("n", "10")
    try search.add(imageList: ["searchPic"])
    try search.add(image: image("pic_content1"), name: "searchPic")
    #expect(try text(search) == body("search-default"))

    var delete = PackedBody()
    try delete.add("item_id", "1000")
    try delete.add(imageList: [])
    #expect(try text(delete) == body("delete-all"))

    var add = PackedBody()
    try add.add("item_id", "1000")
    try add.add("cat_id", "0")
    try add.add("cust_content", "{\"key1\":\"value1\"}")
    try add.add(image: image("pic_content1"), name: "shoes1.jpg")
    try add.add(image: image("pic_content2"), name: "shoes2.jpg")
    try add.add(imageList: ["shoes1.jpg", "shoes2.jpg"])
    #expect(try text(add) == body("add-insertion-order"))
    #expect(Base64.encode(try add.digest(.md5)) == "rvT123eGYAzm5KHVRyo0Rw==")
  }

  @Test func theDecoderReadsTheSeed() throws {
    let decoded = try PackedBodyDecoder(Array(Self.seed.utf8))
    #expect(
      decoded.entries.map(\.key) == [
        "cust_content", "item_id", "c2hvZXMyLmpwZw==", "cat_id", "pic_list", "c2hvZXMxLmpwZw==",
      ])
    #expect(try decoded.text("item_id") == "1000")
    #expect(try decoded.text("cust_content") == "{\"key1\":\"value1\"}")
    #expect(try decoded.text("region") == nil)
    #expect(
      try decoded.images().map { $0.name + "=" + String(decoding: $0.bytes, as: UTF8.self) } == [
        "shoes2.jpg=pic_content2", "shoes1.jpg=pic_content1",
      ])
  }

  @Test func offsetsCountBytesAndValuesMayContainDelimiters() throws {
    var body = PackedBody()
    try body.add("cust_content", "鞋^#,ü")
    try body.add("item_id", "a^b#c,1,2")
    #expect(try text(body) == "cust_content,0,8#item_id,8,17^鞋^#,üa^b#c,1,2")
    let decoded = try PackedBodyDecoder(try body.bytes())
    #expect(try decoded.text("cust_content") == "鞋^#,ü")
    #expect(try decoded.text("item_id") == "a^b#c,1,2")
  }

  @Test(arguments: [
    ("", "NoCaretSeperator: no ^ divides the keys from the values in 0 bytes"),
    ("item_id,0,4", "NoCaretSeperator: no ^ divides the keys from the values in 11 bytes"),
    ("^1000", "EmptyMeta: no key stands before the ^"),
    ("item_id,0^1", "InvalidMetaItem: item 1, \"item_id,0\", has 2 parts and not key,start,end"),
    ("a,0,1#^1", "InvalidMetaItem: item 2, \"\", has 1 parts and not key,start,end"),
    (",0,1^1", "InvalidMetaItem: item 1, \",0,1\", has no key in UTF-8"),
    ("a,-0,1^1", "InvalidMetaItem: item 1, \"a,-0,1\", has a start that is no offset"),
    ("a,,1^1", "InvalidMetaItem: item 1, \"a,,1\", has a start that is no offset"),
    ("a,00,1^1", "InvalidMetaItem: item 1, \"a,00,1\", has a start that is no offset"),
    ("a,0,+1^1", "InvalidMetaItem: item 1, \"a,0,+1\", has an end that is no offset"),
    (
      "a,0,99999999999999999999^1",
      "InvalidMetaItem: item 1, \"a,0,99999999999999999999\", has an end that is no offset"
    ),
    ("a,0,2^1", "InvalidMetaItem: item 1, \"a,0,2\", ends behind the 1 bytes that there are"),
    ("a,0,9223372036854775807^1", nil),
    ("a,1,0^1", "InvalidMetaItem: item 1, \"a,1,0\", ends before it starts"),
    ("a,0,1#a,1,2^12", "InvalidMetaItem: the key \"a\" is there twice"),
    ("a,0,2#b,1,3^123", "InvalidMetaItem: the values of \"a\" and \"b\" overlap at offset 1"),
    ("a,0,1#b,2,3^123", "InvalidMetaItem: the bytes from offset 1 to 2 belong to no key"),
    ("a,0,1^12", "InvalidMetaItem: the bytes from offset 1 to 2 belong to no key"),
  ])
  func faultsAreNamed(_ body: String, _ message: String?) {
    let error = #expect(throws: PackedBodyError.self) { try PackedBodyDecoder(Array(body.utf8)) }
    if let message { #expect(error?.description == message) }
  }

  @Test(arguments: [
    ("item_id,0,1^1", "NoPicList: the body has no key \"pic_list\""),
    ("pic_list,0,4^YQ=a", "InvalidPicList: \"YQ=a\" in pic_list is no base64 of a name in UTF-8"),
    ("pic_list,0,4^YR==", "InvalidPicList: \"YR==\" in pic_list is no base64 of a name in UTF-8"),
    ("pic_list,0,4^/w==", "InvalidPicList: \"/w==\" in pic_list is no base64 of a name in UTF-8"),
    ("pic_list,0,5^YQ==,", "InvalidPicList: \"\" in pic_list is no base64 of a name in UTF-8"),
    ("pic_list,0,9^YQ==,YQ==", "InvalidPicList: \"a\" (YQ==) is in pic_list twice"),
    ("pic_list,0,4^YQ==", "NoSpecifiedPic: the image \"a\" (YQ==) is listed but not in the body"),
    ("pic_list,0,4#YQ==,4,7^YQ==Y==", "InvalidPicContent: the image \"a\" (YQ==) is not base64"),
  ])
  func faultsOfImagesAreNamed(_ body: String, _ message: String) throws {
    let decoded = try PackedBodyDecoder(Array(body.utf8))
    let error = #expect(throws: PackedBodyError.self) { try decoded.images() }
    #expect(error?.description == message)
  }

  @Test func textsMustBeUTF8() throws {
    let decoded = try PackedBodyDecoder(Array("item_id,0,1^".utf8) + [0xFF])
    #expect(throws: PackedBodyError.self) { try decoded.text("item_id") }
  }

  @Test func badKeysAreRefused() throws {
    var body = PackedBody()
    for key in ["", "a,b", "a#b", "a^b"] {
      #expect(throws: ImageSearchError.self) { try body.add(key, "1") }
    }
    try body.add("a", "1")
    #expect(throws: ImageSearchError.self) { try body.add("a", "2") }
    #expect(try text(body) == "a,0,1^1")
  }

  @Test func whatIsPackedIsUnpackedWhateverItIs() throws {
    var random = SystemRandomNumberGenerator()
    func randomBytes(_ limit: Int) throws -> [UInt8] {
      try SecureRandom().bytes(Int.random(in: 0...limit, using: &random))
    }
    for _ in 0..<10 {
      var body = PackedBody()
      var images: [(String, [UInt8])] = []
      let custom = String(decoding: try randomBytes(40), as: UTF8.self)
      for i in 0..<Int.random(in: 0...4, using: &random) {
        images.append(("\(i)" + String(decoding: try randomBytes(20), as: UTF8.self), try randomBytes(60_000)))
      }
      try body.add("cust_content", custom)
      for (name, content) in images { try body.add(image: BytesBody(content), name: name) }
      try body.add(imageList: images.map(\.0))
      let packed = try body.bytes(inPiecesOf: Int.random(in: 1...100_000, using: &random))
      #expect(packed.count == body.length)
      let decoded = try PackedBodyDecoder(packed)
      #expect(try decoded.text("cust_content") == custom)
      let found = try decoded.images()
      #expect(found.map(\.name) == images.map(\.0))
      #expect(found.map(\.bytes) == images.map(\.1))
    }
  }

  @Test func rubbishIsAnErrorAndNeverATrap() {
    var random = SystemRandomNumberGenerator()
    let alphabet = Array("a,0123456789#^=+-YQ".utf8) + [0, 0xFF]
    for _ in 0..<2000 {
      let rubbish = (0..<Int.random(in: 0...40, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0
      }
      guard let decoded = try? PackedBodyDecoder(rubbish) else { continue }
      _ = try? decoded.images()
      #expect(decoded.entries.reduce(0) { $0 + $1.value.count } <= rubbish.count)
    }
  }
}
