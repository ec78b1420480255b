/// An offer of the 1688 catalogue with every field that any of the three searches returns (docs/sources/tmapi-1688.md,
/// section 4). Fields that a search omits are `nil` or empty; amounts are decimal text as the provider writes them.
public struct TMAPIOffer: Sendable, Hashable {
  /// The number of the offer, as text: it has 12 digits today and may get longer.
  public var itemID: String?
  /// The page of the offer.
  public var productURL: String?
  /// The title, which the global searches translate.
  public var title: String?
  /// The title in Chinese; the global searches only.
  public var originalTitle: String?
  /// The image; always with a scheme.
  public var imageURL: String?
  /// Numbers of the categories, in no fixed order.
  public var categoryPath: [String] = []
  /// The price.
  public var price: Money?
  /// The prices by kind.
  public var prices = Prices()
  /// The currency in the response; amounts without one are in CNY.
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
  /// The product's score.
  public var goodsScore: Double?
  /// `image_dsm_score`, whose meaning is not documented; it is not a similarity.
  public var imageScore: Double?
  /// `primary_rank_score`, whose meaning is not documented.
  public var rankScore: Double?
  /// Whether it is a "super new product".
  public var isSuperNew: Bool?
  /// Sales figures.
  public var sales = Sales()
  /// Shipping.
  public var delivery = Delivery()
  /// The fraction of buyers that bought again, as the provider writes it: `"54%"`, or `"0.5"` without a percent sign.
  public var repurchaseRate: String?
  /// The rating; its form is not documented, and all examples have null.
  public var ratingStar: String?
  /// The shop.
  public var shop = Shop()
  /// Whether the refund rate is low.
  public var hasLowRefundRate: Bool?
  /// Whether it ships within 48 hours.
  public var shipsIn48Hours: Bool?
  /// Whether a single piece can be ordered.
  public var hasOnePieceMinimum: Bool?
  /// Whether it is a paid placement, which may come before better matches.
  public var isAdvertisement: Bool?

  /// The prices by kind; each search has its own three.
  public struct Prices: Sendable, Hashable {
    /// `price` of the second global search.
    public var price: Money?
    /// The current price.
    public var sale: Money?
    /// The original price.
    public var original: Money?
    /// The price for drop-shipping.
    public var dropShipping: Money?
    /// The wholesale price.
    public var wholesale: Money?

    /// No prices.
    public init() {}
  }

  /// A price for a range of quantities.
  public struct QuantityPrice: Sendable, Hashable {
    /// The least number of pieces.
    public var begin: Int?
    /// The greatest number of pieces; `nil` for no limit.
    public var end: Int?
    /// The price per piece.
    public var price: Money?
  }

  /// Sales figures; the same name has different types in the three searches.
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
    /// Number of orders.
    public var orders: Int?
    /// Order of magnitude of the turnover, for instance `"50+"`.
    public var turnover: String?
    /// Turnover of 30 days as the provider writes it.
    public var turnover30Days: String?
    /// Turnover of 30 days across borders as the provider writes it.
    public var crossBorderTurnover30Days: String?

    /// No field set.
    public init() {}
  }

  /// Shipping.
  public struct Delivery: Sendable, Hashable {
    /// Where it ships from, the province first.
    public var areaFrom: [String] = []
    /// Gross weight in kilograms.
    public var weight: Double?
    /// Net weight in kilograms; `suttle_weight` is the provider's spelling.
    public var netWeight: Double?
    /// Whether postage is free: `free_postage` or `free_shipping`.
    public var isFree: Bool?
    /// Whether it ships within 48 hours.
    public var shipsIn48Hours: Bool?

    /// No field set.
    public init() {}
  }

  /// The shop.
  public struct Shop: Sendable, Hashable {
    /// The login name.
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
    /// The location, the province first.
    public var location: [String] = []
    /// The provider's tags of its services.
    public var serviceTags: [String] = []
    /// Whether the factory was inspected.
    public var wasInspected: Bool?
    /// The shop's score as the provider writes it, for instance `"4.5"`.
    public var compositeScore: String?
    /// The fraction of buyers that bought again, for instance `"11.2%"`.
    public var repurchaseRate: String?

    /// No field set.
    public init() {}
  }
}

