import CCurl
import Glibc

/// An easy handle of libcurl, for one transfer at a time. Options that all requests of a client share are set once:
/// setting them for each request takes as long as the request itself. Used by the transfer thread only.
final class CurlHandle {
  let easy: UnsafeMutableRawPointer
  /// The transfer that libcurl's callbacks are for.
  private(set) var transfer: CurlTransfer?
  /// The index among the session's busy handles.
  var index = 0

  private let settings: CurlSettings
  /// The share handle of the client's handles.
  private let share: UnsafeMutableRawPointer
  private let errorText: UnsafeMutablePointer<CChar>
  private var resolve: UnsafeMutablePointer<curl_slist>?
  /// The address that a transfer connects to instead of its host.
  private var pin: UnsafeMutablePointer<curl_slist>?
  // The current settings, which are not set again for a request with the same ones.
  private var proxy: Proxy?
  private var timeouts: AttemptTimeouts?
  private var address = PlainAddress()
  private var headers = HeaderList()
  /// Whether libcurl's debug messages are on; see ``listen(_:)``.
  private var isListening = false
  /// Whether an option is set that the next request must not inherit.
  private var isAltered = false
  /// Whether libcurl accepted every option that all requests share.
  private(set) var isSound = true

  /// `nil` when libcurl has no memory.
  init?(_ settings: CurlSettings, share: UnsafeMutableRawPointer?) {
    guard let share, let easy = curl_easy_init() else { return nil }
    self.easy = easy
    self.share = share
    self.settings = settings
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    for entry in settings.configuration.resolve { resolve = curl_slist_append(resolve, entry) ?? resolve }
    setCommon()
  }

  deinit {
    curl_easy_cleanup(easy)
    headers.clear()
    curl_slist_free_all(resolve)
    curl_slist_free_all(pin)
    errorText.deallocate()
  }

  /// The handle for one of libcurl's.
  static func from(_ easy: UnsafeMutableRawPointer) -> CurlHandle? {
    var context: UnsafeMutableRawPointer?
    guard imagesearch_curl_get_pointer(easy, CURLINFO_PRIVATE, &context) == CURLE_OK, let context else { return nil }
    return Unmanaged<CurlHandle>.fromOpaque(context).takeUnretainedValue()
  }

  // MARK: - Once

  private func setCommon() {
    var setter = CurlOptions(easy)
    setter.pointer(CURLOPT_SHARE, share)
    setter.long(CURLOPT_NOSIGNAL, 1)
    // Otherwise the end of a transfer, and with it all other transfers, would wait for a running name lookup.
    _ = imagesearch_curl_set_long(easy, imagesearch_curl_quick_exit, 1)
    setter.long(CURLOPT_PROTOCOLS, Int(CURLPROTO_HTTP | CURLPROTO_HTTPS))
    setter.long(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
    setter.long(CURLOPT_PIPEWAIT, 1)
    setter.text(CURLOPT_ACCEPT_ENCODING, "")
    setter.trust(settings.trust)
    // Otherwise libcurl would read the environment.
    setter.text(CURLOPT_NOPROXY, settings.proxies.exceptions)
    proxy = nil
    setter.text(CURLOPT_PROXY, "")
    setter.pointer(CURLOPT_ERRORBUFFER, errorText)
    if let resolve { setter.pointer(CURLOPT_RESOLVE, resolve) }
    setCallbacks(&setter)
    isSound = setter.isAccepted
    timeouts = nil
    address = PlainAddress()
    isListening = false
    isAltered = false
  }

  private func setCallbacks(_ setter: inout CurlOptions) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    setter.pointer(CURLOPT_PRIVATE, context)
    setter.data(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      CurlHandle.transfer(context)?.receive(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
    }
    setter.pointer(CURLOPT_WRITEDATA, context)
    setter.data(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      CurlHandle.transfer(context)?.receiveHeader(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
    }
    setter.pointer(CURLOPT_HEADERDATA, context)
    setter.prereq { context, address, _, _, _ in
      CurlHandle.transfer(context)?.aboutToSend(to: address) ?? CURL_PREREQFUNC_ABORT
    }
    setter.pointer(CURLOPT_PREREQDATA, context)
    setter.openSocket { context, _, address in
      guard let context, let address else { return -1 }
      return Unmanaged<CurlHandle>.fromOpaque(context).takeUnretainedValue().open(address)
    }
    setter.pointer(CURLOPT_OPENSOCKETDATA, context)
  }

  private func open(_ address: UnsafeMutablePointer<curl_sockaddr>) -> Int32 {
    if let transfer, transfer.asksForAddresses {
      guard let found = Self.networkAddress(address), transfer.mayConnect(to: found) else { return -1 }
    }
    let socket = socket(
      address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue), address.pointee.protocol)
    if socket < 0, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) { transfer?.socketWasRefused = true }
    return socket
  }

