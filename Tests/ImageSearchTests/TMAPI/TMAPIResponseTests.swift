import Testing

@testable import ImageSearch

/// The three documented responses, field by field, and deviations from them.
@Suite struct TMAPIResponseTests {
  private func answer(_ text: String, _ endpoint: TMAPISearchRequest.Endpoint) async throws -> TMAPISearchResponse {
    try await TMAPIFixture.client(ScriptedTransport([.json(text)]))
      .search(TMAPISearchRequest(image: .url(TMAPIFixture.image), endpoint: endpoint))
  }

  private func cny(_ amount: String) -> Money { Money(amount: amount, currency: "CNY") }

  @Test func theSeedsAnswer() async throws {
    let response = try await answer(TMAPIFixture.search, .search)
    #expect(response.page == 1)
    #expect(response.pageSize == 20)
    #expect(response.totalCount == 680)
    #expect(response.sort == "default")
    #expect(response.keyword == nil)
    #expect(response.categoryID == nil)
    #expect(response.filters.isEmpty)
    #expect(response.hasNextPage == true)
    #expect(response.raw == Array(TMAPIFixture.search.utf8))
    let offer = try #require(response.offers.first)
    #expect(offer.itemID == "983093623752")
    #expect(offer.productURL == "https://detail.1688.com/offer/983093623752.html")
    #expect(offer.title?.hasPrefix("跨境外贸lulu") == true)
    #expect(offer.categoryPath == ["1031887", "127890013", "18"])
    #expect(offer.price == cny("27.00"))
    #expect(offer.currency == nil)
    #expect(offer.prices.sale == cny("27.00"))
    #expect(offer.prices.original == cny("27.00"))
    #expect(offer.minimumOrder == 1)
    #expect(offer.sales.quantity == 5160)
    #expect(offer.sales.quantityText == "5160")
    #expect(offer.sales.orders == 111)
    #expect(offer.delivery.areaFrom == ["广东", "东莞市"])
    #expect(offer.repurchaseRate == "54%")
    #expect(offer.ratingStar == nil)
    #expect(offer.isAdvertisement == true)
    let shop = offer.shop
    #expect(shop.loginID == "瑜佃工厂")
    #expect(shop.memberID == "b2b-2210992147085de3df")
    #expect(shop.companyName == "广东瑜佃供应链管理有限公司")
    #expect(shop.shopURL == "http://gdytgc.1688.com?tracelog=p4p")
    #expect(shop.businessType == "生产加工")
    #expect(shop.isFactory == true && shop.isSuperFactory == false && shop.wasInspected == true)
    #expect(shop.location == ["广东", "东莞市"])
    #expect(shop.serviceTags.isEmpty)
    #expect(shop.years == 5)
    #expect(shop.compositeScore == "4.5")
  }

  @Test func theFirstGlobalAnswer() async throws {
    let response = try await answer(TMAPIFixture.global, .global)
    #expect(response.hasNextPage == nil)
    #expect(response.totalCount == 666)
    let offer = try #require(response.offers.first)
    #expect(offer.originalTitle == "手机壳")
    #expect(offer.brand == "yot")
    #expect(offer.titleTags == ["1688严选"])
    #expect(offer.type == "normal")
    #expect(offer.minimumOrder == 1)
    #expect(offer.prices.dropShipping == cny("19.00"))
    #expect(offer.prices.wholesale == cny("18.50"))
    #expect(offer.prices.original == cny("20.00"))
    #expect(offer.quantityPrices.map(\.begin) == [1, 10])
    #expect(offer.quantityPrices.map(\.end) == [9, nil])
    #expect(offer.quantityPrices.map(\.price) == [cny("19.00"), cny("17.00")])
    #expect(offer.sales.turnover == "50+")
    #expect(offer.sales.turnover30Days == "0")
    #expect(offer.sales.crossBorderTurnover30Days == "0")
    #expect(offer.sales.quantity == 27)
    #expect(offer.sales.quantityMonth == 3)
    #expect(offer.sales.quantity90Days == 12)
    #expect(offer.sales.quantity360Days == 27)
    #expect(offer.delivery.weight == 0.25)
    #expect(offer.delivery.netWeight == 0)
    #expect(offer.delivery.isFree == false)
    #expect(offer.repurchaseRate == "0.0")
    #expect(offer.goodsScore == 2)
    #expect(offer.imageScore == 0)
    #expect(offer.rankScore == 0)
    #expect(offer.isSuperNew == false)
    #expect(offer.shop.loginID == nil)
    #expect(offer.shop.serviceTags == ["7×24H响应", "先采后付"])
    #expect(offer.shop.isTPMember == true && offer.shop.tpYears == 11 && offer.shop.isGoldSupplier == false)
    #expect(offer.shop.repurchaseRate == "11.2%")
    #expect(offer.common.tags == ["1688严选"])
  }

