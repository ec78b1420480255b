/// The answer to a search, with every documented field (docs/sources/tineye.md, section 5).
public struct TinEyeSearchResponse: Sendable {
  /// The matches of this page.
  public var matches: [TinEyeMatch]
  /// Counters and times.
  public var statistics: TinEyeStatistics
  /// The provider's warnings, for instance of a rate that is too high.
  public var messages: [String]
  /// The body as it came.
  public var raw: [UInt8] = []

  /// Matches there are in all under the filters of the request; `nil` when the server does not tell.
  public var total: Int? { statistics.totalFilteredResults ?? statistics.totalResults }
}

/// The part `stats` of an answer.
public struct TinEyeStatistics: Sendable, Hashable {
  /// Seconds since 1970 when the server answered.
  public var timestamp: Double?
  /// How long the server took, in seconds.
  public var queryTime: Double?
  /// Matches without the filters.
  public var totalResults: Int?
  /// Matches under the filters.
  public var totalFilteredResults: Int?
  /// Backlinks of all matches.
  public var totalBacklinks: Int?
  /// Matches in collections.
  public var totalCollection: Int?
  /// Matches on stock photography sites.
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
  /// How little was changed, 0–100.
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
  /// How the query maps to the match, from the overlay's query.
  public var transform: AffineMap?
  /// 40 hexadecimal digits that stand for the query.
  public var queryHash: String?
  /// `stock`, `collection`, or none.
  public var tags: [String] = []
  /// Of answers before 2017.
  public var contributor: Bool?
  /// The pages with the image.
  public var backlinks: [Match.Backlink] = []

  /// The match in the terms that all services share.
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
    timestamp = json.number("timestamp")
    queryTime = json.number("query_time")
    totalResults = json.integer("total_results")
    totalFilteredResults = json.integer("total_filtered_results")
    totalBacklinks = json.integer("total_backlinks")
    totalCollection = json.integer("total_collection")
    totalStock = json.integer("total_stock")
  }
}

extension TinEyeMatch {
  /// Every field may be missing or null.
  init(_ json: JSONValue) {
    imageURL = json.filledText("image_url")
    domain = json.filledText("domain")
    topLevelDomain = json.filledText("top_level_domain")
    score = json.number("score")
    width = json.integer("width")
    height = json.integer("height")
    size = json.integer("size")
    fileSize = json.integer("filesize")
    format = json.filledText("format")
    overlay = json.filledText("overlay")
    queryHash = json.filledText("query_hash")
    tags = json.texts("tags")
    contributor = json.flag("contributor")
    backlinks = json.objects("backlinks") { json in
      Match.Backlink(
        imageURL: json.filledText("url"), pageURL: json.filledText("backlink"), crawlDate: json.filledText("crawl_date")
      )
    }
  }
}

/// The envelope of every answer.
struct TinEyeEnvelope {
  let statistics: TinEyeStatistics
  let code: Int?
  let messages: [String]
  /// What the call asked for. The seed's prose calls the key `result`, its examples `results`.
  let results: JSONValue?
  /// Whether it has the shape of TinEye's own errors, which come from behind everything that stands before the service.
  let isOwn: Bool

  /// `nil` for what is no object.
  init?(_ json: JSONValue) {
    guard json.isObject else { return nil }
    isOwn = json.integer("code") != nil && json.contains("messages")
    statistics = json.object("stats").map(TinEyeStatistics.init) ?? TinEyeStatistics()
    code = json.integer("code")
    messages = json.texts("messages")
    results = json.value("results") ?? json.value("result")
  }
}

/// `results` of a search; before 2017 the totals stood here.
struct TinEyeSearchResults {
  let matches: [TinEyeMatch]?
  let totalResults: Int?
  let totalBacklinks: Int?

  init(_ json: JSONValue) {
    // What is there and no list is not the same as no match.
    let found = json.member("matches")
    let isReadable = found.map { $0.isList || $0.isNull } ?? false
    matches = isReadable ? json.objects("matches", TinEyeMatch.init) : nil
    totalResults = json.integer("total_results")
    totalBacklinks = json.integer("total_backlinks")
  }
}

extension Quota {
  /// `results` of `remaining_searches`; the prose calls the last date `end_date`, the example `expire_date`.
  init?(tinEye json: JSONValue) {
    guard json.contains("bundles") || json.contains("total_remaining_searches") else { return nil }
    let bundles = json.objects("bundles") { json in
      Quota.Bundle(
        remaining: json.integer("remaining_searches"), start: json.filledText("start_date"),
        end: json.filledText("expire_date") ?? json.filledText("end_date"))
    }
    let sum = bundles.reduce(0) { $0.addingReportingOverflow($1.remaining ?? 0).partialValue }
    self.init(unit: .searches, remaining: json.integer("total_remaining_searches") ?? sum, bundles: bundles)
  }
}