extension TMAPIOffer {
  /// The offer in terms that all services share. A paid placement has the tag `ad`.
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

// MARK: - Reading

extension TMAPIOffer {
  /// Every field may be missing or null, and a number may be text.
  init(_ json: JSONValue) {
    itemID = json["item_id"].filledText
    productURL = Self.withScheme(json["product_url"].filledText)
    title = json["title"].filledText
    originalTitle = json["title_origin"].filledText
    imageURL = Self.withScheme(json["img"].filledText)
    categoryPath = json["category_path"].texts
    brand = json["brand"].filledText
    titleTags = json["title_tags"].texts
    type = json["type"].filledText
    goodsScore = json["goods_score"].number
    imageScore = json["image_dsm_score"].number
    rankScore = json["primary_rank_score"].number
    isSuperNew = json["super_new_product"].flag
    sales = json["sale_info"].object.map(Sales.init) ?? Sales()
    delivery = json["delivery_info"].object.map(Delivery.init) ?? Delivery()
    repurchaseRate = json["item_repurchase_rate"].filledText
    ratingStar = json["rating_star"].filledText
    shop = json["shop_info"].object.map(Shop.init) ?? Shop()
    hasLowRefundRate = json["low_refund_rate"].flag
    shipsIn48Hours = json["ship_in_48h"].flag ?? delivery.shipsIn48Hours
    hasOnePieceMinimum = json["one_piece_min_order"].flag
    isAdvertisement = json["is_ad"].flag
    minimumOrder = json["moq"].integer ?? json["quantity_begin"].integer
    readPrices(json)
  }

  private mutating func readPrices(_ json: JSONValue) {
    currency = json["currency"].filledText
    // The catalogue's own currency; only the second global search names it.
    let currency = currency ?? "CNY"
    func money(_ text: String?) -> Money? { text.map { Money(amount: $0, currency: currency) } }
    price = money(json["price"].filledText)
    if let info = json["price_info"].object {
      prices.price = money(info["price"].filledText)
      prices.sale = money(info["sale_price"].filledText)
      prices.original = money(info["origin_price"].filledText)
      prices.dropShipping = money(info["drop_ship_price"].filledText)
      prices.wholesale = money(info["wholesale_price"].filledText)
    }
    quantityPrices = json["quantity_prices"].objects { row in
      QuantityPrice(begin: row["begin_num"].integer, end: row["end_num"].integer, price: money(row["price"].filledText))
    }
  }

  /// URLs without a scheme occur in practice.
  private static func withScheme(_ url: String?) -> String? {
    url.map { $0.hasPrefix("//") ? "https:" + $0 : $0 }
  }
}

extension TMAPIOffer.Sales {
  /// Every field may be missing or null, and a number may be text.
  init(_ json: JSONValue) {
    quantity = json["sale_quantity_int"].integer ?? json["sale_quantity"].integer
    quantityText = json["sale_quantity"].filledText
    quantityMonth = json["sale_quantity_month"].integer
    quantity90Days = json["sale_quantity_90days"].integer
    quantity360Days = json["sale_quantity_360days"].integer
    orders = json["orders_count"].integer
    turnover = json["gmv_fuzzy"].filledText
    turnover30Days = json["gmv_30days"].filledText
    crossBorderTurnover30Days = json["gmv_30days_cb"].filledText
  }
}

extension TMAPIOffer.Delivery {
  /// Every field may be missing or null.
  init(_ json: JSONValue) {
    areaFrom = json["area_from"].texts
    weight = json["weight"].number
    netWeight = json["suttle_weight"].number
    isFree = json["free_postage"].flag ?? json["free_shipping"].flag
    shipsIn48Hours = json["ship_in_48h"].flag
  }
}

extension TMAPIOffer.Shop {
  /// Every field may be missing or null.
  init(_ json: JSONValue) {
    loginID = json["login_id"].filledText
    memberID = json["member_id"].filledText
    companyName = json["company_name"].filledText
    shopURL = json["shop_url"].filledText.map { $0.hasPrefix("//") ? "https:" + $0 : $0 }
    businessType = json["biz_type"].filledText
    isFactory = json["is_factory"].flag
    isSuperFactory = json["is_super_factory"].flag
    isPowerfulSeller = json["is_powerful_seller"].flag
    isGoldSupplier = json["is_gold_supplier"].flag
    isTPMember = json["tp_member"].flag
    tpYears = json["tp_year"].integer
    years = json["shop_years"].integer
    location = json["location"].texts
    serviceTags = json["service_tags"].texts
    wasInspected = json["factory_inspection"].flag
    compositeScore = json["score_info"]["composite_score"].filledText
    repurchaseRate = json["shop_repurchase_rate"].filledText
  }
}

// MARK: - What the common match has no field for

extension TMAPIOffer {
  /// Fields that only this service has, by the provider's names (docs/sources/tmapi-1688.md, section 4); lists are
  /// joined by commas.
  var details: [String: String] {
    var fields: [String: String?] = [
      "title_origin": originalTitle, "category_path": Self.list(categoryPath), "moq": Self.number(minimumOrder),
      "brand": brand, "title_tags": Self.list(titleTags), "type": type, "goods_score": Self.number(goodsScore),
      "image_dsm_score": Self.number(imageScore), "primary_rank_score": Self.number(rankScore),
      "super_new_product": Self.flag(isSuperNew), "item_repurchase_rate": repurchaseRate, "rating_star": ratingStar,
      "low_refund_rate": Self.flag(hasLowRefundRate), "ship_in_48h": Self.flag(shipsIn48Hours),
      "one_piece_min_order": Self.flag(hasOnePieceMinimum), "is_ad": Self.flag(isAdvertisement),
    ]
    fields.merge(prefixed("price_info", priceDetails)) { first, _ in first }
    fields.merge(prefixed("sale_info", saleDetails)) { first, _ in first }
    fields.merge(prefixed("delivery_info", deliveryDetails)) { first, _ in first }
    fields.merge(prefixed("shop_info", shopDetails)) { first, _ in first }
    return fields.compactMapValues { $0 }
  }

