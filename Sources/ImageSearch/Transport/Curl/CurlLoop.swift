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
    /// The thread waits, or is about to, and must be woken.
    var isSleeping = false
  }

  private static let globalState = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

  private let mailbox = Mutex(Mailbox())
  private let configuration: TransportConfiguration
  private let owner: Int
  // Used by the loop's thread alone once that runs.
  private nonisolated(unsafe) let multi: UnsafeMutableRawPointer
  private nonisolated(unsafe) let poller: SocketPoller
  private nonisolated(unsafe) var handles: [CurlHandle] = []
  private nonisolated(unsafe) var idle: [CurlHandle] = []
  private nonisolated(unsafe) var done: [(CurlTransfer, CURLcode)] = []
  private nonisolated(unsafe) var ended: [(CurlTransfer.Continuation, CurlTransfer.Outcome)] = []
  // Our own, because it outlives the multi handle.
  private let bell: WakeBell

  init(configuration: TransportConfiguration) throws {
    guard Self.globalState == CURLE_OK, let multi = curl_multi_init() else {
      throw ImageSearchError(.internalFailure, "libcurl cannot be initialised")
    }
    do {
      bell = try WakeBell()
      poller = try SocketPoller(bell)
    } catch {
      curl_multi_cleanup(multi)
      throw error
    }
    self.multi = multi
    self.configuration = configuration.withEnvironmentRead
    owner = ForkCount.current
    poller.attach(to: multi)
    _ = imagesearch_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, configuration.maximumConnections)
    try startThread()
  }

  // MARK: - Any thread

  func submit(_ transfer: CurlTransfer, _ continuation: CurlTransfer.Continuation) {
    guard ForkCount.current == owner else {
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
    guard ForkCount.current == owner else { return }
    mailbox.withLock { mailbox in
      transfer.isCancelled = true
      mailbox.cancelled.append(transfer)
      mailbox.isSleeping = false
    }
    bell.ring()
  }

  /// Ends every transfer; the thread ends by itself, so that this may be called from anywhere, the thread included.
  func stop() {
    guard ForkCount.current == owner else { return }
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
    while true {
      let mail = mailbox.withLock { mailbox in
        let mail = mailbox
        mailbox.submitted = []
        mailbox.cancelled = []
        mailbox.isSleeping = false
        return mail
      }
      for transfer in mail.submitted { start(transfer) }
      // One of them may have been begun just now: nothing of it has been sent.
      for transfer in mail.cancelled { end(transfer, .failure(Self.cancelled)) }
      if mail.isStopping { break }
      let sleeps = mailbox.withLock { mailbox in
        mailbox.isSleeping = mailbox.submitted.isEmpty && mailbox.cancelled.isEmpty && !mailbox.isStopping
        return mailbox.isSleeping
      }
      poller.turn(multi, waits: sleeps)
      collect()
    }
    for handle in handles {
      if let transfer = handle.transfer { end(transfer, .failure(Self.closed)) }
    }
    idle = []
    handles = []
    curl_multi_cleanup(multi)
  }

  private func start(_ transfer: CurlTransfer) {
    guard let handle = idle.popLast() ?? makeHandle() else {
      return transfer.resume(
        .failure(.init(.internalFailure, "libcurl has no handle to give", requestMayHaveBeenSent: false)))
    }
    if let failure = handle.begin(transfer) {
      idle.append(handle)
      transfer.release()
      return transfer.resume(.failure(failure))
    }
    transfer.handle = handle
    guard curl_multi_add_handle(multi, handle.easy) == CURLM_OK else {
      return end(
        transfer, .failure(.init(.internalFailure, "libcurl refuses the transfer", requestMayHaveBeenSent: false)))
    }
  }

  private func makeHandle() -> CurlHandle? {
    guard let handle = CurlHandle(configuration, poller) else { return nil }
    handle.index = handles.count
    handles.append(handle)
    return handle
  }

  private func collect() {
    var waiting: Int32 = 0
    // All of them before the first is ended: libcurl looks through those that are left whenever a handle is removed.
    while let message = curl_multi_info_read(multi, &waiting) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
        let transfer = CurlHandle.from(easy)?.transfer
      else { continue }
      done.append((transfer, message.pointee.data.result))
    }
    for (transfer, code) in done {
      let outcome = finish(transfer, transfer.outcome(code))
      if let continuation = transfer.takeContinuation() { ended.append((continuation, outcome)) }
    }
    done.removeAll(keepingCapacity: true)
    // In one go, so that the threads of the callers are woken once for many; and nothing of them is kept here, so that it is they
    // who free it.
    ended.reverse()
    while let (continuation, outcome) = ended.popLast() { continuation.resume(returning: outcome) }
  }

  private func end(_ transfer: CurlTransfer, _ result: CurlTransfer.Outcome) {
    guard transfer.handle != nil else { return }
    transfer.resume(finish(transfer, result))
  }

  /// Takes a transfer out of libcurl's hands.
  private func finish(_ transfer: CurlTransfer, _ result: CurlTransfer.Outcome) -> CurlTransfer.Outcome {
    guard let handle = transfer.handle else { return result }
    curl_multi_remove_handle(multi, handle.easy)
    handle.end()
    transfer.release()
    keep(handle)
    guard case .failure(var failure) = result else { return result }
    failure.requestMayHaveBeenSent = failure.requestMayHaveBeenSent || transfer.requestWasStarted
    return .failure(failure)
  }

  private func keep(_ handle: CurlHandle) {
    guard idle.count >= max(configuration.maximumConnections, 16) else { return idle.append(handle) }
    // The last one takes its place.
    guard let last = handles.popLast(), last !== handle else { return }
    last.index = handle.index
    handles[handle.index] = last
  }

  private static let cancelled = TransportFailure(.cancelled, "the call was cancelled", requestMayHaveBeenSent: false)
  private static let closed = TransportFailure(.closed, "the client was closed", requestMayHaveBeenSent: false)
  private static let forked = TransportFailure(
    .closed, "this client was opened before a fork; open one in the child process", requestMayHaveBeenSent: false)
}
