/// One answer to a search, in the terms that all services share. What a service does not tell is `nil` or empty; its own typed
/// answer has every documented field.
public struct Match: Sendable, Hashable {
  /// How a matched image and the query belong together. The first four are copies.
  public struct Relation: RawRepresentable, Sendable, Hashable {
    /// For instance `"altered"`.
    public let rawValue: String

    /// A relation by its name; later versions may know more.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The same bytes.
    public static let identical = Relation(rawValue: "identical")
    /// The whole image, at another size, format or quality.
    public static let reencoded = Relation(rawValue: "reencoded")
    /// The whole image, changed: colours, text, a border, mirrored, turned.
    public static let altered = Relation(rawValue: "altered")
    /// One shows a part of the other: a crop, an image in a collage. The overlaps tell which.
    public static let partial = Relation(rawValue: "partial")
    /// Both contain something that is the same – a caption, a logo, a form – and the rest differs.
    public static let shared = Relation(rawValue: "shared")

    /// The relations of copies: what a search returns unless it is asked for more.
    public static let copies: Set<Relation> = [.identical, .reencoded, .altered, .partial]
  }

  /// How two images compare where one lies on the other, as shares of the area that they have in common; the sum is 1. Times
  /// ``Match/queryOverlap`` it is the share of the query, times ``Match/matchOverlap`` that of the match.
  public struct Agreement: Sendable, Hashable {
    /// Both show the same.
    public var agrees: Double
    /// They show something different.
    public var differs: Double
    /// There is nothing to compare: both are even.
    public var empty: Double

    /// Shares, 0...1 each.
    public init(agrees: Double, differs: Double, empty: Double) {
      self.agrees = agrees
      self.differs = differs
      self.empty = empty
    }
  }

  /// A page on which a matched image was found.
  public struct Backlink: Sendable, Hashable {
    /// The URL of the image on that page; `nil` when the provider leaves it out.
    public var imageURL: String?
    /// The URL of the page.
    public var pageURL: String?
    /// The day the page was crawled, `YYYY-MM-DD` as the provider writes it.
    public var crawlDate: String?

    /// A backlink; empty texts count as absent.
    public init(imageURL: String? = nil, pageURL: String? = nil, crawlDate: String? = nil) {
      self.imageURL = imageURL
      self.pageURL = pageURL
      self.crawlDate = crawlDate
    }
  }

  /// How much of the image is the same, 0–100, 100 is unchanged. No confidence: a good crop can be 22 (TinEye, help 176).
  public var score: Double?
  /// How certain it is that this is the same image, 0–1. Only the local index tells.
  public var confidence: Double?
  /// Nats of evidence that the agreement is no chance, in steps of a twentieth; `nil` for the same bytes, which need none. Only the
  /// local index tells. Its order is: the same bytes, other copies, what is merely shared; then evidence, score, item, image.
  public var evidence: Double?

  /// The matched image, or a thumbnail of it, on the web.
  public var imageURL: String?
  /// The page of the product or the first page with the image.
  public var pageURL: String?
  /// The site, for instance `"example.org"`.
  public var domain: String?
  /// Width of the matched image in pixels.
  public var width: Int?
  /// Height of the matched image in pixels.
  public var height: Int?
  /// Size of the matched image's file in bytes.
  public var fileSize: Int?
  /// Format of the matched image, for instance `"JPEG"`.
  public var format: String?
  /// SHA-256 of the matched image's file in lower-case hex. Only the local index tells.
  public var sha256: String?
  /// When the matched image was taken, by its EXIF data, in the camera's own time: `2024-05-31T12:00:00`. Only the local index tells.
  public var exifDate: String?
  /// Pages with the image.
  public var backlinks: [Backlink] = []
  /// The provider's tags, for instance `stock` or `collection`.
  public var tags: [String] = []

  /// Absolute URL of an overlay of query and match.
  public var overlayURL: String?
  /// How coordinates of the query map to those of the match.
  public var transform: AffineMap?
  /// Whether the match is a mirror image of the query.
  public var isMirrored: Bool?
  /// Share of the query that the match covers, in percent.
  public var queryOverlap: Double?
  /// Share of the match that the query covers, in percent.
  public var matchOverlap: Double?
  /// How match and query belong together. Only the local index tells.
  public var relation: Relation?
  /// Where they agree. Only the local index tells; `nil` when nothing was compared.
  public var agreement: Agreement?

  /// The item (product) that the image belongs to.
  public var itemID: String?
  /// The name of the image within its item.
  public var imageName: String?
  /// The category of the item.
  public var category: String?
  /// The text stored with the item.
  public var customContent: String?

  /// The product's title.
  public var title: String?
  /// The product's price.
  public var price: Money?

  /// What only this service tells, by the name that the provider gives the field, nested ones joined by dots (for instance
  /// `shop_info.company_name`), as text.
  public var details: [String: String] = [:]

  /// A match of which nothing is known yet.
  public init() {}
}

/// An amount of money as decimal text, exactly as the provider writes it: no binary fraction ever rounds a price.
public struct Money: Sendable, Hashable {
  /// Decimal text, for instance `"27.00"`.
  public var amount: String
  /// ISO 4217 code, for instance `"CNY"`.
  public var currency: String

  /// - Parameters:
  ///   - amount: decimal text.
  ///   - currency: ISO 4217 code.
  public init(amount: String, currency: String) {
    self.amount = amount
    self.currency = currency
  }
}
