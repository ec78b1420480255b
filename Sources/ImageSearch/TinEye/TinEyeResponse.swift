/// The response to a search, with every documented field (docs/sources/tineye.md, section 5).
public struct TinEyeSearchResponse: Sendable {
  /// The matches of this page.
  public var matches: [TinEyeMatch]
  /// Counters and times.
  public var statistics: TinEyeStatistics
  /// The provider's warnings, for instance that the rate is too high.
  public var messages: [String]
  /// The body as received.
  public var raw: [UInt8] = []

  /// Total number of matches that pass the request's filters; `nil` when the server does not say.
  public var total: Int? { statistics.totalFilteredResults ?? statistics.totalResults }
}

/// The part `stats` of a response.
public struct TinEyeStatistics: Sendable, Hashable {
  /// Time of the response, in seconds since 1970.
  public var timestamp: Double?
  /// Time that the server took, in seconds.
  public var queryTime: Double?
  /// Number of matches without the filters.
  public var totalResults: Int?
  /// Number of matches that pass the filters.
  public var totalFilteredResults: Int?
  /// Number of backlinks of all matches.
  public var totalBacklinks: Int?
  /// Number of matches in collections.
  public var totalCollection: Int?
  /// Number of matches on stock photography sites.
  public var totalStock: Int?
}

/// One match.
public struct TinEyeMatch: Sendable, Hashable {
  /// A thumbnail of the matched image.
  public var imageURL: String?
  /// The site.
  public var domain: String?
  /// The site's top-level domain.
  public var topLevelDomain: String?
  /// How little the image was changed, 0–100.
  public var score: Double?
  /// Width in pixels.
  public var width: Int?
  /// Height in pixels.
  public var height: Int?
  /// Area in pixels.
  public var size: Int?
  /// Size of the file in bytes; TinEye's own example shows the area here.
  public var fileSize: Int?
  /// For instance `"JPEG"`.
  public var format: String?
  /// The overlay as the provider sends it, relative to the API's address.
  public var overlay: String?
  /// The absolute URL of the overlay.
  public var overlayURL: String?
  /// The map from the query to the match, from the overlay's query.
  public var transform: AffineMap?
  /// Hash of the query, 40 hexadecimal digits.
  public var queryHash: String?
  /// `stock`, `collection`, or none.
  public var tags: [String] = []
  /// Only in responses before 2017.
  public var contributor: Bool?
  /// The pages with the image.
  public var backlinks: [Match.Backlink] = []

  /// The match in terms that all services share.
  public var common: Match {
    var match = Match()
    match.score = score
    match.imageURL = imageURL
    match.pageURL = backlinks.first?.pageURL
    match.domain = domain
    match.width = width
    match.height = height
    match.fileSize = fileSize
    match.format = format
    match.backlinks = backlinks
    match.tags = tags
    match.overlayURL = overlayURL
    match.transform = transform
    match.isMirrored = transform.map { $0.determinant < 0 }
    return match
  }
}

// MARK: - Reading

extension TinEyeStatistics {
  /// Every field may be missing, and a number may be text.
  init(_ json: JSONValue) {
    timestamp = json["timestamp"].number
    queryTime = json["query_time"].number
    totalResults = json["total_results"].integer
    totalFilteredResults = json["total_filtered_results"].integer
    totalBacklinks = json["total_backlinks"].integer
    totalCollection = json["total_collection"].integer
    totalStock = json["total_stock"].integer
  }
}

extension TinEyeMatch {
  /// Every field may be missing or null.
  init(_ json: JSONValue) {
    imageURL = json["image_url"].filledText
    domain = json["domain"].filledText
    topLevelDomain = json["top_level_domain"].filledText
    score = json["score"].number
    width = json["width"].integer
    height = json["height"].integer
    size = json["size"].integer
    fileSize = json["filesize"].integer
    format = json["format"].filledText
    overlay = json["overlay"].filledText
    queryHash = json["query_hash"].filledText
    tags = json["tags"].texts
    contributor = json["contributor"].flag
    backlinks = json["backlinks"].objects { json in
      Match.Backlink(
        imageURL: json["url"].filledText, pageURL: json["backlink"].filledText, crawlDate: json["crawl_date"].filledText
      )
    }
  }
}

extension TinEyeSearchResponse {
  /// Reads the response to a search from its envelope.
  static func read(
    _ envelope: TinEyeEnvelope, _ response: TransportResponse, base: WebAddress
  ) -> Result<TinEyeSearchResponse, ProviderFailure> {
    guard let results = envelope.results.map(TinEyeSearchResults.init), var matches = results.matches else {
      return .failure(ResponseFailure.missing("results.matches", response))
    }
    for i in matches.indices { matches[i].resolveOverlay(base: base) }
    var statistics = envelope.statistics
    statistics.totalResults = statistics.totalResults ?? results.totalResults
    statistics.totalBacklinks = statistics.totalBacklinks ?? results.totalBacklinks
    return .success(
      TinEyeSearchResponse(matches: matches, statistics: statistics, messages: envelope.messages, raw: response.body))
  }
}

