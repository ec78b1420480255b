/// Configuration of a client of a web service, the same for every service.
public struct ClientConfiguration: Sendable {
  /// Time to establish a connection, including name lookup and TLS, 1 ms to 24 h; default 15 s.
  public var connectTimeout: Duration = .seconds(15)
  /// Time for one attempt, 1 ms to 24 h; default 60 s.
  public var attemptTimeout: Duration = .seconds(60)
  /// Time for a whole call, including waits and retries, 1 ms to 24 h; default 180 s.
  public var totalTimeout: Duration = .seconds(180)
  /// When and how often a request is repeated.
  public var retry = RetryPolicy()
  /// Limits on rate and concurrency; `nil` for the service's own.
  public var limits: RequestLimits?
  /// How the provider is reached.
  public var transport = TransportConfiguration()
  /// Sends the requests instead of libcurl, whose settings in ``transport`` are then ignored; `nil` for libcurl. Also
  /// fetches images from the web.
  public var customTransport: (any HTTPTransport)?
  /// The lowest level that ``logHandler`` is called for.
  public var logLevel: LogEvent.Level = .info
  /// Receives the log; `nil` for none.
  public var logHandler: LogHandler?
  /// Maximum number of paid calls of this client in all; `nil` for no cap.
  public var maximumPaidCalls: Int?
  /// Whether images behind a URL that are fetched here may come from private and loopback addresses.
  public var allowsPrivateAddresses = false
  /// Writes every exchange with the provider to files, or takes the responses from such files; `nil` for neither.
  public var recording: ExchangeRecording?

  /// The defaults.
  public init() {}

  package func validate() throws {
    try Validation.timeout("connect timeout", connectTimeout)
    try Validation.timeout("attempt timeout", attemptTimeout)
    try Validation.timeout("total timeout", totalTimeout)
    try retry.validate()
    try limits?.validate()
    try Validation.noControlCharacters("user agent", transport.userAgent)
    if let maximumPaidCalls { try Validation.range("maximum paid calls", maximumPaidCalls, 0...Int.max) }
  }
}

/// Limits on the requests of a client, shared by all its callers.
public struct RequestLimits: Sendable, Hashable {
  /// Maximum number of concurrent requests, 1–1000. A client adapts to a provider that accepts fewer: a request that is
  /// refused because of the client's own concurrency is sent again and does not count as an attempt.
  public var concurrent: Int
  /// Maximum number of requests that begin in any 60 seconds, 1–1 000 000; `nil` for no limit.
  public var perMinute: Int?
  /// Maximum number of requests that begin in any second, 1–100 000; `nil` for no limit.
  public var perSecond: Int?

  /// Limits; a value out of range is an error when the client is opened.
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

/// Time limits of one attempt.
public struct AttemptTimeouts: Sendable, Hashable {
  /// Time to establish a connection, including name lookup and TLS; more than 0.
  public var connect: Duration
  /// Time from the beginning to the last byte of the response; more than 0.
  public var total: Duration

  /// Time limits.
  public init(connect: Duration, total: Duration) {
    self.connect = connect
    self.total = total
  }
}
