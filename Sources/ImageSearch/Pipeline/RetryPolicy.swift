/// How often and after what waits a request is repeated. Whether it may be repeated at all is decided by what happened: a paid
/// search only when it certainly was not counted, unless ``repeatsUncertainPaidCalls`` says otherwise.
public struct RetryPolicy: Sendable, Hashable {
  /// How often a request is sent at most, 1–10.
  public var maximumAttempts: Int
  /// Upper bound of the first wait, 0 to 1 h; it doubles with every attempt.
  public var baseDelay: Duration
  /// Upper bound of any wait, 0 to 1 h, before what the provider asks for is added.
  public var maximumDelay: Duration
  /// The longest wait that a provider may ask for, 0 to 24 h; a longer one is an error at once.
  public var maximumRetryAfter: Duration
  /// Repeat a paid call too when the provider may have counted it: an answer is then worth a second price to the caller.
  public var repeatsUncertainPaidCalls = false

  /// The defaults: 4 attempts, 0.5 s doubling to 20 s, at most 120 s on the provider's word.
  public init(
    maximumAttempts: Int = 4, baseDelay: Duration = .milliseconds(500), maximumDelay: Duration = .seconds(20),
    maximumRetryAfter: Duration = .seconds(120)
  ) {
    self.maximumAttempts = maximumAttempts
    self.baseDelay = baseDelay
    self.maximumDelay = maximumDelay
    self.maximumRetryAfter = maximumRetryAfter
  }

  func validate() throws {
    try Validation.range("maximum attempts", maximumAttempts, 1...10)
    try Validation.range("base delay in seconds", baseDelay.inSeconds, 0...3600)
    try Validation.range("maximum delay in seconds", maximumDelay.inSeconds, 0...3600)
    try Validation.range("maximum retry-after in seconds", maximumRetryAfter.inSeconds, 0...86_400)
  }

  /// Full jitter on top of what the provider asks for: without it everybody comes back at the same moment.
  ///
  /// - Parameters:
  ///   - attempt: the attempt that failed, from 1.
  ///   - fraction: a random number from 0 up to 1.
  func delay(afterAttempt attempt: Int, retryAfter: Duration?, fraction: Double) -> Duration {
    // Capped before it is raised: 2^attempt never overflows.
    let ceiling = min(maximumDelay, baseDelay * (1 << min(attempt - 1, 20)))
    return (retryAfter ?? .zero) + ceiling * fraction
  }
}
