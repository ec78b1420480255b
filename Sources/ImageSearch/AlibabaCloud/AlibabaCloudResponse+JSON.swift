extension AlibabaCloudSearchResponse: AlibabaCloudResponse {
  /// Every field may be missing but the matches, without which it is no answer to a search.
  init?(_ json: JSONValue) {
    head = json.object("Head").map(AlibabaCloudHead.init)
    image = json.object("PicInfo").map(AlibabaCloudImageInfo.init)
    guard let auctions = json.member("Auctions") else { return nil }
    // 2018 nests the list one level deeper.
    matches =
      auctions.isObject
      ? auctions.objects("Auction", AlibabaCloudMatch.init) : json.objects("Auctions", AlibabaCloudMatch.init)
  }
}

extension AlibabaCloudHead {
  /// Every field may be missing, and a number may be text.
  init(_ json: JSONValue) {
    docsReturn = json.integer("DocsReturn")
    docsFound = json.integer("DocsFound")
    searchTime = json.integer("SearchTime")
  }
}

extension AlibabaCloudCategory {
  /// Every field may be missing.
  init(_ json: JSONValue) {
    id = json.filledText("Id")
    name = json.filledText("Name")
  }
}

extension AlibabaCloudImageInfo {
  /// Every field may be missing; the names are those of 2020, or of 2018.
  init(_ json: JSONValue) {
    region = json.filledText("Region")
    categoryID = json.filledText("CategoryId") ?? json.filledText("Category")
    regions = json.list("MultiRegion").compactMap { $0.filledText("Region") }
    if let nested = json.object("AllCategory") {
      categories = nested.objects("Category", AlibabaCloudCategory.init)
    } else {
      let plain = json.objects("AllCategories", AlibabaCloudCategory.init)
      categories = plain.isEmpty ? json.objects("AllCategory", AlibabaCloudCategory.init) : plain
    }
  }
}

extension AlibabaCloudMatch {
  /// Every field may be missing; the names are those of 2020, or of 2018.
  init(_ json: JSONValue) {
    productID = json.filledText("ProductId")
    imageName = json.filledText("PicName")
    categoryID = json.filledText("CategoryId") ?? json.filledText("CatId")
    customContent = json.text("CustomContent") ?? json.text("CustContent")
    score = json.number("Score")
    sortExpressionValues = json.filledText("SortExprValues")
    attributes.intAttr = json.integer("IntAttr")
    attributes.intAttr2 = json.integer("IntAttr2")
    attributes.intAttr3 = json.integer("IntAttr3")
    attributes.intAttr4 = json.integer("IntAttr4")
    attributes.strAttr = json.text("StrAttr")
    attributes.strAttr2 = json.text("StrAttr2")
    attributes.strAttr3 = json.text("StrAttr3")
    attributes.strAttr4 = json.text("StrAttr4")
  }
}

extension AlibabaCloudAddResponse: AlibabaCloudResponse {
  /// Every field may be missing.
  init(_ json: JSONValue) {
    image = json.object("PicInfo").map(AlibabaCloudImageInfo.init)
  }
}

extension AlibabaCloudUpdateResponse: AlibabaCloudResponse {
  /// Nothing of its own.
  init(_ json: JSONValue) {}
}

extension AlibabaCloudDeleteResponse: AlibabaCloudResponse {
  /// Every field may be missing.
  init(_ json: JSONValue) {
    guard let data = json.object("Data"), data.contains("PicNames") else { return }
    imageNames = data.texts("PicNames")
  }
}

extension AlibabaCloudExistenceResponse: AlibabaCloudResponse {
  /// `nil` without `Exists`.
  init?(_ json: JSONValue) {
    guard let flag = json.flag("Exists") else { return nil }
    exists = flag
    // One object here and not a list.
    match = json.object("Auctions").map(AlibabaCloudMatch.init)
  }
}

extension AlibabaCloudComparisonResponse: AlibabaCloudResponse {
  /// `nil` without `Score`.
  init?(_ json: JSONValue) {
    guard let number = json.number("Score") else { return nil }
    score = number
  }
}

extension AlibabaCloudInstanceResponse: AlibabaCloudResponse {
  /// `nil` without `Instance`, whose every field may be missing.
  init?(_ json: JSONValue) {
    guard let json = json.object("Instance") else { return nil }
    name = json.filledText("Name")
    region = json.filledText("Region")
    capacity = json.integer("Capacity")
    totalCount = json.integer("TotalCount")
    qps = json.integer("Qps")
    serviceType = json.integer("ServiceType")
    created = json.integer("UtcCreate")
    expires = json.integer("UtcExpireTime")
  }
}
