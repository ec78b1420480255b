import CImageSearchHeader
import Dispatch
import Glibc
import ImageSearch
import Synchronization

/// The thread on which a client tells its log, and the progress and the end of its operations. It is there while there is somebody to
/// tell: from the first callback that is registered until the client was freed and its last operation has ended.
///
/// No lock is held while a callback runs, so it may do what it likes; only what this thread tells waits meanwhile.
final class CallbackThread: Sendable {
  /// Who receives the log.
  struct Log: Sendable {
    let callback: imagesearch_log_callback
    // The header demands that it may be used on any thread.
    nonisolated(unsafe) let userData: UnsafeMutableRawPointer?
  }

  private enum Job {
    case line(Line)
    case end(OperationHandle)
  }

  /// A line of the log. Both cases of a job are references: of larger ones the compiler tells the cases apart by bits that nobody
  /// set, which tools that look for such reads report.
  private final class Line: Sendable {
    let event: LogEvent
    init(_ event: LogEvent) { self.event = event }
  }

  /// Whose callback runs.
  private enum Running: Equatable {
    case log
    case operation(ObjectIdentifier)
  }

  private struct State {
    var isRunning = false
    var isClosed = false
    var log: Log?
    var jobs = Queue<Job>()
    var waitingLines = 0
    var lostLines = 0
    /// Those that run and have callbacks.
    var operations: [OperationHandle] = []
    var running: Running?
    /// Signalled when a callback has returned.
    var waiters: [DispatchSemaphore] = []
  }

  /// More lines than this do not wait for a callback that takes its time.
  private static let lineLimit = 4096
  /// How often progress is told.
  static let interval = Duration.milliseconds(50)

  private let state: Mutex<State>
  /// Signalled once a job, and when something else has changed that the thread looks at.
  private let wakeUp = DispatchSemaphore(value: 0)
  // Guarded by the lock of `Waits`.
  private nonisolated(unsafe) var waitsFor: CallbackThread?

  init() { state = Mutex(State()) }

  // MARK: - What is told

  /// Sets who receives the log.
  ///
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when the system gives no thread.
  func register(_ log: Log) throws {
    try state.withLock { state in
      try start(&state)
      state.log = log
    }
  }

  /// Tells a line of the log, later and in order; never waits.
  func tell(_ event: LogEvent) {
    let isNew = state.withLock { state in
      guard state.log != nil else { return false }
      guard state.waitingLines < Self.lineLimit else {
        state.lostLines += 1
        return false
      }
      if state.lostLines > 0 {
        var warning = event
        warning.level = .warning
        warning.message = "\(state.lostLines) lines of the log were left out because the callback did not keep up"
        state.lostLines = 0
        state.jobs.append(.line(Line(warning)))
        state.waitingLines += 1
        wakeUp.signal()
      }
      state.jobs.append(.line(Line(event)))
      state.waitingLines += 1
      return true
    }
    if isNew { wakeUp.signal() }
  }

  /// An operation with callbacks starts.
  ///
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when the system gives no thread.
  func begin(_ operation: OperationHandle) throws {
    try state.withLock { state in
      try start(&state)
      state.operations.append(operation)
    }
    wakeUp.signal()
  }

  /// Such an operation has ended: what is left of its progress is told, and then its end.
  func end(_ operation: OperationHandle) {
    state.withLock { $0.jobs.append(.end(operation)) }
    wakeUp.signal()
  }

  // MARK: - Who waits

  /// Returns when no callback of an operation runs, which was marked as freed before. Inside of that callback, and where waiting
  /// could never end, it returns at once.
  func waitForCallbacks(of operation: OperationHandle) {
    let id = ObjectIdentifier(operation)
    guard state.withLock({ $0.running == .operation(id) }), Waits.begin(for: self) else { return }
    defer { Waits.end() }
    wait { $0.running != .operation(id) }
  }

  /// The client is freed: what was logged before is told; inside of a callback of the client, and where waiting could never end,
  /// that callback is the last one that hears of the log.
  func free() {
    let hasLines = state.withLock { state in
      state.isClosed = true
      return state.waitingLines > 0 || state.running == .log
    }
    if hasLines, Waits.begin(for: self) {
      wait { $0.waitingLines == 0 && $0.running != .log }
      Waits.end()
    }
    state.withLock { $0.log = nil }
    wakeUp.signal()
  }

  private func wait(until isOver: (borrowing State) -> Bool) {
    while true {
      let returned = DispatchSemaphore(value: 0)
      let isOver = state.withLock { state in
        if isOver(state) { return true }
        state.waiters.append(returned)
        return false
      }
      if isOver { return }
      returned.wait()
    }
  }