  private static func networkAddress(_ address: UnsafeMutablePointer<curl_sockaddr>) -> NetworkAddress? {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = imagesearch_address_bytes(address, &bytes)
    return NetworkAddress(Array(bytes.prefix(Int(count))))
  }

  private static func transfer(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
    context.flatMap { Unmanaged<CurlHandle>.fromOpaque($0).takeUnretainedValue().transfer }
  }

  /// The encodings that libcurl decodes.
  private static let encodings: String = {
    guard let version = curl_version_info(CURLVERSION_FIRST) else { return "identity" }
    let known = [(CURL_VERSION_LIBZ, "deflate, gzip"), (CURL_VERSION_BROTLI, "br"), (CURL_VERSION_ZSTD, "zstd")]
    let names = known.filter { version.pointee.features & $0.0 != 0 }.map(\.1)
    return names.isEmpty ? "identity" : names.joined(separator: ", ")
  }()

  // MARK: - For each request

  /// Prepares the handle for a transfer.
  ///
  /// - Returns: why the request cannot be sent, in which case the transfer has not begun.
  func begin(_ transfer: CurlTransfer) -> TransportFailure? {
    self.transfer = transfer
    errorText.pointee = 0
    let request = transfer.request
    var setter = CurlOptions(easy)
    isAltered = request.needsOwnOptions || transfer.pin != nil || transfer.isLookup
    setProxy(&setter, transfer)
    setAddress(&setter, request)
    setTimeouts(&setter, transfer.timeouts)
    if request.sendOnce { listen(&setter, request) }
    setHeaders(&setter, request)
    if isAltered { setOwn(&setter, request) }
    guard let failure = transfer.begin() else {
      if setter.isAccepted, isSound { return nil }
      end()
      return .init(.invalidArgument, "libcurl refuses the URL or an option", requestMayHaveBeenSent: false)
    }
    end()
    return failure
  }

  /// Releases the transfer, which libcurl no longer works on.
  func end() {
    transfer?.release()
    transfer = nil
    guard isAltered else { return }
    curl_easy_reset(easy)
    headers.clear()
    curl_slist_free_all(pin)
    pin = nil
    setCommon()
  }

  /// The outcome of the transfer.
  func outcome(_ code: CURLcode) -> CurlTransfer.Outcome {
    guard let transfer else { return .failure(.init(.internalFailure, "no transfer", requestMayHaveBeenSent: true)) }
    return transfer.outcome(code, String(cString: errorText), easy, proxy: proxy)
  }

  private func setTimeouts(_ setter: inout CurlOptions, _ timeouts: AttemptTimeouts) {
    guard timeouts != self.timeouts else { return }
    self.timeouts = timeouts
    setter.long(CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(timeouts.connect))
    setter.long(CURLOPT_TIMEOUT_MS, Self.milliseconds(timeouts.total))
  }

  /// Turns on libcurl's debug messages for a paid request over HTTP/2: a stream that the server refused was not
  /// processed, and libcurl sends the request again, but reports this nowhere else. The cost is negligible beside TLS.
  private func listen(_ setter: inout CurlOptions, _ request: TransportRequest) {
    guard !isListening, request.url.utf8.prefix(8).elementsEqual("https://".utf8) else { return }
    isListening = true
    setter.debug { _, kind, text, count, context in
      let refused: StaticString = "REFUSED_STREAM"
      if kind == CURLINFO_TEXT, let text, count >= refused.utf8CodeUnitCount,
        memcmp(text, refused.utf8Start, refused.utf8CodeUnitCount) == 0
      {
        CurlHandle.transfer(context)?.streamWasRefused()
      }
      return 0
    }
    setter.pointer(CURLOPT_DEBUGDATA, Unmanaged.passUnretained(self).toOpaque())
    setter.long(CURLOPT_VERBOSE, 1)
  }

  private func setProxy(_ setter: inout CurlOptions, _ transfer: CurlTransfer) {
    if let entry = transfer.pin {
      pin = curl_slist_append(nil, entry)
      if let pin { setter.pointer(CURLOPT_CONNECT_TO, pin) }
    }
    // The proxy is used once the address is known.
    let proxy = transfer.isLookup ? nil : settings.proxies.proxy(for: transfer.request.url)
    guard proxy !== self.proxy else { return }
    self.proxy = proxy
    headers.clear()
    setter.text(CURLOPT_PROXY, proxy?.url ?? "")
    setter.secret(CURLOPT_PROXYUSERNAME, proxy?.credentials?.user)
    setter.secret(CURLOPT_PROXYPASSWORD, proxy?.credentials?.password)
    // For the proxy; to the provider it is sent as one of the headers.
    setter.text(CURLOPT_USERAGENT, proxy == nil ? "" : settings.configuration.userAgent)
  }

