import Synchronization

/// Limits and budgets of hosts that are not the provider's, each of which throttles only itself.
final class HostLimiters: Sendable {
  struct Entry: Sendable {
    let limiter: RequestLimiter
    let budget = RetryBudget(capacity: 10)
  }

  private struct State {
    var entries: [String: Entry] = [:]
    /// The latest host last.
    var order: [String] = []
  }

  private static let capacity = 256
  private static let limits = RequestLimits(concurrent: 8)

  private let longestWait: Duration
  private let time: any TimeSource
  private let token: CancellationToken
  private let state = Mutex(State())

  init(longestWait: Duration, time: any TimeSource, token: CancellationToken) {
    self.longestWait = longestWait
    self.time = time
    self.token = token
  }

  func limiter(_ host: String) -> Entry {
    state.withLock { state in
      if let entry = state.entries[host] { return entry }
      let entry = Entry(
        limiter: RequestLimiter(Self.limits, longestWait: longestWait, time: time, token: token))
      state.entries[host] = entry
      state.order.append(host)
      // A call that still holds a forgotten one keeps using it.
      if state.order.count > Self.capacity { state.entries[state.order.removeFirst()] = nil }
      return entry
    }
  }

  func close() { for entry in state.withLock({ Array($0.entries.values) }) { entry.limiter.close() } }
}
