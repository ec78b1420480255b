/// The response to a search.
public struct AlibabaCloudSearchResponse: Sendable {
  /// The common beginning.
  public var envelope = AlibabaCloudEnvelope()
  /// Counters; a search by filter alone has none.
  public var head: AlibabaCloudHead?
  /// What the service recognized in the image.
  public var image: AlibabaCloudImageInfo?
  /// The matches, best first.
  public var matches: [AlibabaCloudMatch]
}

/// Counters of a search. The documentation of 2018 and of 2020 contradict each other about the first two
/// (docs/sources/alibaba-image-search.md, 5.4): do not rely on either; count the matches.
public struct AlibabaCloudHead: Sendable, Hashable {
  /// `DocsReturn`.
  public var docsReturn: Int?
  /// `DocsFound`.
  public var docsFound: Int?
  /// Time that the service took, in milliseconds.
  public var searchTime: Int?
}

/// What the service recognized in an image.
public struct AlibabaCloudImageInfo: Sendable, Hashable {
  /// The subject, `x1,x2,y1,y2` in pixels.
  public var region: String?
  /// The category it was searched in or added to.
  public var categoryID: String?
  /// All subjects, each `x1,x2,y1,y2` in pixels.
  public var regions: [String]
  /// All categories.
  public var categories: [AlibabaCloudCategory]
}

/// A category.
public struct AlibabaCloudCategory: Sendable, Hashable {
  /// Its number.
  public var id: String?
  /// Its name.
  public var name: String?
}

/// One match.
public struct AlibabaCloudMatch: Sendable, Hashable {
  /// The product.
  public var productID: String?
  /// The image's name within the product.
  public var imageName: String?
  /// The category.
  public var categoryID: String?
  /// The text that was stored with the image.
  public var customContent: String?
  /// The values that were stored with the image.
  public var attributes = AlibabaCloudAttributes()
  /// Similarity of the images, 0–1; only 2020-12-14.
  public var score: Double?
  /// Of older versions: `"5.37633353624177e+24;0"`, where the first number is a relevance without a scale.
  public var sortExpressionValues: String?

  /// The relevance of older versions; it has no scale and is only useful for sorting.
  public var relevance: Double? {
    sortExpressionValues?.split(separator: ";").first.flatMap { Double($0) }
  }

  /// The match in terms that all services share. The relevance of older versions is not a score.
  public var common: Match {
    var match = Match()
    match.itemID = productID
    match.imageName = imageName
    match.category = categoryID
    match.customContent = customContent
    match.score = score.flatMap { $0.isFinite ? min(max($0 * 100, 0), 100) : nil }
    match.details = Dictionary(attributes.pairs.map { ($0.name, $0.value) }) { first, _ in first }
    if let sortExpressionValues { match.details["SortExprValues"] = sortExpressionValues }
    return match
  }
}

/// The response to `AddImage` and its predecessors.
public struct AlibabaCloudAddResponse: Sendable {
  /// The common beginning.
  public var envelope = AlibabaCloudEnvelope()
  /// What the service recognized in the image; not in 2018.
  public var image: AlibabaCloudImageInfo?
}

/// The response to `UpdateImage`.
public struct AlibabaCloudUpdateResponse: Sendable {
  /// The common beginning.
  public var envelope = AlibabaCloudEnvelope()
}

/// The response to `DeleteImage` and its predecessors.
public struct AlibabaCloudDeleteResponse: Sendable {
  /// The common beginning.
  public var envelope = AlibabaCloudEnvelope()
  /// The names of the removed images; `nil` when the service does not say, as before 2020.
  public var imageNames: [String]?
}

/// The response to `CheckImageExists`.
public struct AlibabaCloudExistenceResponse: Sendable {
  /// The common beginning.
  public var envelope = AlibabaCloudEnvelope()
  /// Whether the image is in the instance.
  public var exists: Bool
  /// What is stored of the image.
  public var match: AlibabaCloudMatch?
}

/// The response to `CompareSimilarByImage`.
public struct AlibabaCloudComparisonResponse: Sendable {
  /// The common beginning.
  public var envelope = AlibabaCloudEnvelope()
  /// Similarity of the images, 0–1.
  public var score: Double
}

/// The response to `Detail`: the instance.
public struct AlibabaCloudInstanceResponse: Sendable {
  /// The common beginning.
  public var envelope = AlibabaCloudEnvelope()
  /// The instance's name.
  public var name: String?
  /// The region's id.
  public var region: String?
  /// Capacity in units of 10 000 images.
  public var capacity: Int?
  /// Number of images in the instance.
  public var totalCount: Int?
  /// Searches per second that the plan allows.
  public var qps: Int?
  /// 0 products, 1 generic, 2 fabric, 3 and 7 trademarks, 4 copyright, 5 furniture, 6 hardware.
  public var serviceType: Int?
  /// When it was created, in milliseconds since 1970.
  public var created: Int?
  /// When it expires, in milliseconds since 1970.
  public var expires: Int?

  /// Number of images that may still be added; `nil` when the service does not say.
  public var remainingCapacity: Int? {
    guard let capacity, let totalCount, capacity >= 0, totalCount >= 0 else { return nil }
    let (all, overflow) = capacity.multipliedReportingOverflow(by: 10_000)
    return overflow ? nil : max(0, all - totalCount)
  }

  /// The quota in terms that all services share. It counts images: a plan limits only the rate of searches.
  public var quota: Quota {
    Quota(unit: .images, remaining: remainingCapacity, perSecond: qps.map(Double.init))
  }
}

