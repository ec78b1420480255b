/// A search of any kind with every parameter that the service documents for it.
public struct AlibabaCloudSearchRequest: Sendable {
  /// The query.
  public enum Query: Sendable {
    /// An image: `SearchImageByPic`, `/v2/image/search`, `/item/search`. One behind a URL is fetched here and uploaded.
    case image(ImageSource)
    /// An image that is in the instance: `SearchImageByName`, also in 2019.
    case name(productID: String, imageName: String)
    /// A description of 1–512 characters, Chinese or English: `SearchImageByText`, only 2020-12-14.
    case text(String)
    /// The filter alone: `SearchImageByFilter`, only 2020-12-14; the response has no scores.
    case filterAlone
  }

  /// The query.
  public var query: Query
  /// Search this category only; not for a text or a filter alone.
  public var categoryID: Int?
  /// Whether the service finds the subject of the image itself; `nil` for its default, true. Images only.
  public var crop: Bool?
  /// The subject of the image; overrides ``crop``. Images only.
  public var region: PixelRect?
  /// Maximum number of matches, 1–100; `nil` for the service's default, 10.
  public var count: Int?
  /// Number of matches to skip, 0–499; `start` and `count` together at most 500.
  public var start = 0
  /// A condition on attributes, at most 4096 characters; not for 2018.
  public var filter: String?
  /// Leave out matches with a lower score, 0–1, sent with two decimals; only 2020-12-14.
  public var scoreThreshold: Double?
  /// Return at most one image of a product; only 2020-12-14.
  public var distinctProductID: Bool?

  /// A search with the service's defaults.
  public init(_ query: Query) { self.query = query }

