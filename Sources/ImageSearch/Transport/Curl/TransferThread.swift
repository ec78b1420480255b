import CCurl
import Glibc
import Synchronization

/// The thread that makes all transfers of the process. libcurl is used only on it; other threads put transfers,
/// cancellations and the end of clients into a mailbox and wake it. It is created when the first client opens and ends
/// with the last.
final class TransferThread: Sendable {
  private struct Mailbox {
    var submitted: [CurlTransfer] = []
    var cancelled: [CurlTransfer] = []
    var closed: [CurlSession] = []
    var isStopping = false
    /// Whether the thread waits, or is about to, and must be woken.
    var isSleeping = false

    var isEmpty: Bool { submitted.isEmpty && cancelled.isEmpty && closed.isEmpty }
  }

  /// The thread and the number of clients that use it.
  private static let current = Mutex<(thread: TransferThread?, clients: Int)>((nil, 0))
  /// Whether libcurl could be initialised.
  static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
  private static let owner = ForkGuard.epoch
  private static let key: pthread_key_t? = {
    var key = pthread_key_t()
    return pthread_key_create(&key, nil) == 0 ? key : nil
  }()

  private let mailbox = Mutex(Mailbox())
  // Used by the thread only, except for waking it, and freed with this object, which whoever wakes the thread refers to.
  private nonisolated(unsafe) let multi: UnsafeMutableRawPointer
  private nonisolated(unsafe) var connectionLimit = 0
  private nonisolated(unsafe) var done: [(CurlHandle, CURLcode)] = []
  private nonisolated(unsafe) var ended: [(CurlTransfer.Continuation, CurlTransfer.Outcome)] = []

  // MARK: - Clients

  /// Returns the thread to one more client, which releases it by ``close(_:)``.
  ///
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when the system is out of threads or descriptors,
  ///   ``ImageSearchError/Code/closed`` in a child of the process that made the thread.
  static func join() throws -> TransferThread {
    // Checked before taking the lock, which a thread that does not exist in this process may hold.
    guard ForkGuard.epoch == owner else {
      throw ImageSearchError(.closed, forked.message)
    }
    return try current.withLock { current in
      let thread = try current.thread ?? TransferThread()
      current = (thread, current.clients + 1)
      return thread
    }
  }

  private init() throws {
    guard ProcessExit.enter() else { throw ImageSearchError(.closed, "the process is exiting") }
    defer { ProcessExit.leave() }
    let free = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
    if free >= 0 { Glibc.close(free) }
    guard let multi = curl_multi_init() else { throw ImageSearchError(.outOfMemory, "no memory for transfers") }
    self.multi = UnsafeMutableRawPointer(multi)
    guard imagesearch_curl_multi_can_be_woken(multi) == 1 else {
      throw ImageSearchError(.outOfMemory, "the process has no file descriptors left for transfers")
    }
    imagesearch_curl_multi_close_on_exec(multi, max(free, 0))
    try SystemThread.start(name: "imagesearch-net") { self.run() }
  }

  deinit {
    guard ForkGuard.epoch == Self.owner, ProcessExit.enter() else { return }
    curl_multi_cleanup(multi)
    ProcessExit.leave()
  }

  // MARK: - Any thread

  func submit(_ transfer: CurlTransfer, _ continuation: CurlTransfer.Continuation) {
    guard ForkGuard.epoch == Self.owner else {
      return continuation.resume(returning: .failure(Self.forked))
    }
    let refusal: TransportFailure? = deliver { mailbox in
      if transfer.isCancelled { return Self.cancelled }
      if transfer.session.isClosed { return Self.closed }
      transfer.continuation = continuation
      mailbox.submitted.append(transfer)
      return nil
    }
    if let refusal { continuation.resume(returning: .failure(refusal)) }
  }

  func cancel(_ transfer: CurlTransfer) {
    guard ForkGuard.epoch == Self.owner else { return }
    deliver { mailbox in
      transfer.isCancelled = true
      guard !transfer.session.isClosed else { return }
      mailbox.cancelled.append(transfer)
    }
  }

  /// Ends a client's transfers and connections. May be called from any thread, including the transfer thread, and more
  /// than once.
  func close(_ session: CurlSession) {
    guard ForkGuard.epoch == Self.owner else { return }
    Self.current.withLock { current in
      deliver { mailbox in
        guard !session.isClosed else { return }
        session.isClosed = true
        current.clients -= 1
        if current.clients == 0 {
          current.thread = nil
          mailbox.isStopping = true
        }
        mailbox.closed.append(session)
      }
    }
  }

  /// Changes the mailbox, and wakes the thread if that put anything in. Without the lock: the thread would wake only to wait for it.
  private func deliver<Result>(_ change: (inout sending Mailbox) -> sending Result) -> Result {
    let (result, wakes) = mailbox.withLock { mailbox in
      let result = change(&mailbox)
      let wakes = mailbox.isSleeping && !mailbox.isEmpty
      if wakes { mailbox.isSleeping = false }
      return (result, wakes)
    }
    if wakes { curl_multi_wakeup(multi) }
    return result
  }

