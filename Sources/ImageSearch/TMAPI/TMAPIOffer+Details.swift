extension TMAPIOffer {
  /// What only this service tells, by the provider's names (docs/sources/tmapi-1688.md, section 4); lists are joined by commas.
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
