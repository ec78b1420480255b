import CCurl
import Glibc

/// One request on its way. It is made by the caller, handed over through the mailbox, and from then on touched by the transfer
/// thread alone; `isCancelled` and `continuation` are guarded by the mailbox's lock until the hand-over.
final class CurlTransfer: Sendable {
  typealias Outcome = Result<TransportResponse, TransportFailure>
  typealias Continuation = UnsafeContinuation<Outcome, Never>

  let request: TransportRequest
  let timeouts: AttemptTimeouts
  /// The client that it belongs to.
  let session: CurlSession
  /// Where the connection goes in place of the URL's host, as `CURLOPT_CONNECT_TO` has it: an address that was judged, which a
  /// proxy is given in place of the name.
  let pin: String?
  /// Nothing is sent; only the addresses of the host are wanted.
  let isLookup: Bool

  nonisolated(unsafe) var isCancelled = false
  nonisolated(unsafe) var continuation: Continuation?
  nonisolated(unsafe) private(set) var requestWasStarted = false
  /// The socket's address was of a network that the request does not allow.
  nonisolated(unsafe) private(set) var addressWasRefused = false
  /// Addresses of the host, in the order of libcurl's attempts, when only they are wanted.
  nonisolated(unsafe) private(set) var addresses: [NetworkAddress] = []
  /// The process had no descriptor or memory for a socket.
  nonisolated(unsafe) var socketWasRefused = false

  nonisolated(unsafe) private var reader: (any TransportBodyReader)?
  nonisolated(unsafe) private var response = TransportResponse(status: 0)
  nonisolated(unsafe) private var headerBytes = 0
  /// The empty line after the headers of the latest answer has come.
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
    // Room for a small answer, from the caller's thread, which will free it: what one thread takes from malloc and another gives
    // back makes them wait for each other. Up to a kibibyte malloc keeps for each thread what it will need again.
    response.headers.reserveCapacity(12)
    response.body.reserveCapacity(960)
  }

  func resume(_ outcome: Outcome) { takeContinuation()?.resume(returning: outcome) }

  /// What is to be resumed, once.
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

  /// Lets go of the body.
  func release() { reader = nil }

  // MARK: - Called by libcurl

  /// Whether ``mayConnect(to:)`` wants to be asked.
  var asksForAddresses: Bool { isLookup || (request.publicAddressesOnly && pin == nil) }

  /// - Parameter address: what a socket is about to be opened to.
  func mayConnect(to address: NetworkAddress) -> Bool {
    if isLookup {
      addresses.append(address)
      return false
    }
    if !address.isPublic { addressWasRefused = true }
    return address.isPublic
  }

  /// - Parameter address: of the other side.
  func aboutToSend(to address: UnsafePointer<CChar>?) -> Int32 {
    // Nobody asked about the address of a connection that another request had opened.
    if asksForAddresses {
      guard !isLookup, let address, NetworkAddress(String(cString: address))?.isPublic == true else {
        addressWasRefused = true
        return CURL_PREREQFUNC_ABORT
      }
    }
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

  /// What was sent went over an HTTP/2 stream that the server refused or, going away, never looked at (RFC 9113, 8.7): nothing of
  /// it was processed, and libcurl begins anew.
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

  func tell(sent: curl_off_t, received: curl_off_t, bytesToReceive: curl_off_t) {
    request.progress?(
      TransferCount(
        sentBytes: Int(sent), receivedBytes: Int(received),
        bytesToReceive: bytesToReceive > 0 ? Int(bytesToReceive) : nil))
  }

  func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
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
    let count = response.body.count + bytes.count
    if count > response.body.capacity {
      // It grows to twice its size, and the old one is still there while it is copied.
      do { try Memory.check(2 * count, for: "the response") } catch {
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
        .responseTooLarge, "the answer's headers are larger than \(Self.maximumHeaderBytes) bytes",
        requestMayHaveBeenSent: true
      )
      return 0
    }
    switch HeaderLine(bytes) {
    // It begins the headers of the next answer: 1xx, a proxy's, a redirect's.
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

  /// What became of it.
  ///
  /// - Parameters:
  ///   - explanation: libcurl's words for a failure; `""` when it has none.
  ///   - easy: the handle that worked on it.
  ///   - proxy: what it went through, unless its host is one of the exceptions.
  func outcome(
    _ code: CURLcode, _ explanation: String, _ easy: UnsafeMutableRawPointer, proxy: Proxy?
  ) -> Outcome {
    if isLookup, !addresses.isEmpty { return .success(response) }
    tellTheEnd(easy)
    var status = 0
    _ = imagesearch_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
    guard code == CURLE_OK else {
      return .failure(failure ?? explain(code, explanation, easy, status: status, proxy: proxy))
    }
    // libcurl calls a head that breaks off a success.
    guard headIsComplete else {
      return .failure(
        .init(.connectionLost, "the connection closed within the headers of the answer", requestMayHaveBeenSent: true))
    }
    response.status = status
    return .success(response)
  }

  private func tellTheEnd(_ easy: UnsafeMutableRawPointer) {
    guard request.progress != nil else { return }
    var (sent, received, expected): (curl_off_t, curl_off_t, curl_off_t) = (0, 0, 0)
    _ = imagesearch_curl_get_offset(easy, CURLINFO_SIZE_UPLOAD_T, &sent)
    _ = imagesearch_curl_get_offset(easy, CURLINFO_SIZE_DOWNLOAD_T, &received)
    _ = imagesearch_curl_get_offset(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &expected)
    tell(sent: sent, received: received, bytesToReceive: expected)
  }

  /// What libcurl's code means, with what is known of the request: some codes speak of the address before it was sent, and of the
  /// answer afterwards.
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
      told.message = "the system gives no thread or descriptor to look up the host's name"
    } else if let proxy, code == CURLE_COULDNT_CONNECT, explanation.contains(" \(proxy.host) port ") {
      told.code = .proxyFailed
      told.message = "the proxy cannot be reached: " + told.message
    }
    guard requestWasStarted else {
      // The answer to CONNECT; libcurl calls a refusal a failure to receive.
      var answer = 0
      _ = imagesearch_curl_get_long(easy, CURLINFO_HTTP_CONNECTCODE, &answer)
      if answer != 0, !(200...299).contains(answer) {
        told.code = .proxyFailed
        told.message =
          answer == 407
          ? "the proxy wants another user name or password"
          : "the proxy refuses the connection with HTTP status \(answer)"
      } else if proxy != nil, answer == 0 {
        // No TLS yet and no request: whoever was silent or left was the proxy.
        if [CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_PROXY].contains(code) {
          told.code = .proxyFailed
          told.message = "the proxy ended the connection without an answer (\(told.message))"
        } else if code == CURLE_OPERATION_TIMEDOUT {
          told.message = "the proxy did not answer in time (\(told.message))"
        }
      }
      if told.code == .tlsFailed { told.message = Self.advice(told.message, code) }
      return told
    }
    switch told.code {
    case .invalidURL: told.code = (300...399).contains(status) ? .redirectRefused : .malformedResponse
    // A header line that is longer than libcurl takes.
    case .outOfMemory where code == CURLE_OUT_OF_MEMORY: told.code = .responseTooLarge
    default: break
    }
    return told
  }

  /// What to do about a failure of TLS.
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
  /// The target is not of the public internet.
  static let addressRefused = TransportFailure(
    .addressRefused,
    "the address is of a private, loopback or reserved network, which the configuration does not allow",
    requestMayHaveBeenSent: false)
}