  /// Whether this is the transfer thread, in a caller's callback.
  static var isCurrent: Bool { key.map { pthread_getspecific($0) != nil } ?? false }

  // MARK: - The thread

  private func run() {
    guard ProcessExit.enter() else { ProcessExit.park() }
    if let key = Self.key { pthread_setspecific(key, Unmanaged.passUnretained(self).toOpaque()) }
    while turn() {
      let sleeps = mailbox.withLock { mailbox in
        mailbox.isSleeping = mailbox.isEmpty
        return mailbox.isSleeping
      }
      ProcessExit.leave()
      // libcurl applies its own timers; the limit is a safeguard against a lost wakeup.
      curl_multi_poll(multi, nil, 0, sleeps ? 600_000 : 0, nil)
      guard ProcessExit.enter() else { ProcessExit.park() }
    }
    ProcessExit.leave()
  }

  /// Empties the mailbox and does what is due.
  ///
  /// - Returns: `false` after the last client has ended.
  private func turn() -> Bool {
    let mail = mailbox.withLock { mailbox in
      let mail = mailbox
      mailbox.submitted = []
      mailbox.cancelled = []
      mailbox.closed = []
      mailbox.isSleeping = false
      return mail
    }
    for transfer in mail.submitted { start(transfer) }
    // One of them may have just begun, but nothing of it has been sent.
    for transfer in mail.cancelled { end(transfer, Self.cancelled) }
    for session in mail.closed {
      for transfer in session.transfers { end(transfer, Self.closed) }
      session.end()
    }
    if mail.isStopping { return false }
    var running: Int32 = 0
    curl_multi_perform(multi, &running)
    collect()
    return true
  }

  private func start(_ transfer: CurlTransfer) {
    // Closed after the transfer was submitted, whose cancellation is in the same mailbox.
    guard let handle = transfer.session.take() else {
      return transfer.resume(.failure(.init(.outOfMemory, "no memory for a transfer", requestMayHaveBeenSent: false)))
    }
    if let failure = handle.begin(transfer) {
      transfer.session.put(handle)
      return transfer.resume(.failure(failure))
    }
    limitConnections(transfer.session.settings.configuration.maximumConnections)
    guard curl_multi_add_handle(multi, handle.easy) == CURLM_OK else {
      return finish(
        handle, .failure(.init(.internalFailure, "libcurl refuses the transfer", requestMayHaveBeenSent: false)))
    }
  }

  /// Sets how many connections libcurl keeps open for one client. libcurl has one number for all clients: the largest
  /// that one asked for.
  private func limitConnections(_ limit: Int) {
    guard limit > connectionLimit else { return }
    connectionLimit = limit
    _ = imagesearch_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, limit)
  }

  private func collect() {
    var waiting: Int32 = 0
    // All messages are read before the first transfer is ended: libcurl scans the rest whenever a handle is removed.
    while let message = curl_multi_info_read(multi, &waiting) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
        let handle = CurlHandle.from(easy)
      else { continue }
      done.append((handle, message.pointee.data.result))
    }
    for (handle, code) in done {
      guard let transfer = handle.transfer else { continue }
      let outcome = remove(handle, transfer, handle.outcome(code))
      if let continuation = transfer.takeContinuation() { ended.append((continuation, outcome)) }
    }
    done.removeAll(keepingCapacity: true)
    // All at once, so that the callers' threads are woken once for many; nothing of them is kept here, so that those
    // threads free them.
    ended.reverse()
    while let (continuation, outcome) = ended.popLast() { continuation.resume(returning: outcome) }
  }

  private func end(_ transfer: CurlTransfer, _ failure: TransportFailure) {
    if let handle = transfer.session.handle(of: transfer) { finish(handle, .failure(failure)) }
  }

  private func finish(_ handle: CurlHandle, _ outcome: CurlTransfer.Outcome) {
    guard let transfer = handle.transfer else { return }
    transfer.resume(remove(handle, transfer, outcome))
  }

  /// Removes a transfer from libcurl.
  private func remove(
    _ handle: CurlHandle, _ transfer: CurlTransfer, _ outcome: CurlTransfer.Outcome
  ) -> CurlTransfer.Outcome {
    curl_multi_remove_handle(multi, handle.easy)
    handle.end()
    transfer.session.put(handle)
    guard case .failure(var failure) = outcome else { return outcome }
    failure.requestMayHaveBeenSent = failure.requestMayHaveBeenSent || transfer.requestWasStarted
    return .failure(failure)
  }

  private static let cancelled = TransportFailure(.cancelled, "the call was cancelled", requestMayHaveBeenSent: false)
  private static let closed = TransportFailure(.closed, "the client was closed", requestMayHaveBeenSent: false)
  private static let forked = TransportFailure(
    .closed, "this client was opened before a fork; open one in the child process", requestMayHaveBeenSent: false)
}