  @Test func theSecondGlobalAnswer() async throws {
    let response = try await answer(TMAPIFixture.globalV2, .globalV2)
    #expect(response.filters == ["price_start": "2"])
    let offer = try #require(response.offers.first)
    #expect(offer.currency == "CNY")
    #expect(offer.prices.price == cny("60.00"))
    #expect(offer.prices.sale == cny("59.90"))
    #expect(offer.prices.original == nil)
    #expect(offer.minimumOrder == nil)
    #expect(offer.sales.quantity90Days == 3)
    #expect(offer.delivery.isFree == false)
    #expect(offer.delivery.shipsIn48Hours == false)
    #expect(offer.shipsIn48Hours == true)
    #expect(offer.shop.isPowerfulSeller == true)
    #expect(offer.hasLowRefundRate == false)
    #expect(offer.hasOnePieceMinimum == false)
  }

  @Test func anOfferInTheCommonTerms() async throws {
    let offers = try await answer(TMAPIFixture.search, .search).offers
    let matches = offers.map(\.common)
    #expect(matches[0].itemID == "983093623752")
    #expect(matches[0].price == cny("27.00"))
    #expect(matches[0].pageURL == "https://detail.1688.com/offer/983093623752.html")
    #expect(matches[0].domain == "detail.1688.com")
    #expect(matches[0].tags == ["ad"])
    #expect(matches[1].imageURL == "https://cbu01.alicdn.com/O1CN01mlPQyb1rrmigLQq2W_!!2219127385685-0-cib.jpg")
    #expect(matches[1].tags.isEmpty)
    #expect(matches.allSatisfy { $0.score == nil && $0.confidence == nil })
  }

  @Test func textForNumbersNumbersForTextAndNullForAnything() async throws {
    let odd = """
      {"code":"200","data":{"page":"1","page_size":"20","total_count":"7","cat_id":7,"filters":{"is_factory":true,"n":3},
      "has_next_page":"false","unknown":[1],"items":[null,5,{"item_id":"840519667567","price":156.5,"moq":"2","is_ad":0,
      "category_path":[18,"x",null,{}],"sale_info":null,"shop_info":"none","price_info":[],"quantity_prices":[3],
      "delivery_info":{"area_from":"广东","weight":"0.5"},"title":null,"title_tags":null,"goods_score":"5.0"}]}}
      """
    let response = try await answer(odd, .search)
    #expect(response.totalCount == 7)
    #expect(response.categoryID == "7")
    #expect(response.filters == ["is_factory": "true", "n": "3"])
    #expect(response.hasNextPage == false)
    // List elements that are not objects are left out.
    let offer = try #require(response.offers.last)
    #expect(offer.itemID == "840519667567")
    #expect(offer.price == cny("156.5"))
    #expect(offer.minimumOrder == 2)
    #expect(offer.isAdvertisement == false)
    #expect(offer.categoryPath == ["18", "x"])
    #expect(offer.delivery.areaFrom.isEmpty)
    #expect(offer.delivery.weight == 0.5)
    #expect(offer.goodsScore == 5)
    #expect(offer.quantityPrices.isEmpty)
  }

  @Test func noMatchIsAnEmptyPageAndABrokenAnswerIsNot() async throws {
    for empty in [#"{"items":[]}"#, #"{"items":null}"#] {
      let response = try await answer("{\"code\":200,\"data\":\(empty)}", .search)
      #expect(response.offers.isEmpty)
    }
    let broken = [
      #"{"code":200,"data":{}}"#, #"{"code":200,"data":{"items":"none"}}"#, #"{"code":200,"data":{"items":{}}}"#,
      #"{"code":200,"data":null}"#, #"{"code":200}"#, #"{"code":200,"data":[]}"#, "", "[]", "null", "<html>hello",
      #"{"code":200,"data":{"items":["#,
    ]
    for text in broken {
      let failure = await thrown { try await answer(text, .search) }
      #expect(failure?.code == .malformedResponse, "\(text)")
      #expect(failure?.mayHaveBeenCharged == true, "\(text)")
      #expect(failure?.service == "TMAPI")
    }
  }
}
