import Synchronization

/// Lets requests begin in the order they asked, within ``RequestLimits``: in no window of a minute (second) do more begin than
/// allowed, and never more are under way at once. When the provider complains, the limiter waits and narrows – half as many at
/// once, half as many a second – and widens again one step at a time.
package final class RequestLimiter: Sendable {
  /// One turn in the queue.
  private final class Turn: Sendable {
    // Guarded by the limiter's lock.
    nonisolated(unsafe) var continuation: UnsafeContinuation<Void, any Error>?
    nonisolated(unsafe) var isOver: (any Error)?
    nonisolated(unsafe) var isCalled = false
  }

  private struct State {
    var queue: [Turn] = []
    var active = 0
    /// When the latest requests began, oldest first.
    var starts: [Double] = []
    var concurrent: Int
    var perSecond: Int?
    var successes = 0
    /// Successes since the rate was last changed.
    var rateSuccesses = 0
    var blockedUntil = 0.0
    /// When the limits were last halved.
    var narrowedAt = -Double.infinity
  }

  private let limits: RequestLimits
  private let time: any TimeSource
  private let token: CancellationToken
  private let state: Mutex<State>

  package init(_ limits: RequestLimits, time: any TimeSource, token: CancellationToken = CancellationToken()) {
    self.limits = limits
    self.time = time
    self.token = token
    state = Mutex(State(concurrent: limits.concurrent, perSecond: limits.perSecond))
  }

  /// Waits for the turn. Every return must be followed by ``release()``.
  ///
  /// - Throws: ``ImageSearchError/Code/deadlineExceeded`` as soon as the turn cannot come in time,
  ///   ``ImageSearchError/Code/cancelled``.
  package nonisolated(nonsending) func acquire(deadline: Deadline) async throws {
    if startAtOnce() { return }
    let turn = Turn()
    try await waitForHead(turn, deadline: deadline)
    do {
      while let wait = begin(turn) {
        guard time.now + wait <= deadline.end else { throw Self.late }
        try await token.sleep(.seconds(wait), time)
      }
    } catch {
      leave(turn)
      throw error
    }
  }

  /// How many wait for a place; who has one and waits for the rate is not among them.
  package var waitingCount: Int { state.withLock { $0.queue.count { !$0.isCalled } } }

  /// Ends every wait with ``ImageSearchError/Code/closed``.
  package func close() {
    for turn in state.withLock({ $0.queue }) { end(turn, ImageSearchError(.closed, "the client was closed")) }
  }

  /// The request has ended.
  package func release() {
    state.withLock { state in
      state.active -= 1
      callHead(&state)
    }
  }

  /// The provider asked for fewer requests: half as many at once and a second, none before `retryAfter`.
  ///
  /// - Parameter begun: when the request was sent. One that was under way when the limits were halved says nothing about the new
  ///   ones: ten at once that are refused together are one complaint.
  package func throttled(retryAfter: Duration?, begun: Double = .infinity) {
    state.withLock { state in
      state.blockedUntil = max(state.blockedUntil, time.now + (retryAfter?.inSeconds ?? 1))
      guard begun >= state.narrowedAt else { return }
      state.narrowedAt = time.now
      state.perSecond = state.perSecond.map { max(1, $0 / 2) }
      state.rateSuccesses = 0
      state.concurrent = max(1, state.concurrent / 2)
      state.successes = 0
    }
  }

  /// A request went well; after as many as are allowed at once, one more is, and after ten times as many as are allowed a
  /// second, one more is: trying a rate that was refused costs a refusal, so seldom.
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
      if state.successes >= state.concurrent {
        state.successes = 0
        state.concurrent += 1
        callHead(&state)
      }
    }
  }

  // MARK: - Under the lock

  private func startAtOnce() -> Bool {
    state.withLock { state in
      guard state.queue.isEmpty, state.active < state.concurrent, wait(&state) == 0 else { return false }
      start(&state)
      return true
    }
  }

  private func start(_ state: inout State) {
    state.active += 1
    if limits.perMinute != nil || limits.perSecond != nil { state.starts.append(time.now) }
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

  /// Returns when the turn is the first and a place is free.
  private func waitForHead(_ turn: Turn, deadline: Deadline) async throws {
    state.withLock { state in
      state.queue.append(turn)
      if state.queue.count == 1 { callHead(&state) }
    }
    if state.withLock({ _ in turn.isCalled }) { return }
    let timer = Task(executorPreference: CurrentCall.executor) { [self] in
      try await time.sleep(deadline.remaining)
      end(turn, Self.late)
    }
    defer { timer.cancel() }
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        let result: Result<Void, any Error>? = state.withLock { _ in
          if let error = turn.isOver { return .failure(error) }
          if turn.isCalled { return .success(()) }
          turn.continuation = continuation
          return nil
        }
        if let result { continuation.resume(with: result) }
      }
    } onCancel: {
      end(turn, Self.cancelled)
    }
  }

  /// Starts the request of a turn that was called.
  ///
  /// - Returns: how long the rate makes it wait first.
  private func begin(_ turn: Turn) -> Double? {
    state.withLock { state in
      let wait = wait(&state)
      guard wait == 0 else { return wait }
      start(&state)
      state.queue.removeAll { $0 === turn }
      callHead(&state)
      return nil
    }
  }

  private func leave(_ turn: Turn) {
    state.withLock { state in
      state.queue.removeAll { $0 === turn }
      callHead(&state)
    }
  }

  private func end(_ turn: Turn, _ error: ImageSearchError) {
    let waiting = state.withLock { state -> UnsafeContinuation<Void, any Error>? in
      // A turn that was called answers to its own wait from here on.
      guard !turn.isCalled else { return nil }
      turn.isOver = error
      state.queue.removeAll { $0 === turn }
      callHead(&state)
      defer { turn.continuation = nil }
      return turn.continuation
    }
    waiting?.resume(throwing: error)
  }

  private static let late = ImageSearchError(
    .deadlineExceeded, "the deadline comes before the client's rate or concurrency limit lets the request begin")
  private static let cancelled = ImageSearchError(.cancelled, "the call was cancelled while it waited for its turn")
}
