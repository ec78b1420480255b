import CCurl
import Glibc

/// One request on its way. It is made by the caller, handed over through the loop's mailbox, and from then on touched by the
/// loop's thread alone; `isCancelled` and `continuation` are guarded by the mailbox's lock until the hand-over.
final class CurlTransfer: Sendable {
  typealias Outcome = Result<HTTPResponse, TransportFailure>
  typealias Continuation = UnsafeContinuation<Outcome, Never>

  nonisolated(unsafe) var isCancelled = false
  nonisolated(unsafe) var continuation: Continuation?
  nonisolated(unsafe) private(set) var easy: UnsafeMutableRawPointer?
  nonisolated(unsafe) private(set) var requestWasStarted = false

  private let request: HTTPRequest
  private let timeouts: AttemptTimeouts
  nonisolated(unsafe) private var reader: (any HTTPBodyReader)?
  nonisolated(unsafe) private var response = HTTPResponse(status: 0)
  nonisolated(unsafe) private var headerBytes = 0
  /// The empty line after the headers of the latest answer has come.
  nonisolated(unsafe) private var headIsComplete = false
  nonisolated(unsafe) private var maximumResponseBytes = 0
  nonisolated(unsafe) private var addressWasRefused = false
  nonisolated(unsafe) private var failure: TransportFailure?
  nonisolated(unsafe) private var lists: [UnsafeMutablePointer<curl_slist>] = []
  nonisolated(unsafe) private var errorText: UnsafeMutablePointer<CChar>?

  private static let maximumHeaderBytes = 256 << 10

  init(_ request: HTTPRequest, timeouts: AttemptTimeouts) {
    self.request = request
    self.timeouts = timeouts
  }

  func resume(_ outcome: Outcome) {
    let waiting = continuation
    continuation = nil
    waiting?.resume(returning: outcome)
  }

  func releaseHandle() {
    easy = nil
    reader = nil
    for list in lists { curl_slist_free_all(list) }
    lists = []
    errorText?.deallocate()
    errorText = nil
  }

  /// Sets every option; the handle was just made or reset.
  ///
  /// - Returns: why the request cannot be sent.
  func configure(_ easy: UnsafeMutableRawPointer, _ configuration: TransportConfiguration) -> TransportFailure? {
    self.easy = easy
    maximumResponseBytes = request.maximumResponseBytes ?? configuration.maximumResponseBytes
    let context = Unmanaged.passUnretained(self).toOpaque()
    var setter = CurlOptions(easy)
    setter.text(CURLOPT_URL, request.url)
    setter.long(CURLOPT_NOSIGNAL, 1)
    setter.long(CURLOPT_PROTOCOLS, Int(CURLPROTO_HTTP | CURLPROTO_HTTPS))
    setter.long(CURLOPT_REDIR_PROTOCOLS, Int(CURLPROTO_HTTP | CURLPROTO_HTTPS))
    setter.long(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
    setter.long(CURLOPT_PIPEWAIT, 1)
    setter.long(CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(timeouts.connect))
    setter.long(CURLOPT_TIMEOUT_MS, Self.milliseconds(timeouts.total))
    if request.acceptsCompression { setter.text(CURLOPT_ACCEPT_ENCODING, "") }
    setter.text(CURLOPT_USERAGENT, configuration.userAgent)
    if request.followsRedirects {
      setter.long(CURLOPT_FOLLOWLOCATION, 1)
      setter.long(CURLOPT_MAXREDIRS, 5)
    }
    setter.transport(configuration)
    setError(&setter)
    setHeaders(&setter, configuration)
    setCallbacks(&setter, context)
    setBody(&setter, context)
    if let failure { return abandon(failure) }
    guard setter.isAccepted else {
      return abandon(.init(.invalidArgument, "libcurl refuses the URL or an option", requestMayHaveBeenSent: false))
    }
    return nil
  }

  private func abandon(_ failure: TransportFailure) -> TransportFailure {
    releaseHandle()
    return failure
  }

  private func setError(_ setter: inout CurlOptions) {
    let text = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    text.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    errorText = text
    setter.pointer(CURLOPT_ERRORBUFFER, text)
  }

  private func setHeaders(_ setter: inout CurlOptions, _ configuration: TransportConfiguration) {
    var list: UnsafeMutablePointer<curl_slist>?
    for (name, value) in request.headers {
      list = curl_slist_append(list, value.isEmpty ? "\(name);" : "\(name): \(value)") ?? list
    }
    if !request.acceptsCompression { list = curl_slist_append(list, "Accept-Encoding: identity") ?? list }
    if request.body != nil {
      // Waiting for "100 Continue" costs a second with servers that never say it.
      list = curl_slist_append(list, "Expect:") ?? list
    }
    if request.method == .post, !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
      // libcurl would announce a form, which a request without a body is not and a signature does not cover.
      list = curl_slist_append(list, "Content-Type:") ?? list
    }
    if let list {
      lists.append(list)
      setter.pointer(CURLOPT_HTTPHEADER, list)
    }
    var resolve: UnsafeMutablePointer<curl_slist>?
    for entry in configuration.resolve { resolve = curl_slist_append(resolve, entry) ?? resolve }
    if let resolve {
      lists.append(resolve)
      setter.pointer(CURLOPT_RESOLVE, resolve)
    }
  }

