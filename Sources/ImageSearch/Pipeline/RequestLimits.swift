/// How fast a client may ask its provider; shared by all callers of the client.
public struct RequestLimits: Sendable, Hashable {
  /// Requests under way at once, 1–1000.
  public var concurrent: Int
  /// Requests that may begin in any 60 seconds, 1–1 000 000; `nil` is no limit.
  public var perMinute: Int?
  /// Requests that may begin in any second, 1–100 000; `nil` is no limit.
  public var perSecond: Int?

  /// Limits; what is out of range is an error when the client is opened.
  public init(concurrent: Int, perMinute: Int? = nil, perSecond: Int? = nil) {
    self.concurrent = concurrent
    self.perMinute = perMinute
    self.perSecond = perSecond
  }

  func validate() throws {
    try Validation.range("concurrent requests", concurrent, 1...1000)
    if let perMinute { try Validation.range("requests per minute", perMinute, 1...1_000_000) }
    if let perSecond { try Validation.range("requests per second", perSecond, 1...100_000) }
  }
}
