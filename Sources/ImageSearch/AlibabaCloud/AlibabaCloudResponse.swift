/// The answer to a search.
public struct AlibabaCloudSearchResponse: Sendable {
  /// The common beginning.
  public var answer = AlibabaCloudAnswer()
  /// Counters; a search by filter alone has none.
  public var head: AlibabaCloudHead?
  /// What the service saw in the image.
  public var image: AlibabaCloudImageInfo?
  /// The matches, best first.
  public var matches: [AlibabaCloudMatch]
}

/// Counters of a search. The documents of 2018 and 2020 contradict each other on which of the first two counts what
/// (docs/sources/alibaba-image-search.md, 5.4): trust neither, the matches that came are counted.
public struct AlibabaCloudHead: Sendable, Hashable {
  /// `DocsReturn`.
  public var docsReturn: Int?
  /// `DocsFound`.
  public var docsFound: Int?
  /// How long the service took, in milliseconds.
  public var searchTime: Int?
}

/// What the service saw in an image.
public struct AlibabaCloudImageInfo: Sendable, Hashable {
  /// The subject, `x1,x2,y1,y2` in pixels.
  public var region: String?
  /// The category it was searched in or added to.
  public var categoryID: String?
  /// All subjects, each `x1,x2,y1,y2` in pixels.
  public var regions: [String]
  /// The categories there are.
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
  /// How alike the images are, 0–1; only 2020-12-14.
  public var score: Double?
  /// Of older generations: `"5.37633353624177e+24;0"`, where the first number is a relevance without a scale.
  public var sortExpressionValues: String?

  /// The relevance of older generations; it has no scale and is good for ordering only.
  public var relevance: Double? {
    sortExpressionValues?.split(separator: ";").first.flatMap { Double($0) }
  }

  /// The match in the terms that all services share. The relevance of older generations is no score.
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

/// The answer to `AddImage` and its elders.
public struct AlibabaCloudAddResponse: Sendable {
  /// The common beginning.
  public var answer = AlibabaCloudAnswer()
  /// What the service saw in the image; 2018 does not tell.
  public var image: AlibabaCloudImageInfo?
}

/// The answer to `UpdateImage`.
public struct AlibabaCloudUpdateResponse: Sendable {
  /// The common beginning.
  public var answer = AlibabaCloudAnswer()
}

/// The answer to `DeleteImage` and its elders.
public struct AlibabaCloudDeleteResponse: Sendable {
  /// The common beginning.
  public var answer = AlibabaCloudAnswer()
  /// The names of the removed images; `nil` when the service does not tell, as before 2020.
  public var imageNames: [String]?
}

/// The answer to `CheckImageExists`.
public struct AlibabaCloudExistenceResponse: Sendable {
  /// The common beginning.
  public var answer = AlibabaCloudAnswer()
  /// Whether the image is in the instance.
  public var exists: Bool
  /// What is stored of it.
  public var match: AlibabaCloudMatch?
}

/// The answer to `CompareSimilarByImage`.
public struct AlibabaCloudComparisonResponse: Sendable {
  /// The common beginning.
  public var answer = AlibabaCloudAnswer()
  /// How alike the images are, 0–1.
  public var score: Double
}

/// The answer to `Detail`: the instance.
public struct AlibabaCloudInstanceResponse: Sendable {
  /// The common beginning.
  public var answer = AlibabaCloudAnswer()
  /// The instance's name.
  public var name: String?
  /// The region's id.
  public var region: String?
  /// Images that fit, in units of 10 000.
  public var capacity: Int?
  /// Images that are there.
  public var totalCount: Int?
  /// Searches a second that the plan allows.
  public var qps: Int?
  /// 0 products, 1 generic, 2 fabric, 3 and 7 trademarks, 4 copyright, 5 furniture, 6 hardware.
  public var serviceType: Int?
  /// When it was made, in milliseconds since 1970.
  public var created: Int?
  /// When it ends, in milliseconds since 1970.
  public var expires: Int?

  /// Images that may still be added; `nil` when the service does not tell.
  public var remainingCapacity: Int? {
    guard let capacity, let totalCount, capacity >= 0, totalCount >= 0 else { return nil }
    let (all, overflow) = capacity.multipliedReportingOverflow(by: 10_000)
    return overflow ? nil : max(0, all - totalCount)
  }

  /// In the terms that all services share: no call tells what is left of searches, for a plan limits only their rate.
  public var quota: Quota {
    Quota(unit: .images, remaining: remainingCapacity, perSecond: qps.map(Double.init))
  }
}
