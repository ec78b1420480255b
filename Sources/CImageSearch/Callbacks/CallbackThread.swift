import CImageSearchHeader
import Dispatch
import ImageSearch
import Synchronization

/// The thread that delivers a client's log, and the progress and completion of its operations. It exists from the
/// registration of the first callback until the client is freed and its last operation has ended.
///
/// No lock is held while a callback runs, so it may call anything; only other callbacks of this thread wait meanwhile.
final class CallbackThread: Sendable {
  /// Who receives the log.
  struct Log: Sendable {
    let callback: imagesearch_log_callback
    // The header requires that it can be used on any thread.
    nonisolated(unsafe) let userData: UnsafeMutableRawPointer?
  }

  private enum Job {
    case line(Line)
    case end(OperationHandle)
  }

  /// An event of the log. Both cases of a job are references: for larger payloads the compiler distinguishes the cases
  /// by uninitialised bits, which memory checkers report.
  private final class Line: Sendable {
    let event: LogEvent
    init(_ event: LogEvent) { self.event = event }
  }

  /// The callback that is running.
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
    /// Running operations with callbacks.
    var operations: [OperationHandle] = []
    var running: Running?
    /// Signalled when a callback has returned.
    var waiters: [DispatchSemaphore] = []
  }

  /// Maximum number of events that wait for a slow callback.
  private static let lineLimit = 4096
  /// Interval of progress callbacks.
  static let interval = Duration.milliseconds(50)

  private let state: Mutex<State>
  /// Signalled once per job, and when other state that the thread checks has changed.
  private let wakeUp = DispatchSemaphore(value: 0)
  // Guarded by the lock of `Waits`.
  private nonisolated(unsafe) var waitsFor: CallbackThread?

  init() { state = Mutex(State()) }

  // MARK: - Callbacks

  /// Registers the log callback.
  ///
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when no thread can be created.
  func register(_ log: Log) throws {
    try state.withLock { state in
      try start(&state)
      state.log = log
    }
  }

  /// Queues an event of the log for delivery in order; never blocks.
  func enqueue(_ event: LogEvent) {
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

  /// Registers an operation with callbacks that starts.
  ///
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when no thread can be created.
  func begin(_ operation: OperationHandle) throws {
    try state.withLock { state in
      try start(&state)
      state.operations.append(operation)
    }
    wakeUp.signal()
  }

  /// Ends such an operation: its remaining progress is delivered, and then its completion.
  func end(_ operation: OperationHandle) {
    state.withLock { $0.jobs.append(.end(operation)) }
    wakeUp.signal()
  }

  // MARK: - Waiting

  /// Returns when no callback of an operation runs, which must be marked as freed before. Returns at once within that
  /// callback, or where the wait could never end.
  func waitForCallbacks(of operation: OperationHandle) {
    let id = ObjectIdentifier(operation)
    guard state.withLock({ $0.running == .operation(id) }), Waits.begin(for: self) else { return }
    defer { Waits.end() }
    wait { $0.running != .operation(id) }
  }

  /// Delivers what was logged before the client was freed. Within a callback of the client, or where the wait could
  /// never end, that callback is the last one to receive the log.
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

  /// Records which callback threads wait for each other, to refuse a wait that could never end. A wait that is accepted
  /// must be followed by ``Waits/end()``.
  enum Waits {
    private static let lock = Mutex(())

    /// - Returns: `false` if the calling thread is the one to wait for, or that one waits for it.
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

  private static let own = Platform.ThreadValue()

  /// The callback thread that the calling thread is, if any.
  static var current: CallbackThread? {
    own.value.map { Unmanaged<CallbackThread>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Called with the lock held.
  private func start(_ state: inout State) throws {
    guard !state.isRunning else { return }
    try SystemThread.start(name: "imagesearch-cb") { self.run() }
    state.isRunning = true
  }

  private func run() {
    Self.own.value = Unmanaged.passUnretained(self).toOpaque()
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
    Self.own.value = nil
  }

  private func perform(_ job: Job) {
    switch job {
    case .line(let line):
      call(.log, isLine: true) {
        if let log = state.withLock({ $0.log }) { line.event.deliver(to: log) }
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

/// A FIFO queue.
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
      // Moving the remaining elements costs at most as much as removing the others did.
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
  /// Calls the callback; the event's texts are valid during the call.
  fileprivate func deliver(to log: CallbackThread.Log) {
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
