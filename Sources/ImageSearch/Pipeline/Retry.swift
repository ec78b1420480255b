import Synchronization

/// How often and after what waits a request is repeated. Whether it may be repeated at all depends on the failure: a
/// paid search only if it certainly was not charged, unless ``repeatsUncertainPaidCalls`` is set.
public struct RetryPolicy: Sendable, Hashable {
  /// Maximum number of times that a request is sent, 1–10. Refusals that the client caused by too many concurrent
  /// requests are not counted.
  public var maximumAttempts: Int
  /// Upper bound of the wait before the first repetition, 0 to 1 h; it doubles with every attempt.
  public var baseDelay: Duration
  /// Upper bound of any wait, 0 to 1 h, without what the provider asks for.
  public var maximumDelay: Duration
  /// The longest wait that a provider may ask for, 0 to 24 h. If it asks for a longer one, there is no second attempt,
  /// and later calls do not wait for it.
  public var maximumRetryAfter: Duration
  /// Whether to repeat a paid call that the provider may have charged, at the risk of paying twice.
  public var repeatsUncertainPaidCalls = false

  /// The defaults: 4 attempts, 0.5 s doubling to 20 s, at most 120 s at the provider's request.
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

  /// Returns a wait with full jitter on top of what the provider asks for: without it all clients would return at the
  /// same time.
  ///
  /// - Parameters:
  ///   - attempt: the attempt that failed, from 1.
  ///   - fraction: a random number from 0 up to 1.
  func delay(afterAttempt attempt: Int, retryAfter: Duration?, fraction: Double) -> Duration {
    // Capped before it is raised: 2^attempt never overflows.
    let ceiling = min(maximumDelay, baseDelay * (1 << min(max(attempt, 1) - 1, 20)))
    return (retryAfter ?? .zero) + ceiling * fraction
  }
}

/// The attempts of one request, and the decision whether there is another one. It has no clock and sends nothing.
struct RetryState: Sendable {
  enum Decision: Sendable {
    case again(after: Duration)
    /// - Parameter reason: why there is no other attempt, if the failure itself does not say.
    case giveUp(reason: String?)
  }

  let policy: RetryPolicy
  let isPaid: Bool
  /// Number of requests sent.
  private(set) var sent = 0
  /// Number of refusals that the client caused by its own concurrency.
  private(set) var throttled = 0

  init(_ policy: RetryPolicy, isPaid: Bool) {
    self.policy = policy
    self.isPaid = isPaid
  }

  /// The next attempt, from 1.
  mutating func begin() -> Int {
    sent += 1
    return sent
  }

  /// - Parameters:
  ///   - isThrottled: whether the provider refused the request because of others of this client, see ``RequestLimiter/refused(_:retryAfter:)``.
  ///   - spend: takes a repetition from the budget that all callers share.
  mutating func decide(
    after failure: ProviderFailure, isThrottled: Bool, deadline: Deadline, fraction: Double, spend: () -> Bool
  ) -> Decision {
    switch failure.repetition {
    case .never: return .giveUp(reason: nil)
    case .notCounted: break
    case .mayHaveBeenCounted:
      guard !isPaid || policy.repeatsUncertainPaidCalls else { return .giveUp(reason: nil) }
    }
    if isThrottled { throttled += 1 }
    let attempt = sent - throttled
    guard isThrottled || attempt < policy.maximumAttempts else { return .giveUp(reason: nil) }
    if let asked = failure.error.retryAfter, asked > policy.maximumRetryAfter {
      return .giveUp(
        reason:
          "the provider asks to wait \(Self.seconds(asked)), more than the \(Self.seconds(policy.maximumRetryAfter)) allowed"
      )
    }
    let delay = policy.delay(afterAttempt: attempt, retryAfter: failure.error.retryAfter, fraction: fraction)
    guard deadline.allows(delay) else {
      return .giveUp(reason: "the total timeout comes before another attempt in \(Self.seconds(delay))")
    }
    guard isThrottled || spend() else {
      return .giveUp(
        reason: "not repeated because the client's budget of repetitions is spent; it fills with every response")
    }
    return .again(after: delay)
  }

  private static func seconds(_ time: Duration) -> String {
    let value = time.inSeconds
    return value < 10 ? "\(Double(Int(value * 10)) / 10) s" : "\(Int(min(value, 1e9))) s"
  }
}

/// The repetitions that all callers of a client share, so that a provider in trouble does not get four times as many
/// requests: a repetition costs a token, a response returns a tenth of one.
package final class RetryBudget: Sendable {
  private let capacity: Double
  private let tokens: Mutex<Double>

  package init(capacity: Double = 50) {
    self.capacity = capacity
    tokens = Mutex(capacity)
  }

  /// - Returns: whether a repetition may be made; if so, its token is taken.
  package func spend() -> Bool {
    tokens.withLock { tokens in
      guard tokens >= 1 else { return false }
      tokens -= 1
      return true
    }
  }

  package func refill() {
    tokens.withLock { $0 = min(capacity, $0 + 0.1) }
  }
}

/// The header `Retry-After` (RFC 9110, 10.2.3): seconds, or a date in any form of RFC 9110, 5.6.7.
package enum RetryAfter {
  /// - Returns: how long from `unixTime` on, 0 for a date that has passed, at most ten years; `nil` for anything else.
  package static func parse(_ value: String, unixTime: Double) -> Duration? {
    if !value.isEmpty, value.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) {
      return .seconds(min(Double(value) ?? Duration.tenYears, Duration.tenYears))
    }
    return HTTPDate.parse(value).map {
      .seconds(min(max(0, Double($0) - unixTime), Duration.tenYears))
    }
  }
}
