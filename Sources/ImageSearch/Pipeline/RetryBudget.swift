import Synchronization

/// What all callers of a client may spend on repetitions together, so that a provider in trouble is not asked four times as
/// often: a repetition costs a token, an answer brings back a tenth.
package final class RetryBudget: Sendable {
  private let capacity: Double
  private let tokens: Mutex<Double>

  package init(capacity: Double = 50) {
    self.capacity = capacity
    tokens = Mutex(capacity)
  }

  /// - Returns: whether a repetition may be made; it is paid for then.
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
