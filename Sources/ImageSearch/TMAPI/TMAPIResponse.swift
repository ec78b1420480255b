/// The response to a search, one page of it, with every documented field (docs/sources/tmapi-1688.md, section 4).
public struct TMAPISearchResponse: Sendable {
  /// The offers of this page, in the provider's order; there is no score.
  public var offers: [TMAPIOffer]
  /// The page, from 1, as the response tells it.
  public var page: Int?
  /// Offers a page, as the response tells it.
  public var pageSize: Int?
  /// Offers there are in all.
  public var totalCount: Int?
  /// The keyword; a search by image has none.
  public var keyword: String?
  /// What the offers are sorted by.
  public var sort: String?
  /// The category that the provider found.
  public var categoryID: String?
  /// The filters as the provider understood them, by name.
  public var filters: [String: String]
  /// Whether another page follows, as the response tells it; the first global search does not.
  public var hasNextPage: Bool?
  /// The body as it came.
  public var raw: [UInt8] = []

  /// Whether it is worth paying for another page: not when the provider says that none follows, not after an empty or a short
  /// page, and not when the pages so far hold all there is (docs/sources/tmapi-1688.md, section 6).
  ///
  /// - Parameter request: what was asked for.
  public func hasMore(after request: TMAPISearchRequest) -> Bool {
    if hasNextPage == false || offers.isEmpty { return false }
    // A server that caps the size tells its own.
    guard offers.count >= min(request.pageSize, pageSize ?? request.pageSize) else { return false }
    let (held, overflow) = request.page.multipliedReportingOverflow(by: request.pageSize)
    guard let totalCount, !overflow else { return true }
    return held < totalCount
  }
}

extension TMAPISearchResponse {
  /// Reads the part `data` of a response. Every field but `items` may be missing; without a list of them, which is not the same
  /// as no match, it is `nil`.
  init?(_ json: JSONValue) {
    let items = json["items"]
    guard items.isNull || items.isList else { return nil }
    offers = items.objects(TMAPIOffer.init)
    page = json["page"].integer
    pageSize = json["page_size"].integer
    totalCount = json["total_count"].integer
    keyword = json["keyword"].filledText
    sort = json["sort"].filledText
    categoryID = json["cat_id"].filledText
    filters = json["filters"].object.map(Self.filters) ?? [:]
    hasNextPage = json["has_next_page"].flag
  }

  /// Filters in the echo of a response: text by the documents, leniently also numbers and truth values.
  private static func filters(_ json: JSONValue) -> [String: String] {
    var filters: [String: String] = [:]
    for (name, value) in json.members where filters[name] == nil {
      filters[name] = value.text ?? value.flag.map { $0 ? "true" : "false" }
    }
    return filters
  }
}

/// `data` of a conversion: an object, or the path alone. Only `image_url` is documented; the others are what third parties read.
struct TMAPIConversion: Sendable {
  let path: String

  /// `nil` for what is no path.
  init?(_ json: JSONValue) {
    let path =
      json.string ?? json["image_url"].filledText ?? json["img_url"].filledText ?? json["url"].filledText
    guard let path, path.utf8.count <= 8192, path.utf8.allSatisfy({ $0 > 32 && $0 != 127 }), !path.isEmpty else {
      return nil
    }
    self.path = path
  }
}

/// The envelope of every response: `{code, msg, data}`; the gateway in front writes `message`.
struct TMAPIEnvelope {
  let code: Int?
  let message: String?
  let data: JSONValue?

  /// `nil` for what is no object.
  init?(_ json: JSONValue) {
    guard json.isObject else { return nil }
    code = json["code"].integer
    message = json["msg"].filledText ?? json["message"].filledText
    data = json["data"].present
  }
}
