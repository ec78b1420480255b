/// The packed body of 2018-01-20: `key,start,end#…^values` (docs/sources/alibaba-image-search.md, 2.2).
///
/// Offsets are half-open and count bytes from the one after the first `^`; only that one is a separator, so values may
/// contain `^`, `#` and `,`. The values are produced while the body is sent, and images are then encoded in base64.
package struct PackedBody: TransportBody {
  private var keys: Set<String> = []
  private var meta: [UInt8] = []
  private var values: [any TransportBody] = []
  private var end = 0

  /// An empty body.
  package init() {}

  /// Appends a key with a text as its value.
  ///
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` for a key that cannot be written or is there already.
  package mutating func add(_ key: String, _ text: String) throws { try add(key, BytesBody(Array(text.utf8))) }

  /// Appends an image under its base64 name.
  ///
  /// - Throws: as ``add(_:_:)``.
  package mutating func add(image: any TransportBody, name: String) throws {
    try add(Self.key(ofImage: name), Base64Body(image))
  }

  /// Appends the list of images: their base64 names joined by commas.
  ///
  /// - Throws: as ``add(_:_:)``.
  package mutating func add(imageList names: [String]) throws {
    try add("pic_list", names.map(Self.key(ofImage:)).joined(separator: ","))
  }

  /// The key of an image, its name in base64.
  package static func key(ofImage name: String) -> String { Base64.encode(Array(name.utf8)) }

  /// Length of the whole body in bytes.
  package var length: Int { meta.count + 1 + end }

  package func makeReader() throws -> any TransportBodyReader {
    try JoinedBody([BytesBody(meta + [UInt8(ascii: "^")])] + values).makeReader()
  }

  /// Maximum size of an image in the body: its base64, its name twice, and two offsets.
  ///
  /// - Parameter byteCount: size of the encoded image.
  package static func space(forImageOf byteCount: Int, name: String) -> Int {
    (Base64.encodedLength(byteCount) ?? .max / 4) + 2 * key(ofImage: name).utf8.count + 50
  }

  private mutating func add(_ key: String, _ value: any TransportBody) throws {
    guard !key.isEmpty, !key.utf8.contains(where: { $0 == 0x2C || $0 == 0x23 || $0 == 0x5E }) else {
      throw ImageSearchError(.invalidArgument, "the key \"\(key)\" is empty or contains one of , # ^")
    }
    guard keys.insert(key).inserted else {
      throw ImageSearchError(.invalidArgument, "the key \"\(key)\" is in the body twice")
    }
    let (newEnd, overflow) = end.addingReportingOverflow(value.length)
    guard !overflow else { throw ImageSearchError(.imageTooLarge, "the images are too large to be counted") }
    if !meta.isEmpty { meta.append(UInt8(ascii: "#")) }
    meta.append(contentsOf: "\(key),\(end),\(newEnd)".utf8)
    values.append(value)
    end = newEnd
  }
}

// MARK: - The bodies of the three calls

extension PackedBody {
  /// Adds images of one product with the same category, text, crop and region; the keys in the order of the vendor's client.
  init(adding requests: [AlibabaCloudAddRequest]) throws {
    self.init()
    guard let first = requests.first else { return }
    try add("item_id", first.productID)
    if let categoryID = first.categoryID { try add("cat_id", String(categoryID)) }
    // The documentation requires the text, and the vendor's client sends an empty one.
    try add("cust_content", first.customContent ?? "")
    if let crop = first.crop { try add("crop", crop ? "true" : "false") }
    if let region = first.region { try add("region", AlibabaCloudLimits.text(region)) }
    for request in requests { try add(image: try request.image.body(), name: request.imageName) }
    try add(imageList: requests.map(\.imageName))
  }

  /// Searches, with the keys in the order of the vendor's client, which names the image `searchPic`.
  init(searching request: AlibabaCloudSearchRequest, _ image: ImageSource) throws {
    self.init()
    try add("s", String(request.start))
    try add("n", String(request.count ?? AlibabaCloudLimits.defaultPage))
    if let categoryID = request.categoryID { try add("cat_id", String(categoryID)) }
    if let crop = request.crop { try add("crop", crop ? "true" : "false") }
    if let region = request.region { try add("region", AlibabaCloudLimits.text(region)) }
    try add(imageList: ["searchPic"])
    try add(image: try image.body(), name: "searchPic")
  }

  /// Removes an image, or all images of a product: without names all are removed, and the vendor's client sends an
  /// empty list.
  init(removing request: AlibabaCloudDeleteRequest) throws {
    self.init()
    try add("item_id", request.productID ?? "")
    try add(imageList: request.imageName.map { [$0] } ?? [])
  }
}
