/// A search with every parameter that TinEye documents (docs/sources/tineye.md, section 2).
public struct TinEyeSearchRequest: Sendable {
  /// The sort key of the matches.
  public enum Sort: String, Sendable, CaseIterable {
    /// How little the image was changed.
    case score
    /// The area in pixels.
    case size
    /// The day the page was crawled.
    case crawlDate = "crawl_date"
  }

  /// The sort order.
  public enum Order: String, Sendable, CaseIterable {
    /// Lowest first.
    case ascending = "asc"
    /// Highest first.
    case descending = "desc"
  }

  /// A kind of site.
  public enum Tag: String, Sendable, CaseIterable {
    /// A stock photography site.
    case stock
    /// A collection, such as a museum's or Wikipedia.
    case collection
  }

  /// The image.
  public var image: ImageSource
  /// Maximum number of matches, 1 or more; `nil` for the server's default.
  public var limit: Int?
  /// Number of matches to skip.
  public var offset = 0
  /// The sort key; `nil` for the server's default, ``Sort/score``.
  public var sort: Sort?
  /// The sort order; `nil` for the server's default, ``Order/descending``.
  public var order: Order?
  /// Maximum number of backlinks per match; `nil` for the server's default of 100.
  public var backlinkLimit: Int?
  /// Only matches with one of these tags.
  public var tags: [Tag] = []
  /// Only matches on exactly this host.
  public var domain: String?
  /// Whether to ask for indented JSON.
  public var pretty = false

  /// A search with the server's defaults.
  public init(image: ImageSource) { self.image = image }

  /// A search from a service-independent request, whose parameters are `sort`, `order`, `backlink_limit`, `tags`,
  /// `domain` and `pretty`.
  ///
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` for an unknown parameter or value,
  ///   ``ImageSearchError/Code/unsupported`` for a region, a category or a minimum confidence.
  public init(_ request: SearchRequest) throws {
    self.init(image: request.image)
    guard request.region == nil, request.category == nil, request.minimumConfidence == nil else {
      throw ImageSearchError(.unsupported, "TinEye has no region, no category and no confidence to search by")
    }
    limit = request.limit
    offset = request.offset
    for (name, value) in request.parameters {
      switch name {
      case "sort": sort = try Validation.choice(name, value)
      case "order": order = try Validation.choice(name, value)
      case "backlink_limit": backlinkLimit = try Validation.integer(name, value)
      case "tags": tags = try value.split(separator: ",").map { try Validation.choice(name, String($0)) }
      case "domain": domain = value
      case "pretty": pretty = try Validation.flag(name, value)
      default:
        throw Validation.unknownParameter(
          name, of: "TinEye", known: ["sort", "order", "backlink_limit", "tags", "domain", "pretty"])
      }
    }
  }

  func validate() throws {
    if let limit { try Validation.range("limit", limit, 1...Int(Int32.max)) }
    try Validation.range("offset", offset, 0...Int(Int32.max))
    if let backlinkLimit { try Validation.range("backlink_limit", backlinkLimit, -1...Int(Int32.max)) }
    guard let domain else { return }
    // Signed and sent as it is, so only the characters of host names are allowed.
    let isHost = domain.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 46
    }
    guard isHost, (1...253).contains(domain.utf8.count) else {
      throw Validation.refusal(
        "domain", domain, "a host name of 1 to 253 letters, digits, dots and hyphens (punycode for others)")
    }
  }

  /// Everything except an uploaded image, in the order of the documentation.
  var parameters: [(name: String, value: String)] {
    var list: [(name: String, value: String)] = []
    list.reserveCapacity(9)
    if let url = image.url { list.append(("image_url", url)) }
    if offset != 0 { list.append(("offset", String(offset))) }
    if let limit { list.append(("limit", String(limit))) }
    if let sort { list.append(("sort", sort.rawValue)) }
    if let order { list.append(("order", order.rawValue)) }
    if let backlinkLimit { list.append(("backlink_limit", String(backlinkLimit))) }
    if !tags.isEmpty { list.append(("tags", tags.map(\.rawValue).joined(separator: ","))) }
    if let domain { list.append(("domain", domain)) }
    if pretty { list.append(("pretty", "true")) }
    return list
  }
}