/// The envelope of every response.
struct TinEyeEnvelope {
  let statistics: TinEyeStatistics
  let code: Int?
  let messages: [String]
  /// The result of the call. The text of TinEye's documentation calls the key `result`, its examples `results`.
  let results: JSONValue?

  /// Whether TinEye itself sent it: every response of TinEye has `code` and `messages`, and no gateway's has.
  let isOwn: Bool

  /// `nil` if it is not an object.
  init?(_ json: JSONValue) {
    guard json.isObject else { return nil }
    isOwn = json["code"].integer != nil && json["messages"].exists
    statistics = json["stats"].object.map(TinEyeStatistics.init) ?? TinEyeStatistics()
    code = json["code"].integer
    messages = json["messages"].texts
    results = json["results"].present ?? json["result"].present
  }
}

/// `results` of a search, which contained the totals before 2017.
struct TinEyeSearchResults {
  let matches: [TinEyeMatch]?
  let totalResults: Int?
  let totalBacklinks: Int?

  init(_ json: JSONValue) {
    // A value that is not a list does not mean that there is no match.
    let found = json["matches"]
    matches = found.isList || found.isNull ? found.objects(TinEyeMatch.init) : nil
    totalResults = json["total_results"].integer
    totalBacklinks = json["total_backlinks"].integer
  }
}

extension Quota {
  /// `results` of `remaining_searches`; TinEye's text calls the last date `end_date`, its example `expire_date`.
  init?(tinEye json: JSONValue) {
    guard json["bundles"].exists || json["total_remaining_searches"].exists else { return nil }
    let bundles = json["bundles"].objects { json in
      Quota.Bundle(
        remaining: json["remaining_searches"].integer, start: json["start_date"].filledText,
        end: json["expire_date"].filledText ?? json["end_date"].filledText)
    }
    let sum = bundles.reduce(0) { $0.addingReportingOverflow($1.remaining ?? 0).partialValue }
    self.init(unit: .searches, remaining: json["total_remaining_searches"].integer ?? sum, bundles: bundles)
  }
}

// MARK: - Overlays

/// The overlay of a match: a relative URL whose query holds the affine matrix, its parameters in any order
/// (docs/sources/tineye.md, section 5).
extension TinEyeMatch {
  /// Fills in ``overlayURL`` and ``transform``.
  mutating func resolveOverlay(base: WebAddress) {
    guard let overlay else { return }
    if overlay.hasPrefix("https://") || overlay.hasPrefix("http://") {
      overlayURL = overlay
    } else if overlay.hasPrefix("/") {
      overlayURL = base.origin + overlay
    } else {
      overlayURL = "\(base.text)/\(overlay)"
    }
    transform = Self.matrix(inQueryOf: overlay)
  }

  /// The matrix in the query of an overlay's URL; `nil` unless all six numbers are there and finite. Works on bytes
  /// instead of characters: finding character boundaries in a hundred overlays takes longer than reading the whole
  /// response.
  static func matrix(inQueryOf url: String) -> AffineMap? {
    var url = url
    return url.withUTF8 { bytes in
      guard let mark = bytes.firstIndex(of: UInt8(ascii: "?")) else { return nil }
      var entries = [Double?](repeating: nil, count: 6)
      var start = mark + 1
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "&")) ?? bytes.count
        // `m11=` to `m23=` and at least a digit.
        if end - start > 4, bytes[start] == UInt8(ascii: "m"), bytes[start + 3] == UInt8(ascii: "="),
          let index = index(row: bytes[start + 1], column: bytes[start + 2]),
          let value = Double(String(decoding: bytes[start + 4..<end], as: UTF8.self)), value.isFinite
        {
          entries[index] = value
        }
        start = end + 1
      }
      guard let m11 = entries[0], let m12 = entries[1], let m13 = entries[2], let m21 = entries[3],
        let m22 = entries[4], let m23 = entries[5]
      else { return nil }
      return AffineMap(m11: m11, m12: m12, m13: m13, m21: m21, m22: m22, m23: m23)
    }
  }

  /// The row-major index of an entry, from its two digits.
  private static func index(row: UInt8, column: UInt8) -> Int? {
    let row = Int(row) - Int(UInt8(ascii: "1"))
    let column = Int(column) - Int(UInt8(ascii: "1"))
    return (0..<2).contains(row) && (0..<3).contains(column) ? 3 * row + column : nil
  }
}
