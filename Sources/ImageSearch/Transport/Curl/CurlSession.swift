import CCurl

/// How a client's requests are sent, determined when the client was opened, with its files checked and the environment
/// read.
struct CurlSettings: Sendable {
  let configuration: TransportConfiguration
  let proxies: ProxySettings
  let trust: TrustFiles

  /// - Throws: ``ImageSearchError/Code/invalidArgument``, ``ImageSearchError/Code/fileNotReadable``.
  init(_ configuration: TransportConfiguration) throws {
    self.configuration = configuration
    proxies = try ProxySettings(configuration)
    trust = try TrustFiles(configuration)
  }
}

/// libcurl's state of one client: connections, resolved addresses and TLS sessions, in a `CURLSH` of its own, and the
/// handles that use them. None of it is shared with another client, and all of it ends with the client.
///
/// Used by the transfer thread only, once the client is open.
final class CurlSession: Sendable {
  let settings: CurlSettings
  /// Guarded by the transfer thread's mailbox.
  nonisolated(unsafe) var isClosed = false

  /// `nil` after the end.
  private nonisolated(unsafe) var share: UnsafeMutableRawPointer?
  private nonisolated(unsafe) var idle: [CurlHandle] = []
  /// Busy handles, each at its ``CurlHandle/index``.
  private nonisolated(unsafe) var busy: [CurlHandle] = []

  /// - Throws: ``ImageSearchError/Code/outOfMemory``, ``ImageSearchError/Code/invalidArgument`` for an option that libcurl refuses.
  init(_ settings: CurlSettings) throws {
    self.settings = settings
    guard ProcessExit.enter() else { throw ImageSearchError(.closed, "the process is exiting") }
    defer { ProcessExit.leave() }
    guard TransferThread.isReady else { throw ImageSearchError(.internalFailure, "libcurl cannot be initialised") }
    guard let share = curl_share_init() else { throw Self.noMemory }
    self.share = UnsafeMutableRawPointer(share)
    for kept in [CURL_LOCK_DATA_CONNECT, CURL_LOCK_DATA_DNS, CURL_LOCK_DATA_SSL_SESSION] {
      guard imagesearch_curl_share(share, kept) == CURLSHE_OK else { throw Self.noMemory }
    }
    guard let handle = CurlHandle(settings, share: self.share) else { throw Self.noMemory }
    guard handle.isSound else {
      throw ImageSearchError(.invalidArgument, "libcurl refuses an option of the transport configuration")
    }
    idle.append(handle)
  }

  deinit { end() }

  private static let noMemory = ImageSearchError(.outOfMemory, "no memory for a client")

  /// Returns a handle for a transfer, to be returned to ``put(_:)``.
  func take() -> CurlHandle? {
    guard let share, let handle = idle.popLast() ?? CurlHandle(settings, share: share) else { return nil }
    handle.index = busy.count
    busy.append(handle)
    return handle
  }

  /// Keeps a handle for the next transfer, or frees it when there are enough.
  func put(_ handle: CurlHandle) {
    // The last one takes its place.
    if let last = busy.popLast(), last !== handle {
      last.index = handle.index
      busy[handle.index] = last
    }
    if idle.count < max(settings.configuration.maximumConnections, 16) { idle.append(handle) }
  }

  /// The handle of a transfer.
  func handle(of transfer: CurlTransfer) -> CurlHandle? { busy.first { $0.transfer === transfer } }

  /// All running transfers.
  var transfers: [CurlTransfer] { busy.compactMap(\.transfer) }

  /// Closes the connections and frees all that libcurl holds, including headers with keys. No transfer may be running.
  func end() {
    idle = []
    if let share { curl_share_cleanup(share) }
    share = nil
    settings.proxies.wipe()
  }
}
