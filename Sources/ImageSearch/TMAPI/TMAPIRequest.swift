/// A search in the 1688 catalogue with every parameter that TMAPI documents (docs/sources/tmapi-1688.md, section 3).
public struct TMAPISearchRequest: Sendable {
  /// Which of the three searches.
  public enum Endpoint: String, Sendable, CaseIterable {
    /// Titles in Chinese (docs/sources/tmapi-1688.md, section 8).
    case search = "search/image"
    /// Titles in ten languages; no price range.
    case global = "global/search/image"
    /// Titles in six languages.
    case globalV2 = "global/search/image/v2"

    /// The languages it translates titles to; none for ``search``.
    public var languages: [Language] {
      switch self {
      case .search: []
      case .global: Language.allCases
      case .globalV2: [.english, .chinese, .russian, .vietnamese, .japanese, .korean]
      }
    }

    /// Whether `price_start` and `price_end` are among its parameters.
    public var takesPriceRange: Bool { self != .global }

    /// The largest page; of ``globalV2`` the documents state none.
    public var maximumPageSize: Int? { self == .globalV2 ? nil : 20 }
  }

  /// What the offers are sorted by.
  public enum Sort: String, Sendable, CaseIterable {
    /// The provider's order, which is that of similarity.
    case standard = "default"
    /// The most sold first.
    case sales
    /// The cheapest first.
    case priceUp = "price_up"
    /// The dearest first.
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

  /// The page of a search without offset and limit.
  public static let defaultPageSize = 20

  /// The image: a URL of any host, or a path beginning with `/search/` that a conversion gave; see ``TMAPI/convert(_:for:options:)``.
  public var image: ImageSource
  /// Which search.
  public var endpoint: Endpoint
  /// The page, from 1.
  public var page = 1
  /// Offers a page, from 1; at most ``Endpoint/maximumPageSize``.
  public var pageSize = TMAPISearchRequest.defaultPageSize
  /// `nil` takes the service's default, ``Sort/standard``.
  public var sort: Sort?
  /// `nil` takes the service's default, ``Language/english``; one of ``Endpoint/languages``.
  public var language: Language?
  /// The least price in CNY as decimal text, for instance `"2"` or `"9.90"`.
  public var priceStart: String?
  /// The greatest price in CNY as decimal text.
  public var priceEnd: String?
  /// Only offers that can be drop-shipped.
  public var supportsDropshipping: Bool?
  /// Only offers of factories.
  public var isFactory: Bool?
  /// Only offers of verified suppliers.
  public var isVerifiedSupplier: Bool?
  /// Only offers that are sent free of charge.
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
          : "language is \"\(language.rawValue)\"; for \(endpoint.rawValue) it must be one of \(allowed)")
    }
    guard endpoint.takesPriceRange || (priceStart == nil && priceEnd == nil) else {
      throw ImageSearchError(.invalidArgument, "\(endpoint.rawValue) has no parameters price_start and price_end")
    }
    let least = try Self.amount("price_start", priceStart)
    let greatest = try Self.amount("price_end", priceEnd)
    if let least, let greatest, least > greatest {
      throw ImageSearchError(.invalidArgument, "price_start is greater than price_end")
    }
  }

  /// The value of decimal text, to compare only: what is sent is the text.
  private static func amount(_ field: String, _ text: String?) throws -> Double? {
    guard let text else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let isDecimal =
      parts.count <= 2 && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
    guard isDecimal, text.utf8.count <= 20, let value = Double(text) else {
      throw ImageSearchError(
        .invalidArgument, "\(field) must be a decimal number of at most 20 characters such as \"9.90\"")
    }
    return value
  }

  /// Everything but the image, in the order of the documents.
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

/// The filters that are true or false, by the provider's names.
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