  /// A search by image from a service-independent request, whose parameters are `CategoryId`, `Crop`, `Filter`,
  /// `ScoreThreshold` and `DistinctProductId`. A page is cut at the last reachable result, the 500th.
  ///
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` for an unknown parameter or value,
  ///   ``ImageSearchError/Code/unsupported`` for a minimum confidence.
  public init(_ request: SearchRequest) throws {
    self.init(.image(request.image))
    guard request.minimumConfidence == nil else {
      throw ImageSearchError(.unsupported, "AlibabaCloud tells no confidence to search by")
    }
    try Validation.range("offset", request.offset, 0...(AlibabaCloudLimits.reachable - 1))
    if let limit = request.limit { try Validation.range("limit", limit, AlibabaCloudLimits.page) }
    start = request.offset
    let left = AlibabaCloudLimits.reachable - start
    if (request.limit ?? AlibabaCloudLimits.defaultPage) > left { count = left } else { count = request.limit }
    region = request.region
    categoryID = try request.category.map { try Validation.integer("category", $0) }
    if let score = request.minimumScore {
      try Validation.range("minimum score", score, 0...100)
      // Rounded down; matches in between are left out here.
      scoreThreshold = score.rounded(.down) / 100
    }
    for (name, value) in request.parameters { try set(name, value) }
  }

  private mutating func set(_ name: String, _ value: String) throws {
    switch name {
    case "CategoryId":
      let id = try Validation.integer(name, value)
      guard categoryID == nil || categoryID == id else {
        throw Validation.refusal(name, value, "the category, \(categoryID ?? 0), or left out")
      }
      categoryID = id
    case "Crop": crop = try Validation.flag(name, value)
    case "Filter": filter = value
    case "ScoreThreshold":
      scoreThreshold = max(try Validation.number(name, value), scoreThreshold ?? 0)
    case "DistinctProductId": distinctProductID = try Validation.flag(name, value)
    default:
      throw Validation.unknownParameter(
        name, of: "AlibabaCloud", known: ["CategoryId", "Crop", "Filter", "ScoreThreshold", "DistinctProductId"])
    }
  }

  func validate(_ version: AlibabaCloud.Version) throws {
    if let count { try Validation.range("Num", count, AlibabaCloudLimits.page) }
    try Validation.range("Start", start, 0...(AlibabaCloudLimits.reachable - 1))
    let end = start + (count ?? AlibabaCloudLimits.defaultPage)
    try Validation.range("Start + Num", end, 1...AlibabaCloudLimits.reachable)
    try AlibabaCloudLimits.category(categoryID)
    try AlibabaCloudLimits.filter(filter)
    try AlibabaCloudLimits.region(region, in: nil)
    if let scoreThreshold { try Validation.range("ScoreThreshold", scoreThreshold, 0...1) }
    try validateQuery()
    try validateSupport(version)
  }

  private func validateQuery() throws {
    switch query {
    case .image: break
    case .name(let productID, let imageName):
      try AlibabaCloudLimits.productID(productID)
      try AlibabaCloudLimits.imageName(imageName)
    case .text(let text):
      try Validation.length("Text", text, 1...512)
    case .filterAlone:
      guard filter != nil else {
        throw ImageSearchError(.invalidArgument, "Filter is missing; it must be there when nothing else is searched by")
      }
    }
  }

  /// The service would silently ignore a parameter that the call does not have.
  private func validateSupport(_ version: AlibabaCloud.Version) throws {
    var given: [String] = []
    if categoryID != nil { given.append("CategoryId") }
    if crop != nil { given.append("Crop") }
    if region != nil { given.append("Region") }
    if filter != nil { given.append("Filter") }
    if scoreThreshold != nil { given.append("ScoreThreshold") }
    if distinctProductID != nil { given.append("DistinctProductId") }
    let allowed: Set<String>?
    switch (version, query) {
    case (.v20180120, .image): allowed = ["CategoryId", "Crop", "Region"]
    case (.v20190325, .image): allowed = ["CategoryId", "Crop", "Region", "Filter"]
    case (.v20190325, .name): allowed = ["CategoryId", "Filter"]
    case (.v20201214, .image):
      allowed = ["CategoryId", "Crop", "Region", "Filter", "ScoreThreshold", "DistinctProductId"]
    case (.v20201214, .name): allowed = ["CategoryId", "Filter", "ScoreThreshold", "DistinctProductId"]
    case (.v20201214, .text): allowed = ["Filter", "ScoreThreshold", "DistinctProductId"]
    case (.v20201214, .filterAlone): allowed = ["Filter"]
    default: allowed = nil
    }
    guard let allowed else {
      throw ImageSearchError(.unsupported, "the API version \(version.rawValue) cannot search \(kind)")
    }
    if let name = given.first(where: { !allowed.contains($0) }) {
      throw ImageSearchError(
        .unsupported, "the API version \(version.rawValue) has no \(name) when it searches \(kind)")
    }
  }

  private var kind: String {
    switch query {
    case .image: "by image"
    case .name: "by name"
    case .text: "by text"
    case .filterAlone: "by filter alone"
    }
  }

  // MARK: - On the wire

  /// The action of 2020-12-14.
  var action: String {
    switch query {
    case .image: "SearchImageByPic"
    case .name: "SearchImageByName"
    case .text: "SearchImageByText"
    case .filterAlone: "SearchImageByFilter"
    }
  }

  /// The parameters in the query (section 5, "mixed placement").
  var queryParameters: [(name: String, value: String)] {
    guard let scoreThreshold else { return [] }
    let hundredths = Int((scoreThreshold * 100).rounded())
    return [("ScoreThreshold", "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)")]
  }

  /// Everything else except the instance and the image, by the names of 2019 and 2020.
  var form: [(name: String, value: String)] {
    var list: [(name: String, value: String)] = []
    switch query {
    case .name(let productID, let imageName): list += [("ProductId", productID), ("PicName", imageName)]
    case .text(let text): list.append(("Text", text))
    case .image, .filterAlone: break
    }
    if let categoryID { list.append(("CategoryId", String(categoryID))) }
    if let crop { list.append(("Crop", crop ? "true" : "false")) }
    if let region { list.append(("Region", AlibabaCloudLimits.text(region))) }
    if let count { list.append(("Num", String(count))) }
    if start != 0 { list.append(("Start", String(start))) }
    if let filter { list.append(("Filter", filter)) }
    if let distinctProductID { list.append(("DistinctProductId", distinctProductID ? "true" : "false")) }
    return list
  }
}

// MARK: - What is stored with images

/// Changes what is stored with an image, but not the image: `UpdateImage`.
public struct AlibabaCloudUpdateRequest: Sendable, Hashable {
  /// The product, 1–512 characters.
  public var productID: String
  /// The image; `nil` for all images of the product.
  public var imageName: String?
  /// The new text, at most 4096 characters.
  public var customContent: String?
  /// The new values.
  public var attributes = AlibabaCloudAttributes()

  /// A change of one image, or of all images of a product.
  public init(productID: String, imageName: String? = nil) {
    self.productID = productID
    self.imageName = imageName
  }

  func validate() throws {
    try AlibabaCloudLimits.productID(productID)
    if let imageName { try AlibabaCloudLimits.imageName(imageName) }
    try AlibabaCloudLimits.customContent(customContent)
    try attributes.validate()
  }

  // The third and fourth attributes are sent in the query, everything else in the form (section 5, "mixed placement").
  private static let inQuery: Set<String> = ["IntAttr3", "IntAttr4", "StrAttr3", "StrAttr4"]

  var query: [(name: String, value: String)] { attributes.pairs.filter { Self.inQuery.contains($0.name) } }

  var form: [(name: String, value: String)] {
    var list = [(name: "ProductId", value: productID)]
    if let imageName { list.append(("PicName", imageName)) }
    if let customContent { list.append(("CustomContent", customContent)) }
    return list + attributes.pairs.filter { !Self.inQuery.contains($0.name) }
  }
}

/// Removing images: `DeleteImage`, `/v2/image/delete`, `/item/delete`. Removing one that does not exist succeeds.
public struct AlibabaCloudDeleteRequest: Sendable, Hashable {
  /// The product, 1–512 characters; `nil` only with a ``filter``.
  public var productID: String?
  /// The image; `nil` for all images of the product.
  public var imageName: String?
  /// Removes what the filter selects, at most 4096 characters; only 2020-12-14, which allows `=`, `>`, `>=`, `<`, `<=`
  /// for numbers and `=`, `!=` for texts here.
  public var filter: String?

  /// Removes one image, or all of a product.
  public init(productID: String, imageName: String? = nil) {
    self.productID = productID
    self.imageName = imageName
  }

  /// Removes what a filter selects.
  public init(filter: String) { self.filter = filter }

  func validate(_ version: AlibabaCloud.Version) throws {
    if let productID { try AlibabaCloudLimits.productID(productID) }
    if let imageName { try AlibabaCloudLimits.imageName(imageName) }
    try AlibabaCloudLimits.filter(filter)
    guard productID != nil || filter != nil else {
      throw ImageSearchError(.invalidArgument, "ProductId is missing; without it there must be a Filter")
    }
    guard version == .v20201214 || filter == nil else {
      throw ImageSearchError(.unsupported, "the API version \(version.rawValue) cannot remove by Filter")
    }
  }

  var form: [(name: String, value: String)] {
    var list: [(name: String, value: String)] = []
    if let productID { list.append(("ProductId", productID)) }
    if let imageName { list.append(("PicName", imageName)) }
    if let filter { list += [("IsDeleteByFilter", "true"), ("Filter", filter)] }
    return list
  }
}

/// Custom values that are stored with an image and can be filtered by. In filters their names are in snake case:
/// `int_attr=1000 AND str_attr="value1"`.
public struct AlibabaCloudAttributes: Sendable, Hashable {
  /// `IntAttr`.
  public var intAttr: Int?
  /// `IntAttr2`.
  public var intAttr2: Int?
  /// `IntAttr3`, only 2020-12-14.
  public var intAttr3: Int?
  /// `IntAttr4`, only 2020-12-14.
  public var intAttr4: Int?
  /// `StrAttr`, at most 128 characters, none of `\ ¥ $ & %`.
  public var strAttr: String?
  /// `StrAttr2`, as ``strAttr``.
  public var strAttr2: String?
  /// `StrAttr3`, as ``strAttr``; only 2020-12-14.
  public var strAttr3: String?
  /// `StrAttr4`, as ``strAttr``; only 2020-12-14.
  public var strAttr4: String?

  /// No values.
  public init() {}

  /// The values that are set, by the provider's names. The first of a kind has no digit.
  var pairs: [(name: String, value: String)] {
    let integers = [("IntAttr", intAttr), ("IntAttr2", intAttr2), ("IntAttr3", intAttr3), ("IntAttr4", intAttr4)]
    let texts = [("StrAttr", strAttr), ("StrAttr2", strAttr2), ("StrAttr3", strAttr3), ("StrAttr4", strAttr4)]
    return integers.compactMap { name, value in value.map { (name, String($0)) } }
      + texts.compactMap { name, value in value.map { (name, $0) } }
  }

  /// The provider's names.
  static let names = [
    "IntAttr", "IntAttr2", "IntAttr3", "IntAttr4", "StrAttr", "StrAttr2", "StrAttr3", "StrAttr4",
  ]

  /// Sets a value by the provider's name.
  ///
  /// - Returns: whether the name exists.
  mutating func set(_ name: String, _ value: String) throws -> Bool {
    switch name {
    case "IntAttr": intAttr = try Validation.integer(name, value)
    case "IntAttr2": intAttr2 = try Validation.integer(name, value)
    case "IntAttr3": intAttr3 = try Validation.integer(name, value)
    case "IntAttr4": intAttr4 = try Validation.integer(name, value)
    case "StrAttr": strAttr = value
    case "StrAttr2": strAttr2 = value
    case "StrAttr3": strAttr3 = value
    case "StrAttr4": strAttr4 = value
    default: return false
    }
    return true
  }

  func validate() throws {
    for (name, value) in pairs where name.hasPrefix("StrAttr") {
      try Validation.length(name, value, 0...128)
      guard !value.unicodeScalars.contains(where: { "\\¥$&%".unicodeScalars.contains($0) }) else {
        throw ImageSearchError(.invalidArgument, "\(name) contains one of \\ ¥ $ & %; it must have none of them")
      }
    }
  }
}
