/// An offer of the 1688 catalogue with everything that any of the three searches tells of it (docs/sources/tmapi-1688.md,
/// section 4). What a search leaves out is `nil` or empty; amounts are decimal text as the provider writes them.
public struct TMAPIOffer: Sendable, Hashable {
  /// The number of the offer, as text: it has 12 digits and may grow.
  public var itemID: String?
  /// The page of the offer.
  public var productURL: String?
  /// The title, translated by the global searches.
  public var title: String?
  /// The title in Chinese; the global searches only.
  public var originalTitle: String?
  /// The image; always with a scheme.
  public var imageURL: String?
  /// Numbers of the categories, in no fixed order.
  public var categoryPath: [String] = []
  /// The price.
  public var price: Money?
  /// The price by its kinds.
  public var prices = Prices()
  /// The currency that the answer names; amounts without one are in CNY.
  public var currency: String?
  /// The smallest order in pieces: `moq`, or `quantity_begin` of the first global search.
  public var minimumOrder: Int?
  /// Prices by quantity.
  public var quantityPrices: [QuantityPrice] = []
  /// The brand.
  public var brand: String?
  /// The provider's tags of the title.
  public var titleTags: [String] = []
  /// The kind of offer, for instance `"normal"`.
  public var type: String?
  /// The score of the goods.
  public var goodsScore: Double?
  /// `image_dsm_score`; what it means is not documented, and it is no similarity.
  public var imageScore: Double?
  /// `primary_rank_score`; what it means is not documented.
  public var rankScore: Double?
  /// Whether it is a "super new product".
  public var isSuperNew: Bool?
  /// What was sold.
  public var sales = Sales()
  /// How it is sent.
  public var delivery = Delivery()
  /// The share of buyers that bought again, as the provider writes it: `"54%"`, or `"0.5"` without a sign.
  public var repurchaseRate: String?
  /// The rating; its form is not documented, all examples have null.
  public var ratingStar: String?
  /// The shop.
  public var shop = Shop()
  /// Whether few buyers ask for their money back.
  public var hasLowRefundRate: Bool?
  /// Whether it is sent within 48 hours.
  public var shipsIn48Hours: Bool?
  /// Whether a single piece can be ordered.
  public var hasOnePieceMinimum: Bool?
  /// Whether it is a paid placement, which may come before better matches.
  public var isAdvertisement: Bool?

  /// The price by its kinds; each search has its own three.
  public struct Prices: Sendable, Hashable {
    /// `price` of the second global search.
    public var price: Money?
    /// What it costs now.
    public var sale: Money?
    /// What it cost before.
    public var original: Money?
    /// For drop-shipping.
    public var dropShipping: Money?
    /// For wholesale.
    public var wholesale: Money?

    /// No price yet.
    public init() {}
  }

  /// A price for a range of quantities.
  public struct QuantityPrice: Sendable, Hashable {
    /// From so many pieces.
    public var begin: Int?
    /// Up to so many pieces; `nil` is open.
    public var end: Int?
    /// The price of a piece.
    public var price: Money?
  }

  /// What was sold; the same name has different types in the three searches.
  public struct Sales: Sendable, Hashable {
    /// Pieces sold.
    public var quantity: Int?
    /// Pieces sold as the provider writes it, for instance `"5160"`.
    public var quantityText: String?
    /// Pieces sold within a month.
    public var quantityMonth: Int?
    /// Pieces sold within 90 days.
    public var quantity90Days: Int?
    /// Pieces sold within 360 days.
    public var quantity360Days: Int?
    /// Orders.
    public var orders: Int?
    /// Turnover by its order of magnitude, for instance `"50+"`.
    public var turnover: String?
    /// Turnover of 30 days as the provider writes it.
    public var turnover30Days: String?
    /// Turnover of 30 days across borders as the provider writes it.
    public var crossBorderTurnover30Days: String?

    /// Nothing told yet.
    public init() {}
  }

  /// How it is sent.
  public struct Delivery: Sendable, Hashable {
    /// Where it is sent from, the province first.
    public var areaFrom: [String] = []
    /// Gross weight in kilograms.
    public var weight: Double?
    /// Net weight in kilograms; `suttle_weight` is the provider's spelling.
    public var netWeight: Double?
    /// Whether postage is free: `free_postage` or `free_shipping`.
    public var isFree: Bool?
    /// Whether it is sent within 48 hours.
    public var shipsIn48Hours: Bool?

    /// Nothing told yet.
    public init() {}
  }

  /// The shop.
  public struct Shop: Sendable, Hashable {
    /// The name to sign in.
    public var loginID: String?
    /// For instance `"b2b-2210992147085de3df"`.
    public var memberID: String?
    /// The name of the company.
    public var companyName: String?
    /// The page of the shop.
    public var shopURL: String?
    /// The kind of business.
    public var businessType: String?
    /// Whether it is a factory.
    public var isFactory: Bool?
    /// Whether it is a "super factory".
    public var isSuperFactory: Bool?
    /// Whether it is a "powerful seller".
    public var isPowerfulSeller: Bool?
    /// Whether it is a "gold supplier".
    public var isGoldSupplier: Bool?
    /// Whether it is a paying member.
    public var isTPMember: Bool?
    /// Years of paying membership.
    public var tpYears: Int?
    /// Years since the shop opened.
    public var years: Int?
    /// Where it is, the province first.
    public var location: [String] = []
    /// What it offers to buyers.
    public var serviceTags: [String] = []
    /// Whether the factory was inspected.
    public var wasInspected: Bool?
    /// The shop's score as the provider writes it, for instance `"4.5"`.
    public var compositeScore: String?
    /// The share of buyers that bought again, for instance `"11.2%"`.
    public var repurchaseRate: String?

    /// Nothing told yet.
    public init() {}
  }
}

extension TMAPIOffer {
  /// The offer in the terms that all services share. A paid placement has the tag `ad`.
  public var common: Match {
    var match = Match()
    match.itemID = itemID
    match.title = title
    match.price = price
    match.pageURL = productURL
    match.imageURL = imageURL
    match.domain = productURL.flatMap { try? WebAddress($0, field: "product URL").host }
    match.tags = titleTags + (isAdvertisement == true ? ["ad"] : [])
    match.details = details
    return match
  }
}