/// The fields that every response of Alibaba Cloud has.
public struct AlibabaCloudEnvelope: Sendable, Hashable {
  /// `"0"`, or `nil` where the call has none (Detail and the jobs).
  public var code: String?
  /// The provider's message, from `Message` or `Msg`.
  public var message: String?
  /// The provider's identifier of the request.
  public var requestID: String?
  /// Whether the provider calls it a success.
  public var success: Bool?
  /// The body as received, not redacted.
  public var raw: [UInt8] = []
}

/// A typed response: its own fields and those that all responses have.
protocol AlibabaCloudResponse: Sendable, SendableMetatype {
  var envelope: AlibabaCloudEnvelope { get set }
  /// `nil` if a part that this kind of response must have is missing.
  init?(_ json: JSONValue)
}

extension AlibabaCloudEnvelope {

  /// Every field may be missing, begin with a small letter, or be of another type.
  init(_ json: JSONValue) {
    code = json["Code"].filledText ?? json["code"].filledText
    message =
      json["Message"].filledText ?? json["Msg"].filledText ?? json["message"].filledText
      ?? json["msg"].filledText
    requestID = json["RequestId"].filledText ?? json["requestId"].filledText
    success = json["Success"].flag ?? json["success"].flag
  }
}

// MARK: - Reading

extension AlibabaCloudSearchResponse: AlibabaCloudResponse {
  /// Every field may be missing except the matches, without which it is not a response to a search.
  init?(_ json: JSONValue) {
    head = json["Head"].object.map(AlibabaCloudHead.init)
    image = json["PicInfo"].object.map(AlibabaCloudImageInfo.init)
    let auctions = json["Auctions"]
    guard auctions.exists else { return nil }
    // 2018 nests the list one level deeper.
    matches = (auctions.isObject ? auctions["Auction"] : auctions).objects(AlibabaCloudMatch.init)
  }
}

extension AlibabaCloudHead {
  /// Every field may be missing, and a number may be text.
  init(_ json: JSONValue) {
    docsReturn = json["DocsReturn"].integer
    docsFound = json["DocsFound"].integer
    searchTime = json["SearchTime"].integer
  }
}

extension AlibabaCloudCategory {
  /// Every field may be missing.
  init(_ json: JSONValue) {
    id = json["Id"].filledText
    name = json["Name"].filledText
  }
}

extension AlibabaCloudImageInfo {
  /// Every field may be missing; the names are those of 2020, or of 2018.
  init(_ json: JSONValue) {
    region = json["Region"].filledText
    categoryID = json["CategoryId"].filledText ?? json["Category"].filledText
    regions = json["MultiRegion"].elements.compactMap { $0["Region"].filledText }
    let old = json["AllCategory"]
    let plain = json["AllCategories"].objects(AlibabaCloudCategory.init)
    categories = plain.isEmpty ? (old.isObject ? old["Category"] : old).objects(AlibabaCloudCategory.init) : plain
  }
}

extension AlibabaCloudMatch {
  /// Every field may be missing; the names are those of 2020, or of 2018.
  init(_ json: JSONValue) {
    productID = json["ProductId"].filledText
    imageName = json["PicName"].filledText
    categoryID = json["CategoryId"].filledText ?? json["CatId"].filledText
    customContent = json["CustomContent"].text ?? json["CustContent"].text
    score = json["Score"].number
    sortExpressionValues = json["SortExprValues"].filledText
    attributes.intAttr = json["IntAttr"].integer
    attributes.intAttr2 = json["IntAttr2"].integer
    attributes.intAttr3 = json["IntAttr3"].integer
    attributes.intAttr4 = json["IntAttr4"].integer
    attributes.strAttr = json["StrAttr"].text
    attributes.strAttr2 = json["StrAttr2"].text
    attributes.strAttr3 = json["StrAttr3"].text
    attributes.strAttr4 = json["StrAttr4"].text
  }
}

extension AlibabaCloudAddResponse: AlibabaCloudResponse {
  /// Every field may be missing.
  init(_ json: JSONValue) {
    image = json["PicInfo"].object.map(AlibabaCloudImageInfo.init)
  }
}

extension AlibabaCloudUpdateResponse: AlibabaCloudResponse {
  /// Has no fields of its own.
  init(_ json: JSONValue) {}
}

extension AlibabaCloudDeleteResponse: AlibabaCloudResponse {
  /// Every field may be missing.
  init(_ json: JSONValue) {
    let names = json["Data"]["PicNames"]
    if names.exists { imageNames = names.texts }
  }
}

extension AlibabaCloudExistenceResponse: AlibabaCloudResponse {
  /// `nil` without `Exists`.
  init?(_ json: JSONValue) {
    guard let flag = json["Exists"].flag else { return nil }
    exists = flag
    // An object here, not a list.
    match = json["Auctions"].object.map(AlibabaCloudMatch.init)
  }
}

extension AlibabaCloudComparisonResponse: AlibabaCloudResponse {
  /// `nil` without `Score`.
  init?(_ json: JSONValue) {
    guard let number = json["Score"].number else { return nil }
    score = number
  }
}

extension AlibabaCloudInstanceResponse: AlibabaCloudResponse {
  /// `nil` without `Instance`, whose every field may be missing.
  init?(_ json: JSONValue) {
    guard let json = json["Instance"].object else { return nil }
    name = json["Name"].filledText
    region = json["Region"].filledText
    capacity = json["Capacity"].integer
    totalCount = json["TotalCount"].integer
    qps = json["Qps"].integer
    serviceType = json["ServiceType"].integer
    created = json["UtcCreate"].integer
    expires = json["UtcExpireTime"].integer
  }
}
