import Synchronization

/// Admits requests in first-come order within ``RequestLimits``: no more than allowed begin in any window of a minute
/// (second), and no more are in flight. When the provider throttles, the limiter waits and halves concurrency and rate;
/// it raises them again step by step (additive increase, multiplicative decrease), slowly near the level that was
/// refused before.
package final class RequestLimiter: Sendable {
  /// A call in the queue.
  private final class Waiter: Sendable {
    // Guarded by the limiter's lock.
    nonisolated(unsafe) var continuation: UnsafeContinuation<Void, any Error>?
    nonisolated(unsafe) var isOver: (any Error)?
    nonisolated(unsafe) var isCalled = false
  }

  /// Permission to send one request, returned by ``release()``.
  package struct Permit: Sendable {
    /// Generation of the limits under which it was given.
    fileprivate var generation = 0
    /// Number of requests in flight when it began, including itself.
    fileprivate var company = 1
    /// Time spent waiting for it.
    package fileprivate(set) var waited = Duration.zero
  }

  private struct State {
    var queue: [Waiter] = []
    var active = 0
    /// Times at which the latest requests began, oldest first.
    var starts: [Double] = []
    var concurrent: Int
    var perSecond: Int?
    var successes = 0
    /// Successes since the rate was last changed.
    var rateSuccesses = 0
    /// No request begins before this time, which the provider asked for.
    var blockedUntil = 0.0
    /// Number of times the limits were lowered.
    var generation = 0
    /// Number of requests in flight when the provider last throttled.
    var refusedWidth = Int.max
  }

  private let limits: RequestLimits
  private let longestWait: Duration
  private let time: any TimeSource
  private let token: CancellationToken
  private let state: Mutex<State>

  /// - Parameter longestWait: a longer wait that the provider asks for is ignored, so that an absurd number, or one
  ///   meant for another client, does not block this one.
  package init(
    _ limits: RequestLimits, longestWait: Duration = .seconds(120), time: any TimeSource,
    token: CancellationToken = CancellationToken()
  ) {
    self.limits = limits
    self.longestWait = longestWait
    self.time = time
    self.token = token
    state = Mutex(State(concurrent: limits.concurrent, perSecond: limits.perSecond))
  }

  /// Waits for permission. Every return must be followed by ``release()``.
  ///
  /// - Throws: ``ImageSearchError/Code/deadlineExceeded`` as soon as it is certain that permission cannot come in time,
  ///   ``ImageSearchError/Code/cancelled``.
  @discardableResult
  package nonisolated(nonsending) func acquire(deadline: Deadline) async throws -> Permit {
    if let permit = startAtOnce() { return permit }
    let asked = time.now
    let waiter = Waiter()
    try await waitForHead(waiter, deadline: deadline)
    do {
      while true {
        switch begin(waiter) {
        case .begun(var permit):
          permit.waited = .seconds(max(0, time.now - asked))
          return permit
        case .wait(let seconds, let isAsked):
          guard time.now + seconds <= deadline.end else { throw isAsked ? Self.asked(seconds) : Self.late }
          try await token.sleep(.seconds(seconds), time)
        }
      }
    } catch {
      leave(waiter)
      throw error
    }
  }

  /// Number of waiters for a free place, without those that have one and wait for the rate.
  package var waitingCount: Int { state.withLock { $0.queue.count { !$0.isCalled } } }

  /// Ends every wait with ``ImageSearchError/Code/closed``.
  package func close() {
    for waiter in state.withLock({ $0.queue }) { end(waiter, ImageSearchError(.closed, "the client was closed")) }
  }

  /// Returns the permit of a request that has ended.
  package func release() {
    state.withLock { state in
      state.active -= 1
      callHead(&state)
    }
  }

  /// Lowers the limits because the provider asked for fewer requests: half the concurrency and rate, and no request
  /// before `retryAfter`.
  ///
  /// A request that began before the limits were last lowered says nothing about the new ones: ten requests that are
  /// refused together lower them once.
  /// - Parameter permit: that of the request, not yet released.
  /// - Returns: whether the client itself caused the refusal: other requests of it were in flight, or this one began
  ///   under higher limits. Such a refusal does not count as an attempt.
  @discardableResult
  package func refused(_ permit: Permit, retryAfter: Duration?) -> Bool {
    state.withLock { state in
      let wait = retryAfter.flatMap { $0 <= longestWait ? $0.inSeconds : nil } ?? 1
      state.blockedUntil = max(state.blockedUntil, time.now + wait)
      guard permit.generation == state.generation else { return true }
      state.generation += 1
      let company = max(permit.company, state.active)
      state.refusedWidth = company
      state.perSecond = state.perSecond.map { max(1, $0 / 2) }
      state.rateSuccesses = 0
      state.concurrent = max(1, (company > 1 ? min(state.concurrent, company) : state.concurrent) / 2)
      state.successes = 0
      return company > 1
    }
  }

  /// Notes a success. After as many as may be concurrent, one more may be; near the level that was refused last, after
  /// ten times as many, because trying it again costs a refusal. The rate rises as slowly.
  package func succeeded() {
    state.withLock { state in
      if let allowed = limits.perSecond, let perSecond = state.perSecond, perSecond < allowed {
        state.rateSuccesses += 1
        if state.rateSuccesses >= 10 * perSecond {
          state.rateSuccesses = 0
          state.perSecond = perSecond + 1
        }
      }
      guard state.concurrent < limits.concurrent else { return }
      state.successes += 1
      let isTried = state.concurrent + 1 >= state.refusedWidth
      if state.successes >= state.concurrent * (isTried ? 10 : 1) {
        if isTried { state.refusedWidth += 1 }
        state.successes = 0
        state.concurrent += 1
        callHead(&state)
      }
    }
  }

  // MARK: - Under the lock

  private func startAtOnce() -> Permit? {
    state.withLock { state in
      guard state.queue.isEmpty, state.active < state.concurrent, wait(&state) == 0 else { return nil }
      return start(&state)
    }
  }

  private func start(_ state: inout State) -> Permit {
    state.active += 1
    if limits.perMinute != nil || limits.perSecond != nil { state.starts.append(time.now) }
    return Permit(generation: state.generation, company: state.active)
  }

  /// Seconds until the rate allows another start.
  private func wait(_ state: inout State) -> Double {
    let now = time.now
    let kept = state.starts.firstIndex { $0 > now - 60 } ?? state.starts.count
    if kept > 256 || kept == state.starts.count { state.starts.removeFirst(kept) }
    var earliest = state.blockedUntil
    for (count, window) in [(limits.perMinute, 60.0), (state.perSecond, 1.0)] {
      guard let count, state.starts.count >= count else { continue }
      earliest = max(earliest, state.starts[state.starts.count - count] + window)
    }
    return max(0, earliest - now)
  }

  private func callHead(_ state: inout State) {
    guard state.active < state.concurrent, let head = state.queue.first, !head.isCalled else { return }
    head.isCalled = true
    let waiting = head.continuation
    head.continuation = nil
    waiting?.resume()
  }

  // MARK: - The queue

  /// Returns when the waiter is the first and a place is free.
  private func waitForHead(_ waiter: Waiter, deadline: Deadline) async throws {
    state.withLock { state in
      state.queue.append(waiter)
      if state.queue.count == 1 { callHead(&state) }
    }
    if state.withLock({ _ in waiter.isCalled }) { return }
    let timer = Task(executorPreference: CurrentCall.executor) { [self] in
      try await time.sleep(deadline.remaining)
      end(waiter, Self.late)
    }
    defer { timer.cancel() }
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        let result: Result<Void, any Error>? = state.withLock { _ in
          if let error = waiter.isOver { return .failure(error) }
          if waiter.isCalled { return .success(()) }
          waiter.continuation = continuation
          return nil
        }
        if let result { continuation.resume(with: result) }
      }
    } onCancel: {
      end(waiter, Self.cancelled)
    }
  }

  private enum Beginning {
    case begun(Permit)
    /// Seconds until the rate limit allows it, or until the time that the provider asked for.
    case wait(Double, isAsked: Bool)
  }

  /// Starts the request of a waiter that was admitted.
  private func begin(_ waiter: Waiter) -> Beginning {
    state.withLock { state in
      let wait = wait(&state)
      guard wait == 0 else { return .wait(wait, isAsked: state.blockedUntil >= time.now + wait) }
      let permit = start(&state)
      state.queue.removeAll { $0 === waiter }
      callHead(&state)
      return .begun(permit)
    }
  }

  private func leave(_ waiter: Waiter) {
    state.withLock { state in
      state.queue.removeAll { $0 === waiter }
      callHead(&state)
    }
  }

  private func end(_ waiter: Waiter, _ error: ImageSearchError) {
    let waiting = state.withLock { state -> UnsafeContinuation<Void, any Error>? in
      // From here on, a waiter that was admitted is ended by its own wait.
      guard !waiter.isCalled else { return nil }
      waiter.isOver = error
      state.queue.removeAll { $0 === waiter }
      callHead(&state)
      defer { waiter.continuation = nil }
      return waiter.continuation
    }
    waiting?.resume(throwing: error)
  }

  private static let late = ImageSearchError(
    .deadlineExceeded, "the total timeout comes before the client's rate or concurrency limit lets the request begin")
  private static func asked(_ seconds: Double) -> ImageSearchError {
    ImageSearchError(
      .deadlineExceeded,
      "the total timeout comes before the \(Int(seconds.rounded(.up))) s have passed that the provider asked to wait"
    )
  }
  private static let cancelled = ImageSearchError(.cancelled, "the call was cancelled while it waited for its turn")
}
