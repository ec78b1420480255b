import ImageCodecs
import ImageSearch
import Synchronization

/// Threads for blocking work (decoding, SQLite, reading files), which must not run on Swift's cooperative threads.
///
/// The threads are created with the queue and end when it is closed. Searches overtake waiting bulk work. A call whose
/// control is interrupted returns at once; its work ends at its next check, or when the codec or the system call
/// returns, and occupies its thread until then.
final class WorkQueue: @unchecked Sendable {
  enum Priority { case interactive, bulk }

  // Everything below is guarded by `gate`.
  private let gate = Gate()
  private var interactive: [any WorkJob] = []
  private var bulk: [any WorkJob] = []
  private var running: [ObjectIdentifier: any WorkJob] = [:]
  private var closed = false
  private let threads: Int

  /// - Parameters:
  ///   - threads: number of threads, at least 1.
  ///   - name: the name of the threads.
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when no thread can be created.
  init(threads: Int, name: String) throws {
    self.threads = max(1, threads)
    do {
      for _ in 0..<max(1, threads) { try SystemThread.start(name: name) { self.work() } }
    } catch {
      close()
      throw ImageSearchError.local(.outOfMemory, error.message)
    }
  }

  /// Runs blocking work on a thread of the queue.
  ///
  /// - Throws: what `body` throws, and what interrupts the call: ``ImageSearchError/Code/cancelled`` when the task is,
  ///   ``ImageSearchError/Code/deadlineExceeded``, ``ImageSearchError/Code/closed``.
  func run<Value: Sendable>(
    _ priority: Priority = .interactive, control: CallControl, _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await commit(priority, control: control) { _ in try body() }
  }

  /// Runs blocking work with a commit point, after which interrupting the call has no effect; `body` announces it.
  ///
  /// - Throws: as ``run(_:control:_:)``.
  func commit<Value: Sendable>(
    _ priority: Priority = .interactive, control: CallControl,
    _ body: @escaping @Sendable (any Commitment) throws -> Value
  ) async throws -> Value {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
        submit(Job(control, body) { continuation.resume(with: $0) }, priority)
      }
    } onCancel: {
      control.cancel()
    }
  }

  /// Runs blocking work; blocks the calling thread until it ends.
  ///
  /// - Throws: as ``run(_:control:_:)``.
  func wait<Value: Sendable>(control: CallControl, _ body: @escaping @Sendable () throws -> Value) throws -> Value {
    let gate = Gate()
    let result = Mutex<Result<Value, any Error>?>(nil)
    submit(
      Job(control, { _ in try body() }) { ended in
        gate.with {
          result.withLock { $0 = ended }
          gate.signalAll()
        }
      }, .interactive)
    return try gate.with {
      while true {
        if let ended = result.withLock({ $0 }) { return try ended.get() }
        gate.wait()
      }
    }
  }

  /// Runs the parts of a job on this thread and on idle threads of the queue.
  ///
  /// - Parameter part: called once with each number below `count`, in any order.
  func spread(_ count: Int, _ part: @escaping @Sendable (Int) -> Void) {
    let parts = Parts(count, part)
    let idle = gate.with { closed ? 0 : threads - running.count - interactive.count - bulk.count }
    for _ in 0..<max(0, min(idle, count - 1)) {
      submit(Job(CallControl(), { _ in parts.work() }) { _ in }, .interactive)
    }
    parts.work()
    parts.wait()
  }

  /// Starts work without waiting for it; dropped when the queue is closed.
  func start(_ body: @escaping @Sendable () -> Void) {
    submit(Job(CallControl(), { _ in body() }) { _ in }, .bulk)
  }

  /// Ends every call with ``ImageSearchError/Code/closed``; does not wait for running or committing work.
  func close() {
    let jobs = gate.with {
      closed = true
      defer { (interactive, bulk) = ([], []) }
      gate.signalAll()
      return interactive + bulk + running.values
    }
    for job in jobs { job.end(Self.closedError) }
  }

  private func submit(_ job: some WorkJob, _ priority: Priority) {
    job.watch()
    let isTaken = gate.with {
      guard !closed else { return false }
      switch priority {
      case .interactive: interactive.append(job)
      case .bulk: bulk.append(job)
      }
      gate.signal()
      return true
    }
    if !isTaken { job.end(Self.closedError) }
  }

  private func work() {
    while let job = next() {
      job.run()
      gate.with { _ = running.removeValue(forKey: ObjectIdentifier(job)) }
      if !hasWork(within: Self.idleTime) { FreedMemory.release(always: false) }
    }
    // Otherwise a program that opens one index after the other would accumulate a pool of freed memory per thread.
    FreedMemory.release()
  }

  /// How long a thread is idle before it returns freed memory to the system: the next image would need it again, which took a fifth of
  /// the time of adding one of 12 megapixels.
  private static var idleTime: Duration { .milliseconds(100) }

  /// Waits at most that long for work or for the end of the queue, and may return early.
  private func hasWork(within time: Duration) -> Bool {
    gate.with {
      let isIdle = { [self] in interactive.isEmpty && bulk.isEmpty && !closed }
      if isIdle() { gate.wait(time) }
      return !isIdle()
    }
  }

  /// - Returns: `nil` when the queue is closed.
  private func next() -> (any WorkJob)? {
    gate.with {
      while interactive.isEmpty, bulk.isEmpty {
        if closed { return nil }
        gate.wait()
      }
      let job = interactive.isEmpty ? bulk.removeFirst() : interactive.removeFirst()
      running[ObjectIdentifier(job)] = job
      return job
    }
  }

  private static var closedError: ImageSearchError { ImageSearchError.local(.closed, "The index was closed") }
}

