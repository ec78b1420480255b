import Dispatch
import Synchronization

/// Runs calls on the thread that blocks in a function of the header, or on the library's own; see `CallExecutor`.
package final class CallLoop: CallExecutor {
  private final class Sleep: Sendable {
    let end: ContinuousClock.Instant
    // Guarded by the loop's lock.
    nonisolated(unsafe) var continuation: UnsafeContinuation<Void, any Error>?
    nonisolated(unsafe) var isCancelled = false

    init(until end: ContinuousClock.Instant) { self.end = end }
  }

  private struct State {
    var jobs: [UnownedJob] = []
    var sleeps: [Sleep] = []
    /// The earliest end of a sleep that a worker waits for; `nil` when none does.
    var watched: ContinuousClock.Instant?
    var isClosed = false
  }

  private let state = Mutex(State())
  /// Signalled once per job, and when a sleep begins that ends before all others.
  private let wakeUp = DispatchSemaphore(value: 0)

  package init() {}

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isClosed = state.withLock { state in
      if !state.isClosed { state.jobs.append(job) }
      return state.isClosed
    }
    guard isClosed else {
      wakeUp.signal()
      return
    }
    // A remainder of a call that has ended, for instance a timer that it cancelled; nothing waits for it.
    DispatchQueue.global().async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }

  /// Makes ``work(until:every:_:)`` check whether it is done.
  package func wake() { wakeUp.signal() }

  /// Works on the calling thread.
  ///
  /// - Parameters:
  ///   - isDone: evaluated after every job and every ``wake()``.
  ///   - interval: longest time between calls of `tick`; `nil` for none.
  package func work(until isDone: () -> Bool, every interval: Duration? = nil, _ tick: () -> Void = {}) {
    var nextTick = interval.map { ContinuousClock.now + $0 }
    while !isDone() {
      let firstSleep = state.withLock { state -> ContinuousClock.Instant? in
        // A signal for a new first sleep wakes any worker, which then watches it, even if another watches a later one.
        guard let first = state.sleeps.map(\.end).min(), state.watched.map({ first < $0 }) ?? true else { return nil }
        state.watched = first
        return first
      }
      let result = wakeUp.wait(timeout: Self.time(of: [firstSleep, nextTick].compactMap(\.self).min()))
      let (job, ended) = state.withLock { state in take(&state, watching: firstSleep, result == .success) }
      for sleep in ended { sleep.resume() }
      job?.runSynchronously(on: asUnownedTaskExecutor())
      if let interval, let next = nextTick, ContinuousClock.now >= next {
        tick()
        nextTick = ContinuousClock.now + interval
      }
    }
  }

  /// Ends the work; remaining and later jobs run on Swift's pool.
  package func close() {
    let (jobs, sleeps) = state.withLock { state in
      defer {
        state.jobs = []
        state.sleeps = []
      }
      state.isClosed = true
      let sleeps = state.sleeps.map { sleep in
        defer { sleep.continuation = nil }
        return (sleep.end, sleep.continuation)
      }
      return (state.jobs, sleeps)
    }
    for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
    for (end, continuation) in sleeps {
      Task.detached {
        try? await Task.sleep(until: end)
        continuation?.resume()
      }
    }
  }

  /// Waits without blocking a thread.
  ///
  /// - Throws: `CancellationError` when the task is cancelled.
  package func sleep(for time: Duration) async throws {
    let sleep = Sleep(until: .now + time)
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Void, any Error>) in
        let result = state.withLock { state -> Result<Void, any Error>? in
          if sleep.isCancelled || state.isClosed { return .failure(CancellationError()) }
          sleep.continuation = continuation
          if state.sleeps.allSatisfy({ $0.end > sleep.end }) { wakeUp.signal() }
          state.sleeps.append(sleep)
          return nil
        }
        if let result { continuation.resume(with: result) }
      }
    } onCancel: {
      let continuation = state.withLock { state -> UnsafeContinuation<Void, any Error>? in
        defer { sleep.continuation = nil }
        sleep.isCancelled = true
        state.sleeps.removeAll { $0 === sleep }
        return sleep.continuation
      }
      continuation?.resume(throwing: CancellationError())
    }
  }

  /// - Parameters:
  ///   - end: the end of the sleep that the worker waited for, if any.
  ///   - isWoken: whether the worker took a signal; after a timeout, the jobs are left to the workers that did.
  private func take(
    _ state: inout State, watching end: ContinuousClock.Instant?, _ isWoken: Bool
  ) -> (job: UnownedJob?, ended: [UnsafeContinuation<Void, any Error>]) {
    if let end, state.watched == end { state.watched = nil }
    let now = ContinuousClock.now
    var ended: [UnsafeContinuation<Void, any Error>] = []
    state.sleeps.removeAll { sleep in
      guard sleep.end <= now else { return false }
      if let continuation = sleep.continuation { ended.append(continuation) }
      sleep.continuation = nil
      return true
    }
    guard isWoken, !state.jobs.isEmpty else { return (nil, ended) }
    let job = state.jobs.removeFirst()
    // This worker is busy from here on; another one must watch the clock.
    if end != nil, !state.sleeps.isEmpty { wakeUp.signal() }
    return (job, ended)
  }

  private static func time(of end: ContinuousClock.Instant?) -> DispatchTime {
    guard let end else { return .distantFuture }
    let (seconds, attoseconds) = (end - .now).components
    guard seconds < 1_000_000_000 else { return .distantFuture }
    return .now() + .nanoseconds(max(0, Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)))
  }
}

/// The library's threads for background calls and for the command, one pool for the process.
package enum CallThreads {
  private static let started = Mutex<CallLoop?>(nil)

  /// Starts the threads, unless they run already.
  ///
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when no thread can be created.
  package static func start() throws { _ = try executor() }

  /// The executor, whose threads start with the first client.
  ///
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when no thread can be created.
  package static func executor() throws -> CallLoop {
    try started.withLock { started in
      if let started { return started }
      let executor = CallLoop()
      try SystemThread.start(name: "imagesearch-run") { executor.work(until: { false }) }
      // One thread is sufficient.
      for _ in 1..<4 { try? SystemThread.start(name: "imagesearch-run") { executor.work(until: { false }) } }
      started = executor
      return executor
    }
  }
}
