import Glibc
import ImageCodecs
import ImageSearch
import Synchronization

/// Threads for what blocks – decoding, SQLite, reading files –, because Swift's cooperative threads must not.
///
/// The threads are made with the queue and end when it is closed. Searches overtake bulk work that is waiting. A call whose
/// control is interrupted returns at once; what it runs ends at its next check, or when the codec or the kernel lets go of it, and
/// keeps its thread until then.
final class WorkQueue: @unchecked Sendable {
  enum Priority { case interactive, bulk }

  // Everything below is read and written under `gate`.
  private let gate = Gate()
  private var interactive: [any WorkJob] = []
  private var bulk: [any WorkJob] = []
  private var running: [ObjectIdentifier: any WorkJob] = [:]
  private var closed = false
  private let threads: Int

  /// - Parameters:
  ///   - threads: how many jobs run at once, at least 1.
  ///   - name: of the threads.
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when the system gives no thread.
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

  /// Runs blocking work that comes to a point from which its result counts, whatever interrupts the call: `body` says when.
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

  /// Runs blocking work for a thread that may wait itself.
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

  /// Runs the parts of a job of the queue on this thread, and on those that have nothing else to do.
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

  /// Starts work that nobody waits for; dropped when the queue is closed.
  func start(_ body: @escaping @Sendable () -> Void) {
    submit(Job(CallControl(), { _ in body() }) { _ in }, .bulk)
  }

  /// Ends every call with ``ImageSearchError/Code/closed``; what is being committed, and what runs, is not waited for.
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
      // Nobody waits any more.
      FreedMemory.giveBack(always: false)
    }
    // A program that opens one index after the other would fill a pool of freed memory for each thread that there ever was.
    FreedMemory.giveBack()
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
  /// Gone when all parts have ended: a thread that comes too late shall not be the one that frees what the parts worked on, after the
  /// thread that it belongs to has given its memory back.
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

  /// A function of its own, so that nothing of the part is held when it has ended.
  @inline(never)
  private func run(_ number: Int) { part.withLock { $0 }?(number) }

  /// Waits for the parts that other threads have taken.
  func wait() {
    gate.with { while ended.load(ordering: .relaxed) < count { gate.wait() } }
    part.withLock { $0 = nil }
  }
}

/// The point from which a piece of work counts.
protocol Commitment: Sendable {
  /// To be called once, right before what cannot be taken back.
  ///
  /// - Throws: what the call was interrupted with: then nothing may be done any more.
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
        // What is small is not asked for one by one; a thread that has not even so much left does not begin.
        try Memory.check(Self.leastMemory, for: "a call")
        do {
          return try body(self)
        } catch let failure as Platform.Failure {
          throw IndexDirectory.unavailable("The index cannot be worked with", failure.number)
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

  /// - Parameter commits: whether this is what the work ended with itself.
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

/// The threads of an index: all that it ever has, made when it opens.
struct IndexThreads: Sendable {
  /// For decoding, matching and reading.
  let workers: WorkQueue
  /// Writes one after the other, so that searches always find a worker.
  let writer: WorkQueue
  /// For what nobody waits for.
  let background: WorkQueue
  let alarm: DeadlineAlarm

  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when the system does not give them all.
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
