import FoundationEssentials
import ImageIndex
import ImageSearch

/// A match or a member of a group in the form that the page's scripts read. Unknown values are omitted.
struct ReportRow: Encodable, Sendable {
  struct Agreement: Encodable, Sendable {
    var agrees, differs, empty: Double
  }

  struct Backlink: Encodable, Sendable {
    var pageURL, imageURL, crawlDate: String?
  }

  struct Price: Encodable, Sendable {
    var amount, currency: String
  }

  var title: String?
  var itemID: String?
  var imageName: String?
  var domain: String?
  var pageURL: String?
  var imageURL: String?
  var relation: String?
  var confidence: Double?
  var score: Double?
  var queryOverlap: Double?
  var matchOverlap: Double?
  /// The first row, then the second, of the map from pixels of the query to those of the match.
  var transform: [Double]?
  var isMirrored: Bool?
  var agreement: Agreement?
  var width: Int?
  var height: Int?
  var fileSize: Int?
  var format: String?
  var sha256: String?
  var exifDate: String?
  var category: String?
  var customContent: String?
  var tags: [String]?
  var backlinks: [Backlink]?
  var overlayURL: String?
  var price: Price?
  var details: [String: String]?
  /// Images as `data:` URLs.
  var small: String?
  var large: String?

  /// A number with limited digits; NaN is omitted.
  private static func rounded(_ value: Double?, _ factor: Double) -> Double? {
    guard let value, value.isFinite else { return nil }
    return (value * factor).rounded() / factor
  }

  static func numbers(_ map: AffineMap?) -> [Double]? {
    guard let map else { return nil }
    let all = [map.m11, map.m12, map.m13, map.m21, map.m22, map.m23]
    return all.allSatisfy { $0.isFinite } ? all : nil
  }

  init(_ match: Match) {
    title = match.title
    itemID = match.itemID
    imageName = match.imageName
    domain = match.domain
    pageURL = match.pageURL
    imageURL = match.imageURL
    relation = match.relation?.rawValue
    confidence = Self.rounded(match.confidence, 1e6)
    score = Self.rounded(match.score, 100)
    queryOverlap = Self.rounded(match.queryOverlap, 100)
    matchOverlap = Self.rounded(match.matchOverlap, 100)
    transform = Self.numbers(match.transform)
    isMirrored = match.isMirrored
    agreement = match.agreement.flatMap(Self.shares)
    width = match.width
    height = match.height
    fileSize = match.fileSize
    format = match.format
    sha256 = match.sha256
    exifDate = match.exifDate
    category = match.category
    customContent = match.customContent
    tags = match.tags.isEmpty ? nil : match.tags
    backlinks =
      match.backlinks.isEmpty
      ? nil : match.backlinks.map { Backlink(pageURL: $0.pageURL, imageURL: $0.imageURL, crawlDate: $0.crawlDate) }
    overlayURL = match.overlayURL
    price = match.price.map { Price(amount: $0.amount, currency: $0.currency) }
    details = match.details.isEmpty ? nil : match.details
  }

  init(_ member: LocalIndex.Member) {
    let image = member.image
    itemID = image.itemID
    imageName = image.imageName
    relation = member.relation.rawValue
    confidence = Self.rounded(member.confidence, 1e6)
    score = Self.rounded(member.score, 100)
    queryOverlap = Self.rounded(member.bestOverlap, 100)
    matchOverlap = Self.rounded(member.imageOverlap, 100)
    transform = Self.numbers(member.transform)
    isMirrored = member.isMirrored
    width = image.width
    height = image.height
    fileSize = image.fileSize
    format = image.format
    sha256 = image.sha256
    exifDate = image.exifDate
    category = image.category
    customContent = image.customContent
  }

  static func shares(_ agreement: Match.Agreement) -> Agreement? {
    guard let agrees = rounded(agreement.agrees, 1e4), let differs = rounded(agreement.differs, 1e4),
      let empty = rounded(agreement.empty, 1e4)
    else { return nil }
    return Agreement(agrees: agrees, differs: differs, empty: empty)
  }
}

/// An input image: the query of a search, or one of two that were compared.
struct GivenImage: Encodable, Sendable {
  var name: String
  var width: Int?
  var height: Int?
  var fileSize: Int?
  var format: String?
  var sha256: String?
  /// The error because of which it is not shown.
  var error: String?
  /// Images as `data:` URLs.
  var small: String?
  var large: String?
}

/// Two compared images.
struct ReportComparison: Encodable, Sendable {
  var relation: String?
  var confidence, score, firstOverlap, secondOverlap: Double
  var transform: [Double]?
  var isMirrored: Bool
  var agreement: ReportRow.Agreement?
  var explanation: String
  var first, second: GivenImage

  init(_ comparison: LocalIndex.Comparison, _ first: GivenImage, _ second: GivenImage) {
    relation = comparison.relation?.rawValue
    confidence = comparison.confidence
    score = comparison.score
    firstOverlap = comparison.firstOverlap
    secondOverlap = comparison.secondOverlap
    transform = ReportRow.numbers(comparison.transform)
    isMirrored = comparison.isMirrored
    agreement = comparison.agreement.flatMap(ReportRow.shares)
    explanation = comparison.explanation.description
    self.first = first
    self.second = second
  }
}
