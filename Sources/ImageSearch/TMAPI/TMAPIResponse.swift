/// The response to a search, one page of it, with every documented field (docs/sources/tmapi-1688.md, section 4).
public struct TMAPISearchResponse: Sendable {
  /// The offers of this page, in the provider's order; there is no score.
  public var offers: [TMAPIOffer]
  /// The page, from 1, as in the response.
  public var page: Int?
  /// Offers per page, as in the response.
  public var pageSize: Int?
  /// Total number of offers.
  public var totalCount: Int?
  /// The keyword; a search by image has none.
  public var keyword: String?
  /// The sort order of the offers.
  public var sort: String?
  /// The category that the provider found.
  public var categoryID: String?
  /// The filters as the provider understood them, by name.
  public var filters: [String: String]
  /// Whether another page follows, as in the response; the first global search does not say.
  public var hasNextPage: Bool?
  /// The body as received.
  public var raw: [UInt8] = []

  /// Whether it is worth paying for another page: not if the provider says that none follows, not after an empty or a
  /// short page, and not if the pages so far contain all offers (docs/sources/tmapi-1688.md, section 6).
  ///
  /// - Parameter request: the request of this page.
  public func hasMore(after request: TMAPISearchRequest) -> Bool {
    if hasNextPage == false || offers.isEmpty { return false }
    // A server that limits the size says so in the response.
    guard offers.count >= min(request.pageSize, pageSize ?? request.pageSize) else { return false }
    let (held, overflow) = request.page.multipliedReportingOverflow(by: request.pageSize)
    guard let totalCount, !overflow else { return true }
    return held < totalCount
  }
}

extension TMAPISearchResponse {
  /// Reads the part `data` of a response. Every field except `items` may be missing; without a list of items, which is
  /// not the same as no match, the result is `nil`.
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

  /// Filters echoed in a response: text according to the documentation, but numbers and booleans are accepted too.
  private static func filters(_ json: JSONValue) -> [String: String] {
    var filters: [String: String] = [:]
    for (name, value) in json.members where filters[name] == nil {
      filters[name] = value.text ?? value.flag.map { $0 ? "true" : "false" }
    }
    return filters
  }
}

/// `data` of a conversion: an object, or the path alone. Only `image_url` is documented; third parties read the others.
struct TMAPIConversion: Sendable {
  let path: String

  /// `nil` if there is no path.
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

  /// `nil` if it is not an object.
  init?(_ json: JSONValue) {
    guard json.isObject else { return nil }
    code = json["code"].integer
    message = json["msg"].filledText ?? json["message"].filledText
    data = json["data"].present
  }
}
