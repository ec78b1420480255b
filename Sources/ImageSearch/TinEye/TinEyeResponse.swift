/// The answer to a search, with every documented field (reference/tineye.md, section 5).
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
  /// A thumbnail of the matched picture.
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
  /// The pages with the picture.
  public var backlinks: [Backlink] = []

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

// MARK: - Decoding

extension TinEyeStatistics: Decodable {
  private enum Keys: String, CodingKey {
    case timestamp, query_time, total_results, total_filtered_results, total_backlinks, total_collection, total_stock
  }

  /// Every field may be missing, and a number may be text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    timestamp = container.number(.timestamp)
    queryTime = container.number(.query_time)
    totalResults = container.integer(.total_results)
    totalFilteredResults = container.integer(.total_filtered_results)
    totalBacklinks = container.integer(.total_backlinks)
    totalCollection = container.integer(.total_collection)
    totalStock = container.integer(.total_stock)
  }
}

extension TinEyeMatch: Decodable {
  private enum Keys: String, CodingKey {
    case image_url, domain, top_level_domain, score, width, height, size, filesize, format, overlay, query_hash, tags,
      contributor, backlinks
  }

  /// Every field may be missing or null.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    imageURL = container.filledText(.image_url)
    domain = container.filledText(.domain)
    topLevelDomain = container.filledText(.top_level_domain)
    score = container.number(.score)
    width = container.integer(.width)
    height = container.integer(.height)
    size = container.integer(.size)
    fileSize = container.integer(.filesize)
    format = container.filledText(.format)
    overlay = container.filledText(.overlay)
    queryHash = container.filledText(.query_hash)
    tags = container.list(String.self, .tags)
    contributor = container.flag(.contributor)
    backlinks = container.list(TinEyeBacklink.self, .backlinks).map(\.backlink)
  }
}

private struct TinEyeBacklink: Decodable {
  let backlink: Backlink

  private enum Keys: String, CodingKey { case url, backlink, crawl_date }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    backlink = Backlink(
      imageURL: container.filledText(.url), pageURL: container.filledText(.backlink),
      crawlDate: container.filledText(.crawl_date))
  }
}

/// The envelope of every answer. The seed's prose calls the last key `result`, its examples `results`.
struct TinEyeEnvelope<Results: Decodable>: Decodable {
  let statistics: TinEyeStatistics
  let code: Int?
  let messages: [String]
  let results: Results?

  private enum Keys: String, CodingKey { case stats, code, messages, results, result }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    statistics = container.value(TinEyeStatistics.self, .stats) ?? TinEyeStatistics()
    code = container.integer(.code)
    messages = container.list(String.self, .messages)
    results = container.value(Results.self, .results) ?? container.value(Results.self, .result)
  }
}

/// `results` of a search; before 2017 the totals stood here.
struct TinEyeSearchResults: Decodable {
  let matches: [TinEyeMatch]?
  let totalResults: Int?
  let totalBacklinks: Int?

  private enum Keys: String, CodingKey { case matches, total_results, total_backlinks }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    matches = container.contains(.matches) ? container.list(TinEyeMatch.self, .matches) : nil
    totalResults = container.integer(.total_results)
    totalBacklinks = container.integer(.total_backlinks)
  }
}

/// `results` of `remaining_searches`; the prose calls the last date `end_date`, the example `expire_date`.
struct TinEyeBundles: Decodable {
  let quota: Quota?

  private enum Keys: String, CodingKey { case bundles, total_remaining_searches }

  private struct Bundle: Decodable {
    let bundle: Quota.Bundle

    private enum Keys: String, CodingKey { case remaining_searches, start_date, end_date, expire_date }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Keys.self)
      bundle = Quota.Bundle(
        remaining: container.integer(.remaining_searches), start: container.filledText(.start_date),
        end: container.filledText(.expire_date) ?? container.filledText(.end_date))
    }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    let bundles = container.list(Bundle.self, .bundles).map(\.bundle)
    let sum = bundles.reduce(0) { $0.addingReportingOverflow($1.remaining ?? 0).partialValue }
    let isKnown = container.contains(.bundles) || container.contains(.total_remaining_searches)
    quota =
      isKnown
      ? Quota(unit: .searches, remaining: container.integer(.total_remaining_searches) ?? sum, bundles: bundles) : nil
  }
}

/// `results` of `image_count`: a bare number.
struct TinEyeCount: Decodable {
  let count: Int64?

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int64.self) {
      count = number
    } else {
      count = (try? container.decode(String.self)).flatMap { Int64($0) }
    }
  }
}
