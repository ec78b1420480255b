import CCurl
import Glibc
import Synchronization

/// One thread that drives one `curl_multi` handle. Everything that libcurl sees happens on that thread; other threads leave
/// transfers and cancellations in a mailbox and wake it.
final class CurlLoop: Sendable {
  private struct Mailbox {
    var submitted: [CurlTransfer] = []
    var cancelled: [CurlTransfer] = []
    var isStopping = false
    /// The thread is in, or about to enter, `curl_multi_poll` and must be woken.
    var isSleeping = false
  }

  private static let globalState = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

  private let mailbox = Mutex(Mailbox())
  private let configuration: TransportConfiguration
  private let owner: pid_t
  // Used by the loop's thread alone once that runs.
  private nonisolated(unsafe) let multi: UnsafeMutableRawPointer
  // Wakes the thread; our own, because it outlives the multi handle and a write to it costs less than libcurl's wake-up.
  private let bell: WakeBell

  init(configuration: TransportConfiguration) throws {
    guard Self.globalState == CURLE_OK, let multi = curl_multi_init() else {
      throw ImageSearchError(.internalFailure, "libcurl cannot be initialised")
    }
    do { bell = try WakeBell() } catch {
      curl_multi_cleanup(multi)
      throw error
    }
    self.multi = multi
    self.configuration = configuration
    owner = getpid()
    _ = imagesearch_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, configuration.maximumConnections)
    try startThread()
  }

  // MARK: - Any thread

  func submit(_ transfer: CurlTransfer, _ continuation: CurlTransfer.Continuation) {
    guard getpid() == owner else {
      return continuation.resume(returning: .failure(Self.forked))
    }
    var wakes = false
    let refusal: TransportFailure? = mailbox.withLock { mailbox in
      if transfer.isCancelled { return Self.cancelled }
      if mailbox.isStopping { return Self.closed }
      transfer.continuation = continuation
      mailbox.submitted.append(transfer)
      wakes = mailbox.isSleeping
      mailbox.isSleeping = false
      return nil
    }
    if let refusal { continuation.resume(returning: .failure(refusal)) }
    if wakes { bell.ring() }
  }

  func cancel(_ transfer: CurlTransfer) {
    guard getpid() == owner else { return }
    mailbox.withLock { mailbox in
      transfer.isCancelled = true
      mailbox.cancelled.append(transfer)
      mailbox.isSleeping = false
    }
    bell.ring()
  }

  /// Ends every transfer; the thread ends by itself, so that this may be called from anywhere, the thread included.
  func stop() {
    guard getpid() == owner else { return }
    mailbox.withLock { $0.isStopping = true }
    bell.ring()
  }

  // MARK: - The loop's thread

  private func startThread() throws {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self)
    // Signals belong to the program that loaded us; SIGPIPE in particular, which OpenSSL's writes can raise.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    let result = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<CurlLoop>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, context.toOpaque())
    pthread_sigmask(SIG_SETMASK, &before, nil)
    guard result == 0 else {
      context.release()
      curl_multi_cleanup(multi)
      throw ImageSearchError(.internalFailure, "no thread for transfers: \(String(cString: strerror(result)))")
    }
    pthread_detach(thread)
  }

  private func run() {
    var active: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    var idle: [UnsafeMutableRawPointer] = []
    while true {
      let mail = mailbox.withLock { mailbox in
        let mail = mailbox
        mailbox.submitted = []
        mailbox.cancelled = []
        mailbox.isSleeping = false
        return mail
      }
      for transfer in mail.submitted { start(transfer, &active, &idle) }
      for transfer in mail.cancelled { end(transfer, .failure(Self.cancelled), &active, &idle) }
      if mail.isStopping { break }
      var running: Int32 = 0
      curl_multi_perform(multi, &running)
      collect(&active, &idle)
      let sleeps = mailbox.withLock { mailbox in
        mailbox.isSleeping = mailbox.submitted.isEmpty && mailbox.cancelled.isEmpty && !mailbox.isStopping
        return mailbox.isSleeping
      }
      // libcurl shortens the wait to its own timers; the cap only bounds a lost wake-up.
      if sleeps { sleep() }
    }
    for transfer in active.values { end(transfer, .failure(Self.closed), &active, &idle) }
    for easy in idle { curl_easy_cleanup(easy) }
    curl_multi_cleanup(multi)
  }

  private func sleep() {
    var waits = curl_waitfd(fd: bell.listening, events: Int16(CURL_WAIT_POLLIN), revents: 0)
    curl_multi_poll(multi, &waits, 1, 30_000, nil)
    if waits.revents != 0 { bell.clear() }
  }

  private func start(
    _ transfer: CurlTransfer, _ active: inout [UnsafeMutableRawPointer: CurlTransfer],
    _ idle: inout [UnsafeMutableRawPointer]
  ) {
    if mailbox.withLock({ _ in transfer.isCancelled }) { return transfer.resume(.failure(Self.cancelled)) }
    guard let easy = idle.popLast() ?? curl_easy_init() else {
      return transfer.resume(
        .failure(.init(.internalFailure, "libcurl has no handle to give", requestMayHaveBeenSent: false)))
    }
    if let failure = transfer.configure(easy, configuration) {
      curl_easy_reset(easy)
      idle.append(easy)
      return transfer.resume(.failure(failure))
    }
    active[easy] = transfer
    guard curl_multi_add_handle(multi, easy) == CURLM_OK else {
      return end(
        transfer, .failure(.init(.internalFailure, "libcurl refuses the transfer", requestMayHaveBeenSent: false)),
        &active,
        &idle)
    }
  }

  private func collect(
    _ active: inout [UnsafeMutableRawPointer: CurlTransfer], _ idle: inout [UnsafeMutableRawPointer]
  ) {
    var waiting: Int32 = 0
    while let message = curl_multi_info_read(multi, &waiting) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
        let transfer = active[easy]
      else { continue }
      end(transfer, transfer.outcome(message.pointee.data.result), &active, &idle)
    }
  }

  private func end(
    _ transfer: CurlTransfer, _ result: CurlTransfer.Outcome, _ active: inout [UnsafeMutableRawPointer: CurlTransfer],
    _ idle: inout [UnsafeMutableRawPointer]
  ) {
    guard let easy = transfer.easy else { return }
    active[easy] = nil
    curl_multi_remove_handle(multi, easy)
    curl_easy_reset(easy)
    transfer.releaseHandle()
    if idle.count < configuration.maximumConnections { idle.append(easy) } else { curl_easy_cleanup(easy) }
    var result = result
    if case .failure(var failure) = result {
      failure.requestMayHaveBeenSent = failure.requestMayHaveBeenSent || transfer.requestWasStarted
      result = .failure(failure)
    }
    transfer.resume(result)
  }

  private static let cancelled = TransportFailure(.cancelled, "the call was cancelled", requestMayHaveBeenSent: false)
  private static let closed = TransportFailure(.closed, "the client was closed", requestMayHaveBeenSent: false)
  private static let forked = TransportFailure(
    .closed, "this client was opened before a fork; open one in the child process", requestMayHaveBeenSent: false)
}
