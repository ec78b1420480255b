/// A search in the 1688 catalogue with every parameter that TMAPI documents (docs/sources/tmapi-1688.md, section 3).
public struct TMAPISearchRequest: Sendable {
  /// One of the three searches.
  public enum Endpoint: String, Sendable, CaseIterable {
    /// Titles in Chinese (docs/sources/tmapi-1688.md, section 8).
    case search = "search/image"
    /// Titles in ten languages; no price range.
    case global = "global/search/image"
    /// Titles in six languages.
    case globalV2 = "global/search/image/v2"

    /// The languages that it translates titles to; none for ``search``.
    public var languages: [Language] {
      switch self {
      case .search: []
      case .global: Language.allCases
      case .globalV2: [.english, .chinese, .russian, .vietnamese, .japanese, .korean]
      }
    }

    /// Whether `price_start` and `price_end` are among its parameters.
    public var takesPriceRange: Bool { self != .global }

    /// The largest page; none is documented for ``globalV2``.
    public var maximumPageSize: Int? { self == .globalV2 ? nil : 20 }
  }

  /// The sort order of the offers.
  public enum Sort: String, Sendable, CaseIterable {
    /// The provider's order, by similarity.
    case standard = "default"
    /// Most sold first.
    case sales
    /// Cheapest first.
    case priceUp = "price_up"
    /// Most expensive first.
    case priceDown = "price_down"
  }

  /// A language of titles.
  public enum Language: String, Sendable, CaseIterable {
    /// The service's default.
    case english = "en"
    /// Chinese.
    case chinese = "zh"
    /// Russian.
    case russian = "ru"
    /// Thai.
    case thai = "th"
    /// Portuguese.
    case portuguese = "pt"
    /// Spanish.
    case spanish = "es"
    /// Turkish.
    case turkish = "tr"
    /// Vietnamese.
    case vietnamese = "vi"
    /// Japanese.
    case japanese = "ja"
    /// Korean.
    case korean = "ko"
  }

  /// The default size of a page.
  public static let defaultPageSize = 20

  /// The image: a URL of any host, or a path beginning with `/search/` from a conversion; see
  /// ``TMAPI/convert(_:for:options:)``.
  public var image: ImageSource
  /// The search.
  public var endpoint: Endpoint
  /// The page, from 1.
  public var page = 1
  /// Offers per page, 1 to ``Endpoint/maximumPageSize``.
  public var pageSize = TMAPISearchRequest.defaultPageSize
  /// The sort order; `nil` for the service's default, ``Sort/standard``.
  public var sort: Sort?
  /// The language of titles, one of ``Endpoint/languages``; `nil` for the service's default, ``Language/english``.
  public var language: Language?
  /// The lowest price in CNY as decimal text, for instance `"2"` or `"9.90"`.
  public var priceStart: String?
  /// The highest price in CNY as decimal text.
  public var priceEnd: String?
  /// Only offers that can be drop-shipped.
  public var supportsDropshipping: Bool?
  /// Only offers of factories.
  public var isFactory: Bool?
  /// Only offers of verified suppliers.
  public var isVerifiedSupplier: Bool?
  /// Only offers with free shipping.
  public var hasFreeShipping: Bool?
  /// Only new offers.
  public var isNewArrival: Bool?

  /// The first page of a search with the service's defaults.
  public init(image: ImageSource, endpoint: Endpoint = .search) {
    self.image = image
    self.endpoint = endpoint
  }

  func validate() throws {
    let largest = endpoint.maximumPageSize ?? Int(Int32.max)
    try Validation.range("page", page, 1...Int(Int32.max))
    try Validation.range("page_size", pageSize, 1...largest)
    if let language, !endpoint.languages.contains(language) {
      let allowed = endpoint.languages.map(\.rawValue).joined(separator: ", ")
      throw ImageSearchError(
        .invalidArgument,
        allowed.isEmpty
          ? "\(endpoint.rawValue) has no parameter language"
          : "language is \"\(language.rawValue)\"; it must be one of \(allowed) for \(endpoint.rawValue)")
    }
    guard endpoint.takesPriceRange || (priceStart == nil && priceEnd == nil) else {
      throw ImageSearchError(.invalidArgument, "\(endpoint.rawValue) has no parameters price_start and price_end")
    }
    let least = try Self.amount("price_start", priceStart)
    let greatest = try Self.amount("price_end", priceEnd)
    if let least, let greatest, least > greatest {
      throw Validation.refusal("price_start", priceStart ?? "", "at most price_end, \(priceEnd ?? "")")
    }
  }

