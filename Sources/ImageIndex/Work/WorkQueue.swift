import ImageSearch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Threads for what blocks – decoding, SQLite, reading files –, because Swift's cooperative threads must not.
///
/// Threads start with the first job and end when the queue is closed. Searches overtake bulk work that is waiting.
final class WorkQueue: @unchecked Sendable {
  enum Priority { case interactive, bulk }

  // Everything below is read and written under `lock`, except `slots`, which never changes.
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let wakeUp: UnsafeMutablePointer<pthread_cond_t>
  private var interactive: [WorkJob] = []
  private var bulk: [WorkJob] = []
  private var threads = 0
  private var idle = 0
  private var closed = false
  private let slots: Int

  /// - Parameter threads: how many jobs run at once, at least 1.
  init(threads: Int) {
    slots = max(1, threads)
    lock = .allocate(capacity: 1)
    wakeUp = .allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
    pthread_cond_init(wakeUp, nil)
  }

  deinit {
    // A thread holds the queue while it runs, so none is left here.
    pthread_cond_destroy(wakeUp)
    pthread_mutex_destroy(lock)
    wakeUp.deallocate()
    lock.deallocate()
  }

  /// Runs blocking work on a thread of the queue.
  ///
  /// Cancelling the task ends it at once while it waits for a thread, and through `control` once it runs.
  ///
  /// - Throws: what `body` throws, and ``ImageSearchError/Code/cancelled``, ``ImageSearchError/Code/deadlineExceeded``,
  ///   ``ImageSearchError/Code/closed``.
  func run<Value: Sendable>(
    _ priority: Priority = .interactive, control: CallControl, _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    let cell = WorkCell<Value>()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
        let job = WorkJob(
          work: {
            cell.finish(
              Result(catching: {
                try control.check(); return try body()
              }))
          },
          abandon: { cell.finish(.failure($0)) })
        cell.start(continuation, job)
        if Task.isCancelled { control.cancel() }
        if let interruption = control.interruption {
          job.abandonIfWaiting(interruption)
        } else {
          submit(job, priority)
        }
      }
    } onCancel: {
      control.cancel()
      cell.job?.abandonIfWaiting(
        ImageSearchError.local(.cancelled, "The call was cancelled"))
    }
  }

  /// Starts work that nobody waits for; dropped when the queue is closed.
  func start(_ body: @escaping @Sendable () -> Void) {
    submit(WorkJob(work: body, abandon: { _ in }), .bulk)
  }

  /// Fails what waits; what runs is not waited for.
  func close() {
    pthread_mutex_lock(lock)
    closed = true
    let waiting = interactive + bulk
    interactive = []
    bulk = []
    pthread_cond_broadcast(wakeUp)
    pthread_mutex_unlock(lock)
    for job in waiting { job.abandonIfWaiting(Self.closedError) }
  }

  private func submit(_ job: WorkJob, _ priority: Priority) {
    pthread_mutex_lock(lock)
    guard !closed else {
      pthread_mutex_unlock(lock)
      job.abandonIfWaiting(Self.closedError)
      return
    }
    switch priority {
    case .interactive: interactive.append(job)
    case .bulk: bulk.append(job)
    }
    var refused = false
    if idle == 0, threads < slots {
      if startThread() { threads += 1 } else { refused = threads == 0 }
    }
    pthread_cond_signal(wakeUp)
    pthread_mutex_unlock(lock)
    if refused {
      job.abandonIfWaiting(
        ImageSearchError.local(.outOfMemory, "The system gives no thread to work on"))
    }
  }

  /// Called under the lock.
  private func startThread() -> Bool {
    var thread = pthread_t()
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    defer { attributes.deallocate() }
    pthread_attr_init(attributes)
    pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
    // The host's signal handlers run on the host's threads.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    // Those that a thread brings on itself end the process when they are blocked, whoever handles them.
    for own in [SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGSYS] { sigdelset(&all, own) }
    pthread_sigmask(SIG_SETMASK, &all, &before)
    let context = Unmanaged.passRetained(self)
    let status = pthread_create(
      &thread, attributes,
      { raw in
        guard let raw else { return nil }
        Unmanaged<WorkQueue>.fromOpaque(raw).takeRetainedValue().work()
        return nil
      }, context.toOpaque())
    pthread_sigmask(SIG_SETMASK, &before, nil)
    pthread_attr_destroy(attributes)
    if status != 0 { context.release() }
    return status == 0
  }

  private func work() {
    pthread_mutex_lock(lock)
    while true {
      if !interactive.isEmpty || !bulk.isEmpty {
        let job = interactive.isEmpty ? bulk.removeFirst() : interactive.removeFirst()
        pthread_mutex_unlock(lock)
        job.runIfWaiting()
        pthread_mutex_lock(lock)
      } else if closed {
        break
      } else {
        idle += 1
        pthread_cond_wait(wakeUp, lock)
        idle -= 1
      }
    }
    threads -= 1
    pthread_mutex_unlock(lock)
  }

  private static var closedError: ImageSearchError {
    ImageSearchError.local(.closed, "The index was closed")
  }
}
