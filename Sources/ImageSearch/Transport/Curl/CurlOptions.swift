import CCurl
import COpenSSL

/// Sets options of an easy handle and records whether libcurl accepted them all.
struct CurlOptions {
  private let easy: UnsafeMutableRawPointer
  private(set) var isAccepted = true

  init(_ easy: UnsafeMutableRawPointer) { self.easy = easy }

  mutating func long(_ option: CURLoption, _ value: Int) { note(imagesearch_curl_set_long(easy, option, value)) }

  mutating func offset(_ option: CURLoption, _ value: Int) {
    note(imagesearch_curl_set_offset(easy, option, curl_off_t(value)))
  }

  mutating func text(_ option: CURLoption, _ value: String) { note(imagesearch_curl_set_text(easy, option, value)) }

  /// Sets a text, which libcurl copies.
  mutating func text(_ option: CURLoption, _ value: UnsafePointer<CChar>) {
    note(imagesearch_curl_set_text(easy, option, value))
  }

  mutating func pointer(_ option: CURLoption, _ value: UnsafeMutableRawPointer) {
    note(imagesearch_curl_set_pointer(easy, option, value))
  }

  /// Unsets an option.
  mutating func noPointer(_ option: CURLoption) { note(imagesearch_curl_set_no_pointer(easy, option)) }

  mutating func data(_ option: CURLoption, _ callback: imagesearch_curl_data_callback) {
    note(imagesearch_curl_set_data_callback(easy, option, callback))
  }

  mutating func seek(_ callback: curl_seek_callback) { note(imagesearch_curl_set_seek_callback(easy, callback)) }

  mutating func prereq(_ callback: curl_prereq_callback) { note(imagesearch_curl_set_prereq_callback(easy, callback)) }

  mutating func debug(_ callback: curl_debug_callback) { note(imagesearch_curl_set_debug_callback(easy, callback)) }

  mutating func openSocket(_ callback: curl_opensocket_callback) {
    note(imagesearch_curl_set_open_socket_callback(easy, callback))
  }

  mutating func progress(_ callback: curl_xferinfo_callback) {
    note(imagesearch_curl_set_progress_callback(easy, callback))
  }

  /// Sets a secret: libcurl copies it, and our copy is overwritten. `nil` unsets the option.
  mutating func secret(_ option: CURLoption, _ value: Secret?) {
    guard let value else { return noPointer(option) }
    value.withUnsafeBytes { bytes in
      var text = bytes.map { CChar(bitPattern: $0) } + [0]
      self.text(option, &text)
      text.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
    }
  }

  mutating func trust(_ files: TrustFiles) {
    if let file = files.authorityFile {
      text(CURLOPT_CAINFO, file)
      // A proxy that is reached over https has a certificate of its own.
      text(CURLOPT_PROXY_CAINFO, file)
    }
    if let folder = files.authorityFolder {
      text(CURLOPT_CAPATH, folder)
      text(CURLOPT_PROXY_CAPATH, folder)
    }
    if let file = files.certificateFile { text(CURLOPT_SSLCERT, file) }
    if let file = files.keyFile { text(CURLOPT_SSLKEY, file) }
  }

  private mutating func note(_ code: CURLcode) {
    if code != CURLE_OK { isAccepted = false }
  }

  /// The failure for a code of libcurl; `said` contains no secret, because libcurl's messages never include the URL's
  /// query.
  static func failure(_ code: CURLcode, _ said: String) -> TransportFailure {
    let kind: ImageSearchError.Code
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST: kind = .hostNotFound
    case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: kind = .proxyFailed
    case CURLE_COULDNT_CONNECT: kind = .connectionFailed
    case CURLE_OPERATION_TIMEDOUT: kind = .timedOut
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED:
      kind = .tlsFailed
    case CURLE_TOO_MANY_REDIRECTS: kind = .redirectRefused
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: kind = .invalidURL
    case CURLE_BAD_CONTENT_ENCODING, CURLE_WEIRD_SERVER_REPLY: kind = .malformedResponse
    case CURLE_OUT_OF_MEMORY: kind = .outOfMemory
    default: kind = .connectionLost
    }
    return TransportFailure(kind, said, requestMayHaveBeenSent: false)
  }
}