  /// The value of decimal text, for comparison only: the text itself is sent.
  private static func amount(_ field: String, _ text: String?) throws -> Double? {
    guard let text else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let isDecimal =
      parts.count <= 2 && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
    guard isDecimal, text.utf8.count <= 20, let value = Double(text) else {
      throw Validation.refusal(field, text, "a decimal number of at most 20 characters such as \"9.90\"")
    }
    return value
  }

  /// Everything except the image, in the order of the documentation.
  var parameters: [(name: String, value: String)] {
    var list: [(name: String, value: String)] = [("page", String(page)), ("page_size", String(pageSize))]
    if let sort { list.append(("sort", sort.rawValue)) }
    if let language { list.append(("language", language.rawValue)) }
    if let priceStart { list.append(("price_start", priceStart)) }
    if let priceEnd { list.append(("price_end", priceEnd)) }
    for flag in TMAPIFlag.allCases {
      if let value = self[keyPath: flag.field] { list.append((flag.rawValue, value ? "true" : "false")) }
    }
    return list
  }
}

/// The boolean filters, by the provider's names.
enum TMAPIFlag: String, CaseIterable {
  case support_dropshipping, is_factory, verified_supplier, free_shipping, new_arrival

  var field: WritableKeyPath<TMAPISearchRequest, Bool?> {
    switch self {
    case .support_dropshipping: \.supportsDropshipping
    case .is_factory: \.isFactory
    case .verified_supplier: \.isVerifiedSupplier
    case .free_shipping: \.hasFreeShipping
    case .new_arrival: \.isNewArrival
    }
  }
}

// MARK: - From a service-independent request

