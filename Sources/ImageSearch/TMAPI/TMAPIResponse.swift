/// The answer to a search, one page of it, with every documented field (reference/tmapi-1688.md, section 4).
public struct TMAPISearchResponse: Sendable {
  /// The offers of this page, in the provider's order; there is no score.
  public var offers: [TMAPIOffer]
  /// The page, from 1, as the answer tells it.
  public var page: Int?
  /// Offers a page, as the answer tells it.
  public var pageSize: Int?
  /// Offers there are in all.
  public var totalCount: Int?
  /// The keyword; a search by picture has none.
  public var keyword: String?
  /// What the offers are sorted by.
  public var sort: String?
  /// The category that the provider found.
  public var categoryID: String?
  /// The filters as the provider understood them, by name.
  public var filters: [String: String]
  /// Whether another page follows, as the answer tells it; the first global search does not.
  public var hasNextPage: Bool?
  /// The body as it came.
  public var raw: [UInt8] = []

  /// Whether it is worth paying for another page: not when the provider says that none follows, not after an empty or a short
  /// page, and not when the pages so far hold all there is (reference/tmapi-1688.md, section 6).
  ///
  /// - Parameter request: what was asked for.
  public func hasMore(after request: TMAPISearchRequest) -> Bool {
    if hasNextPage == false || offers.isEmpty { return false }
    // A server that caps the size answers with its own.
    guard offers.count >= min(request.pageSize, pageSize ?? request.pageSize) else { return false }
    let (held, overflow) = request.page.multipliedReportingOverflow(by: request.pageSize)
    guard let totalCount, !overflow else { return true }
    return held < totalCount
  }
}

extension TMAPISearchResponse: Decodable {
  private enum Keys: String, CodingKey {
    case items, page, page_size, total_count, keyword, sort, cat_id, filters, has_next_page
  }

  /// Reads the part `data` of an answer. Every field but `items` may be missing.
  ///
  /// - Throws: `DecodingError` when `items` is missing or no list: that is not the same as no match.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    if try container.decodeNil(forKey: .items) {
      offers = []
    } else {
      _ = try container.nestedUnkeyedContainer(forKey: .items)
      offers = container.list(TMAPIOffer.self, .items)
    }
    page = container.integer(.page)
    pageSize = container.integer(.page_size)
    totalCount = container.integer(.total_count)
    keyword = container.filledText(.keyword)
    sort = container.filledText(.sort)
    categoryID = container.filledText(.cat_id)
    filters = container.value([String: TMAPIFilterValue].self, .filters)?.compactMapValues(\.text) ?? [:]
    hasNextPage = container.flag(.has_next_page)
  }
}

/// A filter in the echo of an answer: text by the documents, leniently also a number or a truth value.
private struct TMAPIFilterValue: Decodable {
  let text: String?

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(String.self) {
      text = value
    } else if let value = try? container.decode(Bool.self) {
      text = value ? "true" : "false"
    } else {
      text = (try? container.decode(Double.self)).map { Int(exactly: $0).map { String($0) } ?? String($0) }
    }
  }
}

/// `data` of a conversion. Only `image_url` is documented; the others are what third parties read.
struct TMAPIConversion: Decodable, Sendable {
  let path: String

  private enum Keys: String, CodingKey { case image_url, img_url, url }

  init(from decoder: any Decoder) throws {
    var path: String?
    if let container = try? decoder.container(keyedBy: Keys.self) {
      path = container.filledText(.image_url) ?? container.filledText(.img_url) ?? container.filledText(.url)
    } else {
      path = try decoder.singleValueContainer().decode(String.self)
    }
    guard let path, path.utf8.count <= 8192, path.utf8.allSatisfy({ $0 > 32 && $0 != 127 }), !path.isEmpty else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no path"))
    }
    self.path = path
  }
}

/// The envelope of every answer: `{code, msg, data}`; the gateway in front writes `message`.
struct TMAPIEnvelope<Value: Decodable>: Decodable {
  let code: Int?
  let message: String?
  let data: Value?

  private enum Keys: String, CodingKey { case code, msg, message, data }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    code = container.integer(.code)
    message = container.filledText(.msg) ?? container.filledText(.message)
    data = container.value(Value.self, .data)
  }
}
