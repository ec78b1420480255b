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