  /// Whether the request does not go through a proxy.
  private var isDirect: Bool { proxy == nil }

  /// libcurl parses and reassembles the URL of every request, touching each byte several times; the part after the host
  /// needs none of that, because it is only copied into the request line.
  private func setAddress(_ setter: inout CurlOptions, _ request: TransportRequest) {
    if isDirect, !request.followsRedirects, let target = address.target(in: request.url) {
      if let origin = target.newOrigin { setter.text(CURLOPT_URL, origin) }
      request.url.withCString { setter.text(CURLOPT_REQUEST_TARGET, $0 + target.offset) }
      return
    }
    if address.isSet { setter.noPointer(CURLOPT_REQUEST_TARGET) }
    address = PlainAddress()
    setter.text(CURLOPT_URL, request.url)
  }

  private func setHeaders(_ setter: inout CurlOptions, _ request: TransportRequest) {
    guard isAltered || !headers.isMade(of: request.headers) else { return }
    headers.make(of: request.headers)
    // If set as options, libcurl would format them twice for every request.
    if isDirect { headers.append("User-Agent: " + settings.configuration.userAgent) }
    if !request.acceptsCompression {
      headers.append("Accept-Encoding: identity")
    } else if isDirect {
      headers.append("Accept-Encoding: " + Self.encodings)
    }
    // Waiting for "100 Continue" costs a second with servers that never send it.
    if request.body != nil { headers.append("Expect:") }
    if request.method == .post, !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
      // libcurl would declare a form, which is wrong for a request without a body, and which a signature does not
      // cover.
      headers.append("Content-Type:")
    }
    if let list = headers.list {
      setter.pointer(CURLOPT_HTTPHEADER, list)
    } else {
      setter.noPointer(CURLOPT_HTTPHEADER)
    }
  }

  private func setOwn(_ setter: inout CurlOptions, _ request: TransportRequest) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    if !request.acceptsCompression { setter.noPointer(CURLOPT_ACCEPT_ENCODING) }
    // A reused connection would not look up addresses.
    if transfer?.isLookup == true { setter.long(CURLOPT_FRESH_CONNECT, 1) }
    if request.progress != nil {
      setter.long(CURLOPT_NOPROGRESS, 0)
      setter.progress { context, bytesToReceive, received, _, sent in
        CurlHandle.transfer(context)?.report(sent: sent, received: received, bytesToReceive: bytesToReceive)
        return 0
      }
      setter.pointer(CURLOPT_XFERINFODATA, context)
    }
    if request.method == .post { setBody(&setter, request.body, context) }
  }

  private func setBody(_ setter: inout CurlOptions, _ body: (any TransportBody)?, _ context: UnsafeMutableRawPointer) {
    setter.long(CURLOPT_POST, 1)
    guard let body else {
      setter.offset(CURLOPT_POSTFIELDSIZE_LARGE, 0)
      setter.text(CURLOPT_COPYPOSTFIELDS, "")
      return
    }
    setter.offset(CURLOPT_POSTFIELDSIZE_LARGE, body.length)
    setter.data(CURLOPT_READFUNCTION) { bytes, size, count, context in
      CurlHandle.transfer(context)?.produce(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
        ?? Int(CURL_READFUNC_ABORT)
    }
    setter.pointer(CURLOPT_READDATA, context)
    setter.seek { context, offset, origin in
      guard offset == 0, origin == SEEK_SET, CurlHandle.transfer(context)?.rewind() == true else {
        return CURL_SEEKFUNC_CANTSEEK
      }
      return CURL_SEEKFUNC_OK
    }
    setter.pointer(CURLOPT_SEEKDATA, context)
  }

  private static func milliseconds(_ time: Duration) -> Int {
    // To libcurl, 0 means "no limit", and converting a Double that is too large would trap.
    max(1, Int(min(max(time.inSeconds, 0) * 1000, 2_000_000_000)))
  }
}

extension TransportRequest {
  /// Whether the request sets options that other requests of the client do not.
  fileprivate var needsOwnOptions: Bool {
    method != .get || body != nil || followsRedirects || !acceptsCompression || progress != nil
  }
}