  private func setCallbacks(_ setter: inout CurlOptions, _ context: UnsafeMutableRawPointer) {
    setter.data(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      CurlTransfer.from(context)?.receive(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
    }
    setter.pointer(CURLOPT_WRITEDATA, context)
    setter.data(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      CurlTransfer.from(context)?.receiveHeader(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
    }
    setter.pointer(CURLOPT_HEADERDATA, context)
    setter.prereq { context, _, _, _, _ in
      CurlTransfer.from(context)?.aboutToSend() ?? CURL_PREREQFUNC_ABORT
    }
    setter.pointer(CURLOPT_PREREQDATA, context)
    if request.publicAddressesOnly {
      setter.socket { context, _, address in
        guard let address, imagesearch_address_is_public(address) == 1 else {
          CurlTransfer.from(context)?.addressWasRefused = true
          return -1
        }
        return socket(
          address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue), address.pointee.protocol)
      }
      setter.pointer(CURLOPT_OPENSOCKETDATA, context)
    }
  }

  private func setBody(_ setter: inout CurlOptions, _ context: UnsafeMutableRawPointer) {
    guard let body = request.body else {
      if request.method == .post {
        setter.long(CURLOPT_POST, 1)
        setter.offset(CURLOPT_POSTFIELDSIZE_LARGE, 0)
        setter.text(CURLOPT_COPYPOSTFIELDS, "")
      }
      return
    }
    guard rewind() else { return }
    setter.long(CURLOPT_POST, 1)
    setter.offset(CURLOPT_POSTFIELDSIZE_LARGE, body.length)
    setter.data(CURLOPT_READFUNCTION) { bytes, size, count, context in
      CurlTransfer.from(context)?.produce(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
        ?? Int(CURL_READFUNC_ABORT)
    }
    setter.pointer(CURLOPT_READDATA, context)
    setter.seek { context, offset, origin in
      guard offset == 0, origin == SEEK_SET, CurlTransfer.from(context)?.rewind() == true else {
        return CURL_SEEKFUNC_CANTSEEK
      }
      return CURL_SEEKFUNC_OK
    }
    setter.pointer(CURLOPT_SEEKDATA, context)
  }

  // MARK: - Called by libcurl

  private static func from(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
    context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
  }

  private func aboutToSend() -> Int32 {
    // libcurl repeats a request by itself when a kept connection dies before the first byte of the answer.
    if requestWasStarted, request.sendOnce {
      failure = TransportFailure(
        .connectionLost, "the connection closed before the answer; the search was not sent again",
        requestMayHaveBeenSent: true)
      return CURL_PREREQFUNC_ABORT
    }
    requestWasStarted = true
    return CURL_PREREQFUNC_OK
  }

  private func produce(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    do {
      return try reader?.read(into: buffer) ?? 0
    } catch {
      note(error)
      return Int(CURL_READFUNC_ABORT)
    }
  }

  private func rewind() -> Bool {
    do {
      reader = try request.body?.makeReader()
      return true
    } catch {
      note(error)
      return false
    }
  }

  private func note(_ error: any Error) {
    let error = error as? ImageSearchError ?? ImageSearchError(.fileNotReadable, "the picture cannot be read")
    failure = TransportFailure(error.code, error.message, requestMayHaveBeenSent: false)
  }

  private func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard bytes.count <= maximumResponseBytes - response.body.count else {
      failure = TransportFailure(
        .responseTooLarge, "the answer is larger than the cap of \(maximumResponseBytes) bytes",
        requestMayHaveBeenSent: true)
      return 0
    }
    if response.body.isEmpty, let length = response.header("content-length").flatMap({ Int($0) }) {
      // Growing step by step would copy a long answer several times. A header that lies costs no more than a mebibyte.
      response.body.reserveCapacity(min(max(length, bytes.count), 1 << 20))
    }
    response.body.append(contentsOf: bytes)
    return bytes.count
  }

  private func receiveHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
    headerBytes += bytes.count
    guard headerBytes <= Self.maximumHeaderBytes else {
      failure = TransportFailure(
        .responseTooLarge, "the answer's headers are larger than \(Self.maximumHeaderBytes) bytes",
        requestMayHaveBeenSent: true
      )
      return 0
    }
    // A status line begins the headers of the next answer: 1xx, a proxy's, a redirect's.
    if bytes.starts(with: "HTTP/".utf8) {
      response.headers = []
      response.body = []
      headIsComplete = false
    } else if bytes.first == 13 || bytes.first == 10 {
      headIsComplete = true
    } else if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
      let name = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
      let value = bytes[(colon + 1)...].drop { $0 == 32 || $0 == 9 }
      var end = value.endIndex
      while end > value.startIndex, value[end - 1] <= 32 { end -= 1 }
      response.headers.append((name, String(decoding: value[..<end], as: UTF8.self)))
    }
    return bytes.count
  }

  // MARK: - The end

  func outcome(_ code: CURLcode) -> Outcome {
    guard let easy else { return .failure(.init(.internalFailure, "no handle", requestMayHaveBeenSent: true)) }
    var status = 0
    _ = imagesearch_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
    guard code == CURLE_OK else { return .failure(failure ?? explain(code, easy, status: status)) }
    // libcurl calls a head that breaks off a success.
    guard headIsComplete else {
      return .failure(
        .init(.connectionLost, "the connection closed within the headers of the answer", requestMayHaveBeenSent: true))
    }
    response.status = status
    return .success(response)
  }

  /// What libcurl's code means, with what is known of the request: some codes speak of the address before it was sent, and of the
  /// answer afterwards.
  private func explain(_ code: CURLcode, _ easy: UnsafeMutableRawPointer, status: Int) -> TransportFailure {
    let text = errorText.map { String(cString: $0) } ?? ""
    var told = CurlOptions.failure(code, text.isEmpty ? String(cString: curl_easy_strerror(code)) : text)
    if code == CURLE_COULDNT_CONNECT, addressWasRefused {
      told.code = .addressRefused
      told.message = "the address is of a private, loopback or reserved network, which the configuration does not allow"
    }
    guard requestWasStarted else {
      // The answer to CONNECT; libcurl calls a refusal a failure to receive.
      var answer = 0
      _ = imagesearch_curl_get_long(easy, CURLINFO_HTTP_CONNECTCODE, &answer)
      if answer != 0, !(200...299).contains(answer) { told.code = .proxyFailed }
      return told
    }
    switch told.code {
    case .invalidURL: told.code = (300...399).contains(status) ? .redirectRefused : .malformedResponse
    // A header line that is longer than libcurl takes.
    case .internalFailure: told.code = .responseTooLarge
    default: break
    }
    return told
  }

  private static func milliseconds(_ seconds: Double) -> Int {
    // libcurl takes 0 for "no limit", and a Double that is too large would trap.
    max(1, Int(min(max(seconds, 0) * 1000, 2_000_000_000)))
  }
}
