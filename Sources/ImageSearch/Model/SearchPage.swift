/// One page of answers, best first. No match is an empty page, never an error.
public struct SearchPage: Sendable {
  /// The service that answered.
  public var service: String
  /// The matches of this page.
  public var matches: [Match]
  /// How many matches there are in all; `nil` when the service does not tell.
  public var total: Int?
  /// The position of the first match of this page, from 0.
  public var offset: Int
  /// The offset of the page that follows: how far the service has counted, matches left out by a minimum score included.
  public var nextOffset: Int
  /// Whether another page may follow.
  public var hasMore: Bool
  /// The provider's warnings, for instance of a rate that is too high.
  public var warnings: [String]
  /// What is left, where the provider tells with an answer.
  public var quota: Quota?
  /// The provider's identifier of the request.
  public var requestID: String?
  /// The body of the answer as it came.
  public var raw: [UInt8]

  /// A page.
  public init(
    service: String, matches: [Match], total: Int?, offset: Int, nextOffset: Int? = nil, hasMore: Bool,
    warnings: [String] = [],
    quota: Quota? = nil, requestID: String? = nil, raw: [UInt8] = []
  ) {
    self.service = service
    self.matches = matches
    self.total = total
    self.offset = offset
    self.nextOffset = nextOffset ?? offset + matches.count
    self.hasMore = hasMore
    self.warnings = warnings
    self.quota = quota
    self.requestID = requestID
    self.raw = raw
  }
}