extension TMAPISearchRequest {
  /// The first page of a search from a service-independent request, whose parameters are `endpoint`, `page_size`,
  /// `sort`, `language`, `price_start`, `price_end`, `support_dropshipping`, `is_factory`, `verified_supplier`,
  /// `free_shipping` and `new_arrival`; pages follow from offset and limit, see `TMAPIPageWindow`.
  ///
  /// - Parameters:
  ///   - endpoint: the search, unless the parameter `endpoint` names another.
  ///   - request: the search.
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` for an unknown parameter or value,
  ///   ``ImageSearchError/Code/unsupported`` for a region, a category, a minimum score or a minimum confidence.
  public init(_ request: SearchRequest, endpoint: Endpoint = .search) throws {
    self.init(image: request.image, endpoint: endpoint)
    guard request.region == nil, request.category == nil else {
      throw ImageSearchError(.unsupported, "TMAPI has no region and no category to search by")
    }
    guard request.minimumScore == nil, request.minimumConfidence == nil else {
      throw ImageSearchError(.unsupported, "TMAPI tells no score and no confidence, only an order")
    }
    for (name, value) in request.parameters { try set(name, value) }
    try validate()
  }

  private mutating func set(_ name: String, _ value: String) throws {
    if let flag = TMAPIFlag(rawValue: name) {
      self[keyPath: flag.field] = try Validation.flag(name, value)
      return
    }
    switch name {
    case "endpoint": endpoint = try Validation.choice(name, value)
    case "sort": sort = try Validation.choice(name, value)
    case "language": language = try Validation.choice(name, value)
    case "price_start": priceStart = value
    case "price_end": priceEnd = value
    case "page_size":
      // A window over several pages is computed with the size that all three searches accept.
      pageSize = try Validation.integer(name, value)
      try Validation.range(name, pageSize, 1...Self.defaultPageSize)
    case "page":
      throw ImageSearchError(.invalidArgument, "page follows from offset and limit and cannot be given beside them")
    default:
      throw Validation.unknownParameter(
        name, of: "TMAPI",
        known: ["endpoint", "page_size", "sort", "language", "price_start", "price_end"]
          + TMAPIFlag.allCases.map(\.rawValue))
    }
  }
}

/// An image in a form that TMAPI accepts.
enum TMAPIImage: Sendable, Hashable {
  /// Used in a search as it is.
  case direct(String)
  /// Must be converted first.
  case foreign(String)

  /// Third parties differ in the hosts that they treat as Alibaba's, and the provider has no list; they agree on
  /// `alicdn.com` and its subdomains (docs/sources/tmapi-1688.md, section 3). A path that begins with `/search/` is a
  /// converted image.
  ///
  /// - Throws: ``ImageSearchError/Code/unsupported`` for a file or bytes, ``ImageSearchError/Code/invalidURL``.
  init(_ source: ImageSource) throws {
    guard let text = source.url else {
      throw ImageSearchError(.unsupported, "TMAPI searches by the URL of an image and takes no upload")
    }
    if text.hasPrefix("/search/") {
      guard text.utf8.count <= 8192, text.utf8.allSatisfy({ $0 > 32 && $0 != 127 }) else {
        throw ImageSearchError(
          .invalidURL,
          "image URL is a converted path with a space, a control character or more than 8192 bytes; it must have none")
      }
      self = .direct(text)
      return
    }
    // The marketplace writes its own URLs without a scheme.
    let address = try WebAddress(text.hasPrefix("//") ? "https:" + text : text, field: "image URL")
    let isAli = address.host == "alicdn.com" || address.host.hasSuffix(".alicdn.com")
    self = isAli ? .direct(address.text) : .foreign(address.text)
  }
}

/// The pages that contain a range of offers. TMAPI counts pages, the service-independent request counts matches, and
/// every page is charged, so the page size is chosen that needs the fewest pages.
struct TMAPIPageWindow: Sendable, Hashable {
  /// Maximum number of pages of one service-independent search; one that needs more is refused before it is charged.
  static let maximumPages = 20

  /// The first position wanted, from 0.
  let offset: Int
  /// The position after the last one wanted.
  let end: Int
  /// Offers per page.
  let pageSize: Int
  /// The first page, from 1, and the last one.
  let pages: ClosedRange<Int>

  /// - Parameters:
  ///   - limit: number of matches wanted; `nil` for one page.
  ///   - pageSize: the page size if the caller set one.
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` when a number is out of range.
  init(offset: Int, limit: Int?, pageSize: Int?) throws {
    let largest = pageSize ?? TMAPISearchRequest.defaultPageSize
    let limit = limit ?? largest
    try Validation.range("offset", offset, 0...Int(Int32.max))
    try Validation.range("limit", limit, 1...largest * Self.maximumPages)
    let end = offset + limit
    self.offset = offset
    self.end = end
    // Among sizes that need equally few pages, the limit itself wastes nothing; otherwise the largest is the same for
    // most windows.
    let candidates = pageSize.map { [$0] } ?? ([limit] + (1...largest).reversed()).filter { $0 <= largest }
    let best = candidates.min { Self.pages(offset, end, $0).count < Self.pages(offset, end, $1).count } ?? largest
    self.pageSize = best
    pages = Self.pages(offset, end, best)
    guard pages.count <= Self.maximumPages else {
      throw ImageSearchError(
        .invalidArgument,
        "offset \(offset) and limit \(limit) need \(pages.count) pages of \(best), each of which is paid for; at most "
          + "\(Self.maximumPages) are fetched at once")
    }
  }

  /// Appends the wanted part of a page.
  func append(_ response: TMAPISearchResponse, after request: TMAPISearchRequest, to result: inout SearchPage) {
    let start = (request.page - 1) * pageSize
    let room = end - offset - result.matches.count
    let wanted = response.offers.dropFirst(max(0, offset - start))
    result.matches += wanted.prefix(room).map(\.common)
    result.total = response.totalCount ?? result.total
    // This page may have offers beyond the window, which the next window requests again.
    let isCut = start + pageSize > end && wanted.count > room
    result.hasMore = isCut || response.hasMore(after: request)
    result.nextOffset = result.hasMore ? min(end, start + pageSize) : offset + result.matches.count
  }

  private static func pages(_ offset: Int, _ end: Int, _ size: Int) -> ClosedRange<Int> {
    (offset / size + 1)...((end - 1) / size + 1)
  }
}
