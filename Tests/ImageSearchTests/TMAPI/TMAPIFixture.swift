@testable import ImageSearch

/// Responses with the fields and the oddities of the documents (docs/sources/tmapi-1688.md, section 4).
enum TMAPIFixture {
  static let image = "https://cbu01.alicdn.com/img/ibank/O1CN01Lnbnos2LkORtHhOVp_!!3367999730-0-cib.jpg"

  /// `search/image`, the first item of the provider's example; it has three items, and has_next_page is true.
  static let search = """
    {"code":200,"msg":"success","data":{"page":1,"page_size":20,"total_count":680,"keyword":"","sort":"default",
    "cat_id":null,"filters":{},"items":[{"item_id":983093623752,
    "product_url":"https://detail.1688.com/offer/983093623752.html",
    "title":"跨境外贸lulu男士同款运动长袖户外健身速干T恤弹力休闲上衣",
    "img":"https://cbu01.alicdn.com/img/ibank/O1CN01vGCPtN22CzDpG7RBW_!!2210992147085-0-cib.jpg",
    "category_path":["1031887","127890013","18"],"price":"27.00",
    "price_info":{"sale_price":"27.00","origin_price":"27.00"},"moq":1,"quantity_prices":[],
    "sale_info":{"sale_quantity":"5160","sale_quantity_int":5160,"orders_count":111},
    "delivery_info":{"area_from":["广东","东莞市"]},"item_repurchase_rate":"54%","rating_star":null,
    "shop_info":{"login_id":"瑜佃工厂","member_id":"b2b-2210992147085de3df",
    "company_name":"广东瑜佃供应链管理有限公司","shop_url":"http://gdytgc.1688.com?tracelog=p4p","biz_type":"生产加工",
    "is_factory":true,"is_super_factory":false,"location":["广东","东莞市"],"service_tags":null,"shop_years":5,
    "factory_inspection":true,"score_info":{"composite_score":"4.5"}},"is_ad":true},
    {"item_id":969462626480,"img":"//cbu01.alicdn.com/O1CN01mlPQyb1rrmigLQq2W_!!2219127385685-0-cib.jpg",
    "product_url":"https://detail.1688.com/offer/969462626480.html","title":"专业外贸工厂","price":"80.00",
    "price_info":{"sale_price":"80.00","origin_price":"80.00"},"is_ad":false}],"has_next_page":true}}
    """

  /// `global/search/image`: no keyword, no cat_id, no has_next_page.
  static let global = """
    {"code":200,"msg":"success","data":{"page":1,"page_size":2,"total_count":666,"sort":"default","filters":{},
    "items":[{"item_id":865835426638,"product_url":"https://detail.1688.com/offer/865835426638.html",
    "title":"Phone case","title_origin":"手机壳","img":"https://cbu01.alicdn.com/O1CN01MJvUUV_!!2407317664-0-cib.jpg",
    "category_path":["1042207","50911","7"],"price":"19.00",
    "price_info":{"drop_ship_price":"19.00","wholesale_price":"18.50","origin_price":"20.00"},"brand":"yot",
    "title_tags":["1688严选"],"quantity_begin":1,
    "quantity_prices":[{"begin_num":"1","end_num":"9","price":"19.00"},{"begin_num":"10","end_num":"","price":"17.00"}],
    "sale_info":{"gmv_fuzzy":"50+","gmv_30days":0,"gmv_30days_cb":0,"sale_quantity":27,"sale_quantity_month":3,
    "sale_quantity_90days":12,"sale_quantity_360days":27,"orders_count":13},"type":"normal",
    "delivery_info":{"area_from":["Guangdong","Shenzhen"],"weight":0.25,"suttle_weight":0,"free_postage":false},
    "item_repurchase_rate":"0.0","goods_score":2,"image_dsm_score":0,"primary_rank_score":0,"super_new_product":false,
    "shop_info":{"login_id":null,"member_id":"b2b-2407317664","company_name":"xxxxxx",
    "shop_url":"http://880755.1688.com","biz_type":"生产加工","is_factory":true,"is_super_factory":false,
    "is_gold_supplier":false,"location":["Guangdong","Shenzhen"],"service_tags":["7×24H响应","先采后付"],
    "tp_member":true,"tp_year":11,"factory_inspection":false,"shop_repurchase_rate":"11.2%"}}]}}
    """

  /// `global/search/image/v2`: an empty original price, no minimum order, one field in two places.
  static let globalV2 = """
    {"code":200,"msg":"success","data":{"page":1,"page_size":10,"total_count":688,"keyword":"","sort":"default",
    "cat_id":null,"filters":{"price_start":"2"},"items":[{"item_id":908305897124,
    "product_url":"https://detail.1688.com/offer/908305897124.html","title":"Lotus seed 500g","title_origin":"莲子500g",
    "img":"https://cbu01.alicdn.com/O1CN01OfUGyD2ILFvHYpyMS_!!3264309269-0-cib.jpg","category_path":["130822002","104"],
    "price":"60.00","price_info":{"price":"60.00","sale_price":"59.90","origin_price":""},"currency":"CNY","moq":null,
    "sale_info":{"sale_quantity_90days":"3"},"delivery_info":{"area_from":["福建","三明市"],"free_shipping":false,
    "ship_in_48h":false},"shop_info":{"company_name":"三明市润德电子商务有限公司","is_powerful_seller":true,
    "is_super_factory":false,"shop_years":9,"score_info":{"composite_score":"4.0"}},"item_repurchase_rate":"0%",
    "low_refund_rate":false,"ship_in_48h":true,"one_piece_min_order":false}],"has_next_page":true}}
    """

  /// A page of synthetic items.
  static func page(_ page: Int, items: ClosedRange<Int>?, size: Int = 20, total: Int? = nil, hasNext: Bool? = nil)
    -> String
  {
    let list = items.map { $0.map { "{\"item_id\":\($0)}" }.joined(separator: ",") } ?? ""
    var text = "{\"code\":200,\"msg\":\"success\",\"data\":{\"page\":\(page),\"page_size\":\(size),\"items\":[\(list)]"
    if let total { text += ",\"total_count\":\(total)" }
    if let hasNext { text += ",\"has_next_page\":\(hasNext)" }
    return text + "}}"
  }

  static func client(
    _ transport: ScriptedTransport, _ credentials: TMAPICredentials = .token("test-token"),
    time: any TimeSource = InstantTime(), baseURL: String = TMAPI.defaultBaseURL,
    endpoint: TMAPISearchRequest.Endpoint = .search, _ change: (inout ClientConfiguration) -> Void = { _ in }
  ) throws -> TMAPI {
    var configuration = ClientConfiguration()
    change(&configuration)
    return try TMAPI(
      credentials, baseURL: baseURL, endpoint: endpoint, configuration: configuration, transport: transport, time: time,
      random: FixedRandom())
  }
}
