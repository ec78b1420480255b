extension TMAPIOffer {
  /// Every field may be missing or null, and a number may be text.
  init(_ json: JSONValue) {
    itemID = json.filledText("item_id")
    productURL = Self.withScheme(json.filledText("product_url"))
    title = json.filledText("title")
    originalTitle = json.filledText("title_origin")
    imageURL = Self.withScheme(json.filledText("img"))
    categoryPath = json.texts("category_path")
    brand = json.filledText("brand")
    titleTags = json.texts("title_tags")
    type = json.filledText("type")
    goodsScore = json.number("goods_score")
    imageScore = json.number("image_dsm_score")
    rankScore = json.number("primary_rank_score")
    isSuperNew = json.flag("super_new_product")
    sales = json.object("sale_info").map(Sales.init) ?? Sales()
    delivery = json.object("delivery_info").map(Delivery.init) ?? Delivery()
    repurchaseRate = json.filledText("item_repurchase_rate")
    ratingStar = json.filledText("rating_star")
    shop = json.object("shop_info").map(Shop.init) ?? Shop()
    hasLowRefundRate = json.flag("low_refund_rate")
    shipsIn48Hours = json.flag("ship_in_48h") ?? delivery.shipsIn48Hours
    hasOnePieceMinimum = json.flag("one_piece_min_order")
    isAdvertisement = json.flag("is_ad")
    minimumOrder = json.integer("moq") ?? json.integer("quantity_begin")
    readPrices(json)
  }

  private mutating func readPrices(_ json: JSONValue) {
    currency = json.filledText("currency")
    // The catalogue's own currency; only the second global search names it.
    let currency = currency ?? "CNY"
    func money(_ text: String?) -> Money? { text.map { Money(amount: $0, currency: currency) } }
    price = money(json.filledText("price"))
    if let info = json.object("price_info") {
      prices.price = money(info.filledText("price"))
      prices.sale = money(info.filledText("sale_price"))
      prices.original = money(info.filledText("origin_price"))
      prices.dropShipping = money(info.filledText("drop_ship_price"))
      prices.wholesale = money(info.filledText("wholesale_price"))
    }
    quantityPrices = json.objects("quantity_prices") { row in
      QuantityPrice(begin: row.integer("begin_num"), end: row.integer("end_num"), price: money(row.filledText("price")))
    }
  }

  /// Addresses without a scheme are seen in the wild.
  private static func withScheme(_ url: String?) -> String? {
    url.map { $0.hasPrefix("//") ? "https:" + $0 : $0 }
  }
}

extension TMAPIOffer.Sales {
  /// Every field may be missing or null, and a number may be text.
  init(_ json: JSONValue) {
    quantity = json.integer("sale_quantity_int") ?? json.integer("sale_quantity")
    quantityText = json.filledText("sale_quantity")
    quantityMonth = json.integer("sale_quantity_month")
    quantity90Days = json.integer("sale_quantity_90days")
    quantity360Days = json.integer("sale_quantity_360days")
    orders = json.integer("orders_count")
    turnover = json.filledText("gmv_fuzzy")
    turnover30Days = json.filledText("gmv_30days")
    crossBorderTurnover30Days = json.filledText("gmv_30days_cb")
  }
}

extension TMAPIOffer.Delivery {
  /// Every field may be missing or null.
  init(_ json: JSONValue) {
    areaFrom = json.texts("area_from")
    weight = json.number("weight")
    netWeight = json.number("suttle_weight")
    isFree = json.flag("free_postage") ?? json.flag("free_shipping")
    shipsIn48Hours = json.flag("ship_in_48h")
  }
}

extension TMAPIOffer.Shop {
  /// Every field may be missing or null.
  init(_ json: JSONValue) {
    loginID = json.filledText("login_id")
    memberID = json.filledText("member_id")
    companyName = json.filledText("company_name")
    shopURL = json.filledText("shop_url").map { $0.hasPrefix("//") ? "https:" + $0 : $0 }
    businessType = json.filledText("biz_type")
    isFactory = json.flag("is_factory")
    isSuperFactory = json.flag("is_super_factory")
    isPowerfulSeller = json.flag("is_powerful_seller")
    isGoldSupplier = json.flag("is_gold_supplier")
    isTPMember = json.flag("tp_member")
    tpYears = json.integer("tp_year")
    years = json.integer("shop_years")
    location = json.texts("location")
    serviceTags = json.texts("service_tags")
    wasInspected = json.flag("factory_inspection")
    compositeScore = json.object("score_info")?.filledText("composite_score")
    repurchaseRate = json.filledText("shop_repurchase_rate")
  }
}
