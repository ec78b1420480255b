extension AlibabaCloudSearchResponse: AlibabaCloudResponse {
  private enum Keys: String, CodingKey { case Head, PicInfo, Auctions }
  private enum ListKeys: String, CodingKey { case Auction }

  /// Every field may be missing but the matches, without which it is no answer to a search.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    head = container.value(AlibabaCloudHead.self, .Head)
    picture = container.value(AlibabaCloudPictureInfo.self, .PicInfo)
    if let nested = try? container.nestedContainer(keyedBy: ListKeys.self, forKey: .Auctions) {
      // 2018 nests the list one level deeper.
      matches = nested.list(AlibabaCloudMatch.self, .Auction)
    } else {
      guard container.contains(.Auctions) else {
        throw DecodingError.keyNotFound(
          Keys.Auctions, .init(codingPath: decoder.codingPath, debugDescription: "no Auctions"))
      }
      matches = container.list(AlibabaCloudMatch.self, .Auctions)
    }
  }
}

extension AlibabaCloudHead: Decodable {
  private enum Keys: String, CodingKey { case DocsReturn, DocsFound, SearchTime }

  /// Every field may be missing, and a number may be text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    docsReturn = container.integer(.DocsReturn)
    docsFound = container.integer(.DocsFound)
    searchTime = container.integer(.SearchTime)
  }
}

extension AlibabaCloudCategory: Decodable {
  private enum Keys: String, CodingKey { case Id, Name }

  /// Every field may be missing.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    id = container.filledText(.Id)
    name = container.filledText(.Name)
  }
}

extension AlibabaCloudPictureInfo: Decodable {
  private enum Keys: String, CodingKey { case Region, CategoryId, Category, MultiRegion, AllCategories, AllCategory }
  private enum ListKeys: String, CodingKey { case Category }

  private struct OneRegion: Decodable {
    let region: String?
    private enum Keys: String, CodingKey { case Region }

    init(from decoder: any Decoder) throws {
      region = try decoder.container(keyedBy: Keys.self).filledText(.Region)
    }
  }

  /// Every field may be missing; the names are those of 2020, or of 2018.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    region = container.filledText(.Region)
    categoryID = container.filledText(.CategoryId) ?? container.filledText(.Category)
    regions = container.list(OneRegion.self, .MultiRegion).compactMap(\.region)
    if let nested = try? container.nestedContainer(keyedBy: ListKeys.self, forKey: .AllCategory) {
      categories = nested.list(AlibabaCloudCategory.self, .Category)
    } else {
      let plain = container.list(AlibabaCloudCategory.self, .AllCategories)
      categories = plain.isEmpty ? container.list(AlibabaCloudCategory.self, .AllCategory) : plain
    }
  }
}

extension AlibabaCloudMatch: Decodable {
  private enum Keys: String, CodingKey {
    case ProductId, PicName, CategoryId, CatId, CustomContent, CustContent, Score, SortExprValues, IntAttr, IntAttr2,
      IntAttr3, IntAttr4, StrAttr, StrAttr2, StrAttr3, StrAttr4
  }

  /// Every field may be missing; the names are those of 2020, or of 2018.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    productID = container.filledText(.ProductId)
    pictureName = container.filledText(.PicName)
    categoryID = container.filledText(.CategoryId) ?? container.filledText(.CatId)
    customContent = container.text(.CustomContent) ?? container.text(.CustContent)
    score = container.number(.Score)
    sortExpressionValues = container.filledText(.SortExprValues)
    attributes.intAttr = container.integer(.IntAttr)
    attributes.intAttr2 = container.integer(.IntAttr2)
    attributes.intAttr3 = container.integer(.IntAttr3)
    attributes.intAttr4 = container.integer(.IntAttr4)
    attributes.strAttr = container.text(.StrAttr)
    attributes.strAttr2 = container.text(.StrAttr2)
    attributes.strAttr3 = container.text(.StrAttr3)
    attributes.strAttr4 = container.text(.StrAttr4)
  }
}

extension AlibabaCloudAddResponse: AlibabaCloudResponse {
  private enum Keys: String, CodingKey { case PicInfo }

  /// Every field may be missing.
  public init(from decoder: any Decoder) throws {
    picture = try decoder.container(keyedBy: Keys.self).value(AlibabaCloudPictureInfo.self, .PicInfo)
  }
}

extension AlibabaCloudUpdateResponse: AlibabaCloudResponse {
  /// Nothing of its own.
  public init(from decoder: any Decoder) throws {}
}

extension AlibabaCloudDeleteResponse: AlibabaCloudResponse {
  private enum Keys: String, CodingKey { case Data }
  private enum DataKeys: String, CodingKey { case PicNames }

  /// Every field may be missing.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    guard let data = try? container.nestedContainer(keyedBy: DataKeys.self, forKey: .Data),
      data.contains(.PicNames)
    else { return }
    pictureNames = data.list(String.self, .PicNames)
  }
}

extension AlibabaCloudExistenceResponse: AlibabaCloudResponse {
  private enum Keys: String, CodingKey { case Exists, Auctions }

  /// - Throws: `DecodingError` without `Exists`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    guard let flag = container.flag(.Exists) else {
      throw DecodingError.keyNotFound(Keys.Exists, .init(codingPath: decoder.codingPath, debugDescription: "no Exists"))
    }
    exists = flag
    // One object here and not a list.
    match = container.value(AlibabaCloudMatch.self, .Auctions)
  }
}

extension AlibabaCloudComparisonResponse: AlibabaCloudResponse {
  private enum Keys: String, CodingKey { case Score }

  /// - Throws: `DecodingError` without `Score`.
  public init(from decoder: any Decoder) throws {
    guard let number = try decoder.container(keyedBy: Keys.self).number(.Score) else {
      throw DecodingError.keyNotFound(Keys.Score, .init(codingPath: decoder.codingPath, debugDescription: "no Score"))
    }
    score = number
  }
}

extension AlibabaCloudInstanceResponse: AlibabaCloudResponse {
  private enum Keys: String, CodingKey { case Instance }
  private enum InstanceKeys: String, CodingKey {
    case Name, Region, Capacity, TotalCount, Qps, ServiceType, UtcCreate, UtcExpireTime
  }

  /// - Throws: `DecodingError` without `Instance`, whose every field may be missing.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
      .nestedContainer(keyedBy: InstanceKeys.self, forKey: .Instance)
    name = container.filledText(.Name)
    region = container.filledText(.Region)
    capacity = container.integer(.Capacity)
    totalCount = container.integer(.TotalCount)
    qps = container.integer(.Qps)
    serviceType = container.integer(.ServiceType)
    created = container.integer(.UtcCreate)
    expires = container.integer(.UtcExpireTime)
  }
}
