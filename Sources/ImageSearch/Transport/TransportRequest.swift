/// One HTTP request for an ``HTTPTransport``.
public struct TransportRequest: Sendable {
  /// The methods that the providers use.
  public enum Method: String, Sendable {
    /// `GET`.
    case get = "GET"
    /// `POST`.
    case post = "POST"
  }

  /// The method.
  public var method: Method
  /// The absolute URL with its query, exactly as sent; it may contain a key.
  public var url: String
  /// The headers, except `Host` and `Content-Length`; they may contain a key. A POST without `Content-Type` is sent
  /// without one.
  public var headers: [(name: String, value: String)] = []
  /// The body; `nil` for none, even with POST.
  public var body: (any TransportBody)?
  /// Whether redirects are followed. Never set with a key, which would be sent to any host that a response names.
  public var followsRedirects = false
  /// Whether private, loopback and reserved addresses are refused with ``ImageSearchError/Code/addressRefused`` when a
  /// connection is opened, after name lookup. With a proxy, the target is checked instead of the proxy; with redirects,
  /// every target.
  public var publicAddressesOnly = false
  /// Whether the request is sent only once: if a reused connection turns out to be dead, it is an error rather than
  /// repeated on another, because the provider may have charged the first.
  public var sendOnce = false
  /// Whether a compressed response is accepted. libcurl does not notice a truncated compressed body: in JSON that is
  /// evident, in an image it may not be.
  public var acceptsCompression = true
  /// Maximum size of the response in bytes; a larger one is ``ImageSearchError/Code/responseTooLarge``. `nil` for the
  /// transport's.
  public var maximumResponseBytes: Int?
  /// Credentials that are only in the body; those in the URL and the headers are found there.
  package var secrets: [String] = []
  /// Receives the progress of the transfer, as often as the transport chooses and on any thread; `nil` for none.
  public var progress: (@Sendable (TransferCount) -> Void)?

  /// A request without headers and body.
  public init(method: Method, url: String) {
    self.method = method
    self.url = url
  }
}

/// One HTTP response, the last one if redirects were followed.
public struct TransportResponse: Sendable {
  /// The status, 100–999.
  public var status: Int
  /// The headers in order, with names in lower case.
  public var headers: [(name: String, value: String)]
  /// The body, decompressed.
  public var body: [UInt8]

  /// A response; the names of headers may be in any case.
  public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers.map { ($0.name.lowercased(), $0.value) }
    self.body = body
  }

  /// The first value of a header.
  ///
  /// - Parameter name: in lower case.
  public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
