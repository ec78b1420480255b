/// How a client of a service on the web behaves; the same for every service.
public struct ClientConfiguration: Sendable {
  /// For a connection to stand, name lookup and TLS included, 1 ms to 24 h; default 15 s.
  public var connectTimeout: Duration = .seconds(15)
  /// For one attempt, 1 ms to 24 h; default 60 s.
  public var attemptTimeout: Duration = .seconds(60)
  /// For a whole call with all waits and retries, 1 ms to 24 h; default 180 s.
  public var totalTimeout: Duration = .seconds(180)
  /// When and how often a request is repeated.
  public var retry = RetryPolicy()
  /// How fast requests are made; `nil` takes the service's own limits.
  public var limits: RequestLimits?
  /// How the provider is reached.
  public var transport = TransportConfiguration()
  /// Sends the requests in place of libcurl, whose settings in ``transport`` then mean nothing; `nil` takes libcurl. Images that
  /// are fetched from the web go through it too.
  public var customTransport: (any HTTPTransport)?
  /// The least level that ``logHandler`` is called for.
  public var logLevel: LogEvent.Level = .info
  /// Receives the log; `nil` is silence.
  public var logHandler: LogHandler?
  /// Paid calls that the client may make in its life; `nil` is no cap.
  public var maximumPaidCalls: Int?
  /// Fetch images from private and loopback addresses too, where an image behind a URL is fetched here.
  public var allowsPrivateAddresses = false
  /// Write every exchange with the provider into files, or answer from such files; `nil` does neither.
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

/// How fast a client may ask its provider; shared by all callers of the client.
public struct RequestLimits: Sendable, Hashable {
  /// Requests under way at once, 1–1000. A client that asks for more than its provider takes narrows by itself: what is refused
  /// because of the client's own crowd is asked again, and is no attempt.
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

/// Time limits of one attempt.
public struct AttemptTimeouts: Sendable, Hashable {
  /// For a connection to stand, name lookup and TLS included; more than 0.
  public var connect: Duration
  /// From the beginning to the last byte of the response; more than 0.
  public var total: Duration

  /// Time limits.
  public init(connect: Duration, total: Duration) {
    self.connect = connect
    self.total = total
  }
}
