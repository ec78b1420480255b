/// One match of a search, in terms that all services share. What a service does not say is `nil` or empty; its own
/// typed response has every documented field.
public struct Match: Sendable, Hashable {
  /// The relation of a matched image to the query. The first four are copies.
  public struct Relation: RawRepresentable, Sendable, Hashable {
    /// For instance `"altered"`.
    public let rawValue: String

    /// A relation by name; later versions may add some.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The same bytes.
    public static let identical = Relation(rawValue: "identical")
    /// The whole image, at another size, format or quality.
    public static let reencoded = Relation(rawValue: "reencoded")
    /// The whole image, changed: colours, text, a border, mirrored, turned.
    public static let altered = Relation(rawValue: "altered")
    /// One shows a part of the other: a crop, an image in a collage. The overlaps say which.
    public static let partial = Relation(rawValue: "partial")
    /// Both contain the same thing – a caption, a logo, a form – and the rest differs.
    public static let shared = Relation(rawValue: "shared")

    /// The relations of copies, which a search returns by default.
    public static let copies: Set<Relation> = [.identical, .reencoded, .altered, .partial]
  }

  /// How two aligned images compare, as fractions of the area that they have in common, which sum to 1. Multiplied by
  /// ``Match/queryOverlap`` they are fractions of the query, by ``Match/matchOverlap`` of the match.
  public struct Agreement: Sendable, Hashable {
    /// Both show the same.
    public var agrees: Double
    /// They show something different.
    public var differs: Double
    /// There is nothing to compare: both are featureless.
    public var empty: Double

    /// Fractions, 0...1 each.
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

  /// How little the image was changed, 0–100; 100 is unchanged. Not a confidence: a good crop can have 22.
  public var score: Double?
  /// How certain it is that this is the same image, 0–1. Local index only.
  public var confidence: Double?
  /// Evidence that the agreement is not chance, in nats, in steps of 1/20; `nil` for the same bytes, which need none.
  /// Local index only; it sorts by kind (the same bytes, other copies, shared parts), then evidence, score, item,
  /// image.
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
  /// SHA-256 of the matched image's file in lower-case hex. Local index only.
  public var sha256: String?
  /// When the matched image was taken, from its EXIF data, in the camera's local time: `2024-05-31T12:00:00`. Local
  /// index only.
  public var exifDate: String?
  /// Pages with the image.
  public var backlinks: [Backlink] = []
  /// The provider's tags, for instance `stock` or `collection`.
  public var tags: [String] = []

  /// Absolute URL of an overlay of query and match.
  public var overlayURL: String?
  /// The map from pixel coordinates of the query to those of the match.
  public var transform: AffineMap?
  /// Whether the match is a mirror image of the query.
  public var isMirrored: Bool?
  /// Percentage of the query that the match covers.
  public var queryOverlap: Double?
  /// Percentage of the match that the query covers.
  public var matchOverlap: Double?
  /// The relation of the match to the query. Local index only.
  public var relation: Relation?
  /// How far they agree; `nil` when nothing was compared. Local index only.
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

  /// Fields that only this service has, as text by the provider's name, nested names joined by dots (for instance
  /// `shop_info.company_name`).
  public var details: [String: String] = [:]

  /// A match with no field set.
  public init() {}
}

/// An amount of money as decimal text, exactly as the provider writes it: a binary fraction would round prices.
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
