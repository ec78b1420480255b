import CCurl
import Glibc
import Synchronization

/// One request in transfer. It is created by the caller, submitted through the mailbox, and from then on used by the
/// transfer thread only; `isCancelled` and `continuation` are guarded by the mailbox's lock until then.
final class CurlTransfer: Sendable {
  typealias Outcome = Result<TransportResponse, TransportFailure>
  typealias Continuation = UnsafeContinuation<Outcome, Never>

  let request: TransportRequest
  let timeouts: AttemptTimeouts
  /// The client that it belongs to.
  let session: CurlSession
  /// The address to connect to instead of the URL's host, in the form of `CURLOPT_CONNECT_TO`: one that was checked,
  /// which a proxy receives instead of the name.
  let pin: String?
  /// Whether only the addresses of the host are looked up, and nothing is sent.
  let isLookup: Bool

  nonisolated(unsafe) var isCancelled = false
  nonisolated(unsafe) var continuation: Continuation?
  nonisolated(unsafe) private(set) var requestWasStarted = false
  /// Whether the socket's address was in a network that the request does not allow.
  nonisolated(unsafe) private(set) var addressWasRefused = false
  /// Addresses of the host, in the order of libcurl's attempts, for a lookup. Read by the caller when the transfer has ended.
  var addresses: [NetworkAddress] { found.withLock { $0 } }
  private let found = Mutex<[NetworkAddress]>([])
  /// Whether the process had no descriptor or memory for a socket.
  nonisolated(unsafe) var socketWasRefused = false

  nonisolated(unsafe) private var reader: (any TransportBodyReader)?
  nonisolated(unsafe) private var response = TransportResponse(status: 0)
  nonisolated(unsafe) private var headerBytes = 0
  /// Whether the empty line after the headers of the latest response was received.
  nonisolated(unsafe) private var headIsComplete = false
  nonisolated(unsafe) private var maximumResponseBytes = 0
  nonisolated(unsafe) private var failure: TransportFailure?

  private static let maximumHeaderBytes = 256 << 10

  init(
    _ request: TransportRequest, timeouts: AttemptTimeouts, session: CurlSession, pin: String? = nil,
    isLookup: Bool = false
  ) {
    self.request = request
    self.pin = pin
    self.isLookup = isLookup
    self.timeouts = timeouts
    self.session = session
    // Reserved for a small response on the caller's thread, which will free it: allocating in one thread and freeing in
    // another makes them contend for malloc's lock. malloc caches blocks of up to 1 KiB per thread.
    response.headers.reserveCapacity(12)
    response.body.reserveCapacity(960)
  }

  func resume(_ outcome: Outcome) { takeContinuation()?.resume(returning: outcome) }

  /// Returns the continuation, once.
  func takeContinuation() -> Continuation? {
    defer { continuation = nil }
    return continuation
  }

  /// - Returns: why the request cannot be sent.
  func begin() -> TransportFailure? {
    maximumResponseBytes = request.maximumResponseBytes ?? session.settings.configuration.maximumResponseBytes
    if request.body != nil { _ = rewind() }
    return failure
  }

  /// Releases the body.
  func release() { reader = nil }

  // MARK: - Called by libcurl

  /// Whether ``mayConnect(to:)`` must be called.
  var asksForAddresses: Bool { isLookup || (request.publicAddressesOnly && pin == nil) }

  /// - Parameter address: the address that a socket is about to connect to.
  func mayConnect(to address: NetworkAddress) -> Bool {
    if isLookup {
      found.withLock { $0.append(address) }
      return false
    }
    if !address.isPublic { addressWasRefused = true }
    return address.isPublic
  }

  /// - Parameter address: the peer's address.
  func aboutToSend(to address: UnsafePointer<CChar>?) -> Int32 {
    // The address of a connection that another request opened was not checked for this one.
    if asksForAddresses {
      guard !isLookup, let address, NetworkAddress(String(cString: address))?.isPublic == true else {
        addressWasRefused = true
        return CURL_PREREQFUNC_ABORT
      }
    }
    // libcurl itself repeats a request when a reused connection breaks before the first byte of the response.
    if requestWasStarted, request.sendOnce {
      failure = TransportFailure(
        .connectionLost, "the connection closed before the response; the search was not sent again",
        requestMayHaveBeenSent: true)
      return CURL_PREREQFUNC_ABORT
    }
    requestWasStarted = true
    return CURL_PREREQFUNC_OK
  }