  private var priceDetails: [String: String?] {
    [
      "price": prices.price?.amount, "sale_price": prices.sale?.amount, "origin_price": prices.original?.amount,
      "drop_ship_price": prices.dropShipping?.amount, "wholesale_price": prices.wholesale?.amount,
    ]
  }

  private var saleDetails: [String: String?] {
    [
      "sale_quantity": sales.quantityText ?? Self.number(sales.quantity),
      "sale_quantity_month": Self.number(sales.quantityMonth),
      "sale_quantity_90days": Self.number(sales.quantity90Days),
      "sale_quantity_360days": Self.number(sales.quantity360Days), "orders_count": Self.number(sales.orders),
      "gmv_fuzzy": sales.turnover, "gmv_30days": sales.turnover30Days,
      "gmv_30days_cb": sales.crossBorderTurnover30Days,
    ]
  }

  private var deliveryDetails: [String: String?] {
    [
      "area_from": Self.list(delivery.areaFrom), "weight": Self.number(delivery.weight),
      "suttle_weight": Self.number(delivery.netWeight), "free_postage": Self.flag(delivery.isFree),
    ]
  }

  private var shopDetails: [String: String?] {
    [
      "login_id": shop.loginID, "member_id": shop.memberID, "company_name": shop.companyName, "shop_url": shop.shopURL,
      "biz_type": shop.businessType, "is_factory": Self.flag(shop.isFactory),
      "is_super_factory": Self.flag(shop.isSuperFactory), "is_powerful_seller": Self.flag(shop.isPowerfulSeller),
      "is_gold_supplier": Self.flag(shop.isGoldSupplier), "tp_member": Self.flag(shop.isTPMember),
      "tp_year": Self.number(shop.tpYears), "shop_years": Self.number(shop.years),
      "location": Self.list(shop.location), "service_tags": Self.list(shop.serviceTags),
      "factory_inspection": Self.flag(shop.wasInspected), "score_info.composite_score": shop.compositeScore,
      "shop_repurchase_rate": shop.repurchaseRate,
    ]
  }

  private func prefixed(_ group: String, _ fields: [String: String?]) -> [String: String?] {
    Dictionary(fields.map { ("\(group).\($0.key)", $0.value) }) { first, _ in first }
  }

  private static func number(_ value: Int?) -> String? { value.map { String($0) } }
  private static func number(_ value: Double?) -> String? { value.map { String($0) } }
  private static func flag(_ value: Bool?) -> String? { value.map { $0 ? "true" : "false" } }
  private static func list(_ values: [String]) -> String? { values.isEmpty ? nil : values.joined(separator: ",") }
}
