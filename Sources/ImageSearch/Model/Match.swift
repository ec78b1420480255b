/// One answer to a search, in the terms that all services share. What a service does not tell is `nil` or empty; its own typed
/// answer has every documented field.
public struct Match: Sendable, Hashable {
  /// How much of the image is the same, 0–100, 100 is unchanged. No confidence: a good crop can be 22 (TinEye, help 176).
  public var score: Double?
  /// How certain it is that this is the same image, 0–1. Only the local index tells.
  public var confidence: Double?

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
