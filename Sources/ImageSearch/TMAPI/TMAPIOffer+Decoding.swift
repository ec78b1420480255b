extension TMAPIOffer: Decodable {
  private enum Keys: String, CodingKey {
    case item_id, product_url, title, title_origin, img, category_path, price, price_info, currency, moq
    case quantity_begin, quantity_prices, brand, title_tags, type, goods_score, image_dsm_score, primary_rank_score
    case super_new_product, sale_info, delivery_info, item_repurchase_rate, rating_star, shop_info, low_refund_rate
    case ship_in_48h, one_piece_min_order, is_ad
  }

  private enum PriceKeys: String, CodingKey { case price, sale_price, origin_price, drop_ship_price, wholesale_price }
  private enum QuantityKeys: String, CodingKey { case begin_num, end_num, price }

  /// Every field may be missing or null, and a number may be text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    itemID = container.filledText(.item_id)
    productURL = Self.withScheme(container.filledText(.product_url))
    title = container.filledText(.title)
    originalTitle = container.filledText(.title_origin)
    imageURL = Self.withScheme(container.filledText(.img))
    categoryPath = container.texts(.category_path)
    brand = container.filledText(.brand)
    titleTags = container.texts(.title_tags)
    type = container.filledText(.type)
    goodsScore = container.number(.goods_score)
    imageScore = container.number(.image_dsm_score)
    rankScore = container.number(.primary_rank_score)
    isSuperNew = container.flag(.super_new_product)
    sales = container.value(Sales.self, .sale_info) ?? Sales()
    delivery = container.value(Delivery.self, .delivery_info) ?? Delivery()
    repurchaseRate = container.filledText(.item_repurchase_rate)
    ratingStar = container.filledText(.rating_star)
    shop = container.value(Shop.self, .shop_info) ?? Shop()
    hasLowRefundRate = container.flag(.low_refund_rate)
    shipsIn48Hours = container.flag(.ship_in_48h) ?? delivery.shipsIn48Hours
    hasOnePieceMinimum = container.flag(.one_piece_min_order)
    isAdvertisement = container.flag(.is_ad)
    minimumOrder = container.integer(.moq) ?? container.integer(.quantity_begin)
    readPrices(container)
  }

  private mutating func readPrices(_ container: KeyedDecodingContainer<Keys>) {
    currency = container.filledText(.currency)
    // The catalogue's own currency; only the second global search names it.
    let currency = currency ?? "CNY"
    price = container.filledText(.price).map { Money(amount: $0, currency: currency) }
    if let info = try? container.nestedContainer(keyedBy: PriceKeys.self, forKey: .price_info) {
      prices.price = info.money(.price, currency)
      prices.sale = info.money(.sale_price, currency)
      prices.original = info.money(.origin_price, currency)
      prices.dropShipping = info.money(.drop_ship_price, currency)
      prices.wholesale = info.money(.wholesale_price, currency)
    }
    guard var list = try? container.nestedUnkeyedContainer(forKey: .quantity_prices) else { return }
    // One that is no object ends the list: the container does not move past it.
    while !list.isAtEnd, let row = try? list.nestedContainer(keyedBy: QuantityKeys.self) {
      quantityPrices.append(
        QuantityPrice(begin: row.integer(.begin_num), end: row.integer(.end_num), price: row.money(.price, currency)))
    }
  }

  /// Addresses without a scheme are seen in the wild.
  private static func withScheme(_ url: String?) -> String? {
    url.map { $0.hasPrefix("//") ? "https:" + $0 : $0 }
  }
}

extension TMAPIOffer.Sales: Decodable {
  private enum Keys: String, CodingKey {
    case sale_quantity, sale_quantity_int, sale_quantity_month, sale_quantity_90days, sale_quantity_360days,
      orders_count, gmv_fuzzy, gmv_30days, gmv_30days_cb
  }

  /// Every field may be missing or null, and a number may be text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    quantity = container.integer(.sale_quantity_int) ?? container.integer(.sale_quantity)
    quantityText = container.filledText(.sale_quantity)
    quantityMonth = container.integer(.sale_quantity_month)
    quantity90Days = container.integer(.sale_quantity_90days)
    quantity360Days = container.integer(.sale_quantity_360days)
    orders = container.integer(.orders_count)
    turnover = container.filledText(.gmv_fuzzy)
    turnover30Days = container.filledText(.gmv_30days)
    crossBorderTurnover30Days = container.filledText(.gmv_30days_cb)
  }
}

extension TMAPIOffer.Delivery: Decodable {
  private enum Keys: String, CodingKey {
    case area_from, weight, suttle_weight, free_postage, free_shipping, ship_in_48h
  }

  /// Every field may be missing or null.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    areaFrom = container.texts(.area_from)
    weight = container.number(.weight)
    netWeight = container.number(.suttle_weight)
    isFree = container.flag(.free_postage) ?? container.flag(.free_shipping)
    shipsIn48Hours = container.flag(.ship_in_48h)
  }
}

extension TMAPIOffer.Shop: Decodable {
  private enum Keys: String, CodingKey {
    case login_id, member_id, company_name, shop_url, biz_type, is_factory, is_super_factory, is_powerful_seller,
      is_gold_supplier, tp_member, tp_year, shop_years, location, service_tags, factory_inspection, score_info,
      shop_repurchase_rate
  }

  private enum ScoreKeys: String, CodingKey { case composite_score }

  /// Every field may be missing or null.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    loginID = container.filledText(.login_id)
    memberID = container.filledText(.member_id)
    companyName = container.filledText(.company_name)
    shopURL = container.filledText(.shop_url).map { $0.hasPrefix("//") ? "https:" + $0 : $0 }
    businessType = container.filledText(.biz_type)
    isFactory = container.flag(.is_factory)
    isSuperFactory = container.flag(.is_super_factory)
    isPowerfulSeller = container.flag(.is_powerful_seller)
    isGoldSupplier = container.flag(.is_gold_supplier)
    isTPMember = container.flag(.tp_member)
    tpYears = container.integer(.tp_year)
    years = container.integer(.shop_years)
    location = container.texts(.location)
    serviceTags = container.texts(.service_tags)
    wasInspected = container.flag(.factory_inspection)
    compositeScore = (try? container.nestedContainer(keyedBy: ScoreKeys.self, forKey: .score_info))?
      .filledText(.composite_score)
    repurchaseRate = container.filledText(.shop_repurchase_rate)
  }
}

extension KeyedDecodingContainer {
  fileprivate func money(_ key: Key, _ currency: String) -> Money? {
    filledText(key).map { Money(amount: $0, currency: currency) }
  }

  /// A list of texts, numbers among them as text; empty ones and what is neither are left out.
  fileprivate func texts(_ key: Key) -> [String] { list(LenientText.self, key).compactMap(\.text) }
}

/// Text, also from a number.
private struct LenientText: Decodable {
  let text: String?

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = (try? container.decode(String.self)) ?? (try? container.decode(Int.self)).map { String($0) }
    self.text = text.flatMap { $0.isEmpty ? nil : $0 }
  }
}