  /// Notes that the request was on an HTTP/2 stream that the server refused, or ignored when it sent GOAWAY (RFC 9113,
  /// 8.7): it was not processed, and libcurl sends it again.
  func streamWasRefused() { requestWasStarted = false }

  func produce(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    do {
      return try reader?.read(into: buffer) ?? 0
    } catch {
      note(error)
      return Int(CURL_READFUNC_ABORT)
    }
  }

  func rewind() -> Bool {
    do {
      reader = try request.body?.makeReader()
      return true
    } catch {
      note(error)
      return false
    }
  }

  private func note(_ error: any Error) {
    let error = error as? ImageSearchError ?? ImageSearchError(.fileNotReadable, "the image cannot be read")
    failure = TransportFailure(error.code, error.message, requestMayHaveBeenSent: false)
  }

  func report(sent: curl_off_t, received: curl_off_t, bytesToReceive: curl_off_t) {
    request.progress?(
      TransferCount(
        sentBytes: Int(sent), receivedBytes: Int(received),
        bytesToReceive: bytesToReceive > 0 ? Int(bytesToReceive) : nil))
  }

  func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard bytes.count <= maximumResponseBytes - response.body.count else {
      failure = TransportFailure(
        .responseTooLarge, "the response is larger than the cap of \(maximumResponseBytes) bytes",
        requestMayHaveBeenSent: true)
      return 0
    }
    if response.body.isEmpty, let length = response.header("content-length").flatMap({ Int($0) }) {
      // Growing step by step would copy a long response several times. A false Content-Length costs at most 1 MiB.
      response.body.reserveCapacity(min(max(length, bytes.count), 1 << 20))
    }
    let count = response.body.count + bytes.count
    if count > response.body.capacity {
      // The buffer grows to twice its size while the old one still exists, and the parsed response takes a multiple again.
      do { try Memory.check(8 * count, for: "the response") } catch {
        failure = TransportFailure(error.code, error.message, requestMayHaveBeenSent: true)
        return 0
      }
    }
    response.body.append(contentsOf: bytes)
    return bytes.count
  }

  func receiveHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
    headerBytes += bytes.count
    guard headerBytes <= Self.maximumHeaderBytes else {
      failure = TransportFailure(
        .responseTooLarge, "the response's headers are larger than \(Self.maximumHeaderBytes) bytes",
        requestMayHaveBeenSent: true
      )
      return 0
    }
    switch HeaderLine(bytes) {
    // The headers of another response begin: 1xx, a proxy's, a redirect's.
    case .status:
      response.headers.removeAll(keepingCapacity: true)
      response.body.removeAll(keepingCapacity: true)
      headIsComplete = false
    case .end: headIsComplete = true
    case .field(let name, let value): response.headers.append((name, value))
    case .other: break
    }
    return bytes.count
  }

  // MARK: - The end

  /// The outcome.
  ///
  /// - Parameters:
  ///   - explanation: libcurl's message for a failure; `""` when there is none.
  ///   - easy: the handle of the transfer.
  ///   - proxy: the proxy that was used, unless the host is one of the exceptions.
  func outcome(
    _ code: CURLcode, _ explanation: String, _ easy: UnsafeMutableRawPointer, proxy: Proxy?
  ) -> Outcome {
    if isLookup, !addresses.isEmpty { return .success(response) }
    reportTheEnd(easy)
    var status = 0
    _ = imagesearch_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
    guard code == CURLE_OK else {
      return .failure(failure ?? explain(code, explanation, easy, status: status, proxy: proxy))
    }
    // libcurl reports truncated headers as success.
    guard headIsComplete else {
      return .failure(
        .init(.connectionLost, "the connection closed within the headers of the response", requestMayHaveBeenSent: true)
      )
    }
    response.status = status
    return .success(response)
  }

  private func reportTheEnd(_ easy: UnsafeMutableRawPointer) {
    guard request.progress != nil else { return }
    var (sent, received, expected): (curl_off_t, curl_off_t, curl_off_t) = (0, 0, 0)
    _ = imagesearch_curl_get_offset(easy, CURLINFO_SIZE_UPLOAD_T, &sent)
    _ = imagesearch_curl_get_offset(easy, CURLINFO_SIZE_DOWNLOAD_T, &received)
    _ = imagesearch_curl_get_offset(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &expected)
    report(sent: sent, received: received, bytesToReceive: expected)
  }

  /// The meaning of libcurl's code, given the state of the request: some codes concern the address before it was sent,
  /// and the response afterwards.
  private func explain(
    _ code: CURLcode, _ explanation: String, _ easy: UnsafeMutableRawPointer, status: Int, proxy: Proxy?
  ) -> TransportFailure {
    var told = CurlOptions.failure(code, explanation.isEmpty ? String(cString: curl_easy_strerror(code)) : explanation)
    if addressWasRefused, code == CURLE_COULDNT_CONNECT || code == CURLE_ABORTED_BY_CALLBACK {
      return .addressRefused
    }
    if socketWasRefused, code == CURLE_COULDNT_CONNECT {
      told.code = .outOfMemory
      told.message = "the process has no file descriptor left for a connection"
    } else if code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY,
      explanation.hasPrefix("getaddrinfo() thread failed")
    {
      told.code = .outOfMemory
      told.message = "no thread or descriptor is available to look up the host's name"
    } else if let proxy, code == CURLE_COULDNT_CONNECT, explanation.contains(" \(proxy.host) port ") {
      told.code = .proxyFailed
      told.message = "the proxy cannot be reached: " + told.message
    }
    guard requestWasStarted else {
      // The response to CONNECT; libcurl reports a refusal as a failure to receive.
      var answer = 0
      _ = imagesearch_curl_get_long(easy, CURLINFO_HTTP_CONNECTCODE, &answer)
      if answer != 0, !(200...299).contains(answer) {
        told.code = .proxyFailed
        told.message =
          answer == 407
          ? "the proxy wants another user name or password"
          : "the proxy refuses the connection with HTTP status \(answer)"
      } else if proxy != nil, answer == 0 {
        // Neither TLS nor the request has begun, so it was the proxy that did not respond or closed the connection.
        if [CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_PROXY].contains(code) {
          told.code = .proxyFailed
          told.message = "the proxy closed the connection without a response (\(told.message))"
        } else if code == CURLE_OPERATION_TIMEDOUT {
          told.message = "the proxy did not respond in time (\(told.message))"
        }
      }
      if told.code == .tlsFailed { told.message = Self.advice(told.message, code) }
      return told
    }
    switch told.code {
    case .invalidURL: told.code = (300...399).contains(status) ? .redirectRefused : .malformedResponse
    // A header line that exceeds libcurl's limit.
    case .outOfMemory where code == CURLE_OUT_OF_MEMORY: told.code = .responseTooLarge
    default: break
    }
    return told
  }

  /// Advice for a failure of TLS.
  private static func advice(_ words: String, _ code: CURLcode) -> String {
    if words.contains("wrong version number") || words.contains("packet length too long")
      || words.contains("http request") || words.contains("unknown protocol")
    {
      return "the server does not speak TLS on this port; use http:// or the port for https (\(words))"
    }
    let isUnknown = ["local issuer", "self-signed", "self signed", "unable to get issuer"].contains {
      words.contains($0)
    }
    if code == CURLE_PEER_FAILED_VERIFICATION, isUnknown {
      return "the server's certificate is of an authority that is not trusted; if it is yours, name its file in ca_file"
        + " (certificateAuthorityFile) or SSL_CERT_FILE (\(words))"
    }
    return words
  }
}

extension TransportFailure {
  /// The failure for a target that is not on the public internet.
  static let addressRefused = TransportFailure(
    .addressRefused,
    "the address is of a private, loopback or reserved network, which the configuration does not allow",
    requestMayHaveBeenSent: false)
}