/// Work that several threads take part in.
private final class Parts: Sendable {
  private let count: Int
  /// `nil` when all parts have ended: otherwise a late thread could be the last to release the parts' data, after the
  /// owner has returned its memory to the system.
  private let part: Mutex<(@Sendable (Int) -> Void)?>
  private let gate = Gate()
  private let next = Atomic<Int>(0)
  private let ended = Atomic<Int>(0)

  init(_ count: Int, _ part: @escaping @Sendable (Int) -> Void) {
    self.count = count
    self.part = Mutex(part)
  }

  /// Takes parts until none is left.
  func work() {
    while true {
      let number = next.add(1, ordering: .relaxed).oldValue
      guard number < count else { return }
      run(number)
      gate.with {
        ended.add(1, ordering: .relaxed)
        gate.signalAll()
      }
    }
  }

  /// A separate function, so that no reference to the part remains when it has ended.
  @inline(never)
  private func run(_ number: Int) { part.withLock { $0 }?(number) }

  /// Waits for the parts that other threads have taken.
  func wait() {
    gate.with { while ended.load(ordering: .relaxed) < count { gate.wait() } }
    part.withLock { $0 = nil }
  }
}

/// The commit point of a piece of work.
protocol Commitment: Sendable {
  /// Must be called once, right before the step that cannot be undone.
  ///
  /// - Throws: the call's interruption; the step must not be taken then.
  func begin() throws
}

/// A piece of work on its way through a queue.
private protocol WorkJob: AnyObject, Sendable {
  func watch()
  func run()
  func end(_ error: ImageSearchError)
}

private final class Job<Value: Sendable>: WorkJob, Commitment {
  private struct State {
    var finish: (@Sendable (Result<Value, any Error>) -> Void)?
    var isCommitting = false
    var error: ImageSearchError?
    var watch: Int?
  }

  private static var leastMemory: Int { 2 << 20 }

  private let state: Mutex<State>
  private let control: CallControl
  private let body: @Sendable (any Commitment) throws -> Value

  init(
    _ control: CallControl, _ body: @escaping @Sendable (any Commitment) throws -> Value,
    finish: @escaping @Sendable (Result<Value, any Error>) -> Void
  ) {
    self.control = control
    self.body = body
    state = Mutex(State(finish: finish))
  }

  func watch() {
    let number = control.watch { [weak self] in self?.end($0) }
    let isOver = state.withLock { state in
      state.watch = number
      return state.finish == nil
    }
    if isOver, let number { control.unwatch(number) }
  }

  func run() {
    guard state.withLock({ $0.finish != nil }) else { return }
    finish(
      Result {
        try control.check()
        // Small allocations are not checked one by one; without this much memory, no work begins.
        try Memory.check(Self.leastMemory, for: "a call")
        do {
          return try body(self)
        } catch let failure as Platform.Failure {
          throw IndexDirectory.unavailable("The index cannot be worked with", failure)
        }
      }, commits: true)
  }

  func begin() throws {
    try control.check()
    try state.withLock { state in
      if let error = state.error { throw error }
      state.isCommitting = true
    }
  }

  func end(_ error: ImageSearchError) { finish(.failure(error), commits: false) }

  /// - Parameter commits: whether this is the result of the work itself.
  private func finish(_ result: Result<Value, any Error>, commits: Bool) {
    let (finish, watch) = state.withLock { state -> ((@Sendable (Result<Value, any Error>) -> Void)?, Int?) in
      guard commits || !state.isCommitting, let finish = state.finish else { return (nil, nil) }
      if !commits, case .failure(let error as ImageSearchError) = result { state.error = error }
      state.finish = nil
      return (finish, state.watch)
    }
    if let watch { control.unwatch(watch) }
    finish?(result)
  }
}

/// All threads of an index, created when it is opened.
struct IndexThreads: Sendable {
  /// For decoding, matching and reading.
  let workers: WorkQueue
  /// Runs writes one at a time, so that they do not occupy workers that searches need.
  let writer: WorkQueue
  /// For background work.
  let background: WorkQueue
  let alarm: DeadlineAlarm

  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when not all of them can be created.
  init(workers count: Int) throws {
    var queues: [WorkQueue] = []
    do {
      queues.append(try WorkQueue(threads: count, name: "index-work"))
      queues.append(try WorkQueue(threads: 1, name: "index-write"))
      queues.append(try WorkQueue(threads: 1, name: "index-background"))
      alarm = try DeadlineAlarm()
    } catch {
      for queue in queues { queue.close() }
      throw error
    }
    (workers, writer, background) = (queues[0], queues[1], queues[2])
  }

  func close() {
    for queue in [background, workers, writer] { queue.close() }
    alarm.close()
  }
}
