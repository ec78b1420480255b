import CCurl
import Glibc

/// Tells libcurl which of its sockets are ready, and when its timers are due. With a thousand connections a turn costs what the
/// few that moved cost, where `curl_multi_poll` and `curl_multi_perform` go through them all.
///
/// Used by one thread alone, and libcurl calls it on that thread.
final class SocketPoller {
  private let descriptor: Int32
  private let bell: WakeBell
  private var events = [epoll_event](repeating: epoll_event(), count: 256)
  /// When libcurl wants to be called, on the monotonic clock in seconds.
  private var timer: Double?
  /// By number, which the system keeps small.
  private var sockets: [Watch] = []

  /// What is known of a socket.
  private struct Watch {
    /// What libcurl waits for, as it tells.
    var wanted: Int32 = CURL_POLL_REMOVE
    /// What the kernel was asked to tell; `nil` when it was asked nothing.
    var events: UInt32?
    /// It was opened here and is closed here, so that it can be left with the kernel while its connection waits for the next
    /// request: telling it twice for every request takes as long as a tenth of the request.
    var isOurs = false
  }

  /// - Throws: ``ImageSearchError/Code/internalFailure`` when the process has no file descriptors left.
  init(_ bell: WakeBell) throws {
    self.bell = bell
    descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
    var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(fd: bell.descriptor))
    guard descriptor >= 0, epoll_ctl(descriptor, EPOLL_CTL_ADD, bell.descriptor, &event) == 0 else {
      let reason = String(cString: strerror(errno))
      if descriptor >= 0 { Glibc.close(descriptor) }
      throw ImageSearchError(.internalFailure, "no file descriptors for a client: \(reason)")
    }
  }

  deinit { Glibc.close(descriptor) }

  /// Has libcurl tell of its sockets and timers; the poller has to live as long as the handle.
  func attach(to multi: UnsafeMutableRawPointer) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    imagesearch_curl_multi_set_socket_callback(
      multi,
      { _, socket, wanted, context, _ in
        if let context { Unmanaged<SocketPoller>.fromOpaque(context).takeUnretainedValue().watch(socket, wanted) }
        return 0
      }, context)
    imagesearch_curl_multi_set_timer_callback(
      multi,
      { _, milliseconds, context in
        if let context {
          let poller = Unmanaged<SocketPoller>.fromOpaque(context).takeUnretainedValue()
          poller.timer = milliseconds < 0 ? nil : SystemTime().now + Double(milliseconds) / 1000
        }
        return 0
      }, context)
  }

  /// Waits for a socket, a timer or the bell, and has libcurl do what is due.
  ///
  /// - Parameter waits: `false` only looks.
  func turn(_ multi: UnsafeMutableRawPointer, waits: Bool) {
    let count = epoll_wait(descriptor, &events, Int32(events.count), waits ? patience() : 0)
    var running: Int32 = 0
    for event in events.prefix(Int(max(count, 0))) {
      if event.data.fd == bell.descriptor {
        bell.clear()
      } else {
        tell(multi, event)
      }
    }
    guard let due = timer, due <= SystemTime().now else { return }
    // libcurl sets the next one while it is called.
    timer = nil
    curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running)
  }

  private func tell(_ multi: UnsafeMutableRawPointer, _ event: epoll_event) {
    let socket = event.data.fd
    guard self[socket].wanted != CURL_POLL_REMOVE else {
      // The other side has ended a connection that waits for its next request; libcurl notices when it wants to use it.
      self[socket].events = nil
      return forget(socket)
    }
    var running: Int32 = 0
    curl_multi_socket_action(multi, socket, Self.readiness(event.events), &running)
  }

  /// Milliseconds to wait; the cap only bounds a lost wake-up.
  private func patience() -> Int32 {
    guard let timer else { return 30_000 }
    return Int32(min(max((timer - SystemTime().now) * 1000, 0), 30_000).rounded(.up))
  }

  private static func readiness(_ events: UInt32) -> Int32 {
    var bits: Int32 = 0
    if events & EPOLLIN.rawValue != 0 { bits |= CURL_CSELECT_IN }
    if events & EPOLLOUT.rawValue != 0 { bits |= CURL_CSELECT_OUT }
    if events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { bits |= CURL_CSELECT_ERR }
    return bits
  }

  // MARK: - Sockets

  /// A connection's socket was opened; its number may have been another one's before.
  func opened(_ socket: Int32) { self[socket] = Watch(isOurs: true) }

  /// Closes a connection's socket.
  func close(_ socket: Int32) {
    // The kernel would forget it by itself, but not when a child of this process has it as well.
    if self[socket].events != nil { forget(socket) }
    self[socket] = Watch()
    Glibc.close(socket)
  }

  private func watch(_ socket: Int32, _ wanted: Int32) {
    var watch = self[socket]
    watch.wanted = wanted
    defer { self[socket] = watch }
    if wanted == CURL_POLL_REMOVE {
      guard !watch.isOurs else { return }
      watch.events = nil
      return forget(socket)
    }
    var events: UInt32 = 0
    if wanted & CURL_POLL_IN != 0 { events |= EPOLLIN.rawValue }
    if wanted & CURL_POLL_OUT != 0 { events |= EPOLLOUT.rawValue }
    guard events != watch.events else { return }
    var event = epoll_event(events: events, data: epoll_data_t(fd: socket))
    let isNew = watch.events == nil
    if epoll_ctl(descriptor, isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event) != 0 {
      // The kernel forgets a socket when it is closed, and its number is used again.
      epoll_ctl(descriptor, isNew ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event)
    }
    watch.events = events
  }

  private subscript(socket: Int32) -> Watch {
    get { sockets.indices.contains(Int(socket)) ? sockets[Int(socket)] : Watch() }
    set {
      guard socket >= 0 else { return }
      while sockets.count <= Int(socket) { sockets.append(Watch()) }
      sockets[Int(socket)] = newValue
    }
  }

  private func forget(_ socket: Int32) {
    var event = epoll_event()
    epoll_ctl(descriptor, EPOLL_CTL_DEL, socket, &event)
  }
}
