/// A search of any kind with every parameter that the service documents for it.
public struct AlibabaCloudSearchRequest: Sendable {
  /// What is searched by.
  public enum Query: Sendable {
    /// An image: `SearchImageByPic`, `/v2/image/search`, `/item/search`. One behind a URL is fetched here and uploaded.
    case image(ImageSource)
    /// An image that is in the instance: `SearchImageByName`, and 2019.
    case name(productID: String, imageName: String)
    /// A description of 1–512 characters, Chinese or English: `SearchImageByText`, only 2020-12-14.
    case text(String)
    /// Nothing but the filter: `SearchImageByFilter`, only 2020-12-14; the answer has no scores.
    case filterAlone
  }

  /// What is searched by.
  public var query: Query
  /// Search this category only; not for texts and filters alone.
  public var categoryID: Int?
  /// Whether the service looks for the subject of the image itself; `nil` takes its default, true. Images only.
  public var crop: Bool?
  /// The subject of the image; overrides ``crop``. Images only.
  public var region: PixelRect?
  /// Matches to return at most, 1–100; `nil` takes the service's default, 10.
  public var count: Int?
  /// Matches to skip, 0–499; `start` and `count` together at most 500.
  public var start = 0
  /// A condition on attributes, at most 4096 characters; not for 2018.
  public var filter: String?
  /// Leave out matches with a lower score, 0–1, of which two decimals are sent; only 2020-12-14.
  public var scoreThreshold: Double?
  /// Return at most one image of a product; only 2020-12-14.
  public var distinctProductID: Bool?

  /// A search with the service's defaults.
  public init(_ query: Query) { self.query = query }

  /// A search by image in the common terms; its parameters are `CategoryId`, `Crop`, `Filter`, `ScoreThreshold` and
  /// `DistinctProductId`. A page that would pass the last reachable result, the 500th, is cut there.
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
    categoryID = try request.category.map { try AlibabaCloudLimits.integer("category", $0) }
    if let score = request.minimumScore {
      try Validation.range("minimum score", score, 0...100)
      // Rounded down: what lies between is left out here.
      scoreThreshold = score.rounded(.down) / 100
    }
    for (name, value) in request.parameters { try set(name, value) }
  }

  private mutating func set(_ name: String, _ value: String) throws {
    switch name {
    case "CategoryId":
      let id = try AlibabaCloudLimits.integer(name, value)
      guard categoryID == nil || categoryID == id else {
        throw ImageSearchError(.invalidArgument, "CategoryId is \"\(value)\", but the category is \(categoryID ?? 0)")
      }
      categoryID = id
    case "Crop": crop = try AlibabaCloudLimits.flag(name, value)
    case "Filter": filter = value
    case "ScoreThreshold":
      guard let score = Double(value) else {
        throw ImageSearchError(.invalidArgument, "\(name) is \"\(value)\"; it must be a number from 0 to 1")
      }
      scoreThreshold = max(score, scoreThreshold ?? 0)
    case "DistinctProductId": distinctProductID = try AlibabaCloudLimits.flag(name, value)
    default:
      throw ImageSearchError(
        .invalidArgument,
        "AlibabaCloud has no parameter \"\(name)\"; it has CategoryId, Crop, Filter, ScoreThreshold and DistinctProductId"
      )
    }
  }

  func validate(_ version: AlibabaCloudVersion) throws {
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
      guard filter != nil else { throw ImageSearchError(.invalidArgument, "Filter is missing") }
    }
  }

  /// A parameter that the call does not have would be ignored in silence.
  private func validateSupport(_ version: AlibabaCloudVersion) throws {
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

  /// What travels in the query (section 5, "mixed placement").
  var queryParameters: [(name: String, value: String)] {
    guard let scoreThreshold else { return [] }
    let hundredths = Int((scoreThreshold * 100).rounded())
    return [("ScoreThreshold", "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)")]
  }

  /// Everything else but the instance and the image, as 2019 and 2020 name it.
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