  /// Whether a callback that waits for what this thread has to do could wait for ever; if not, ``Waits/end()`` must follow.
  enum Waits {
    private static let lock = Mutex(())

    /// - Returns: `false` when the calling thread is the one that is waited for, or that one waits for it.
    static func begin(for thread: CallbackThread) -> Bool {
      guard let current = CallbackThread.current else { return true }
      return lock.withLock { _ in
        var next: CallbackThread? = thread
        while let waiting = next {
          if waiting === current { return false }
          next = waiting.waitsFor
        }
        current.waitsFor = thread
        return true
      }
    }

    static func end() {
      guard let current = CallbackThread.current else { return }
      lock.withLock { _ in current.waitsFor = nil }
    }
  }

  // MARK: - The thread

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  /// The one that the calling thread is.
  static var current: CallbackThread? {
    pthread_getspecific(key).map { Unmanaged<CallbackThread>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Called under the lock.
  private func start(_ state: inout State) throws {
    guard !state.isRunning else { return }
    try SystemThread.start(name: "imagesearch-tell") { self.run() }
    state.isRunning = true
  }

  private func run() {
    pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
    var nextTick = ContinuousClock.now + Self.interval
    while true {
      let (isOver, ticks) = state.withLock { state in
        let isOver = state.isClosed && state.jobs.isEmpty && state.operations.isEmpty
        if isOver { state.isRunning = false }
        return (isOver, state.operations.contains { $0.progress != nil })
      }
      if isOver { break }
      let isWoken: Bool
      if ticks {
        let (seconds, attoseconds) = (nextTick - .now).components
        let wait = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        isWoken = wakeUp.wait(timeout: .now() + .nanoseconds(max(0, wait))) == .success
      } else {
        wakeUp.wait()
        isWoken = true
      }
      if isWoken, let job = state.withLock({ $0.jobs.popFirst() }) { perform(job) }
      if ticks, ContinuousClock.now >= nextTick {
        for operation in state.withLock({ $0.operations }) where operation.progress != nil {
          call(.operation(ObjectIdentifier(operation))) { operation.tellProgress() }
        }
        nextTick = .now + Self.interval
      }
    }
    pthread_setspecific(Self.key, nil)
  }

  private func perform(_ job: Job) {
    switch job {
    case .line(let line):
      call(.log, isLine: true) {
        if let log = state.withLock({ $0.log }) { line.event.tell(log) }
      }
    case .end(let operation):
      call(.operation(ObjectIdentifier(operation))) { operation.tellEnd() }
      state.withLock { state in state.operations.removeAll { $0 === operation } }
    }
  }

  private func call(_ running: Running, isLine: Bool = false, _ body: () -> Void) {
    state.withLock { $0.running = running }
    body()
    let waiters = state.withLock { state in
      defer { state.waiters = [] }
      state.running = nil
      if isLine { state.waitingLines -= 1 }
      return state.waiters
    }
    for waiter in waiters { waiter.signal() }
  }
}

/// First in, first out.
struct Queue<Element> {
  private var elements: [Element?] = []
  private var head = 0

  var isEmpty: Bool { head == elements.count }

  mutating func append(_ element: Element) { elements.append(element) }

  mutating func popFirst() -> Element? {
    guard head < elements.count else { return nil }
    defer {
      elements[head] = nil
      head += 1
      // Moving what is left costs at most as much as taking what is gone.
      if head * 2 > elements.count {
        elements.removeFirst(head)
        head = 0
      }
    }
    return elements[head]
  }

  mutating func removeAll(where isGone: (Element) -> Bool) {
    elements = elements[head...].filter { $0.map { !isGone($0) } ?? false }
    head = 0
  }
}

extension LogEvent {
  /// Calls the callback; the event's texts live as long as the call.
  fileprivate func tell(_ log: CallbackThread.Log) {
    let texts = Arena()
    func text(_ text: String?) -> UnsafePointer<CChar>? { (try? texts.add(text)) ?? nil }
    var event = imagesearch_log_event(
      struct_size: MemoryLayout<imagesearch_log_event>.size, level: level.rawValue, attempt: Int32(clamping: attempt),
      http_status: Int32(clamping: httpStatus ?? 0), reserved: 0, duration: duration?.inSeconds ?? .nan,
      received_bytes: Int64(receivedBytes ?? -1), line: text(line), message: text(message), service: text(service),
      operation: text(operation), request_id: text(requestID))
    withExtendedLifetime(texts) { log.callback(&event, log.userData) }
  }
}
