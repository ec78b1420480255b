/// One HTTP request, as an ``HTTPTransport`` has to send it.
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
  /// The absolute URL with its query, as it goes on the wire; it may hold a key.
  public var url: String
  /// The headers, `Host` and `Content-Length` excepted; they may hold a key. A POST without `Content-Type` is sent without.
  public var headers: [(name: String, value: String)] = []
  /// What is sent along; `nil` is nothing, also with POST.
  public var body: (any TransportBody)?
  /// Follow redirects. Never with a key: it would go to whatever host the answer names.
  public var followsRedirects = false
  /// Refuse private, loopback and reserved addresses when a connection is opened (after name lookup, so that a name cannot
  /// lead there either) with ``ImageSearchError/Code/addressRefused``. Behind a proxy the target is judged, not the proxy, and of
  /// a redirect every target.
  public var publicAddressesOnly = false
  /// Send the request once: a repetition on another connection when a kept one turned out dead is an error instead, because the
  /// provider may have counted the first.
  public var sendOnce = false
  /// Offer to take the answer compressed. libcurl takes a compressed body that breaks off for a whole one: JSON shows that by
  /// itself, an image may not.
  public var acceptsCompression = true
  /// Refuse an answer with more bytes than this with ``ImageSearchError/Code/responseTooLarge``; `nil` takes the transport's.
  public var maximumResponseBytes: Int?
  /// What signs the request in and is only in its body; what is in the URL and the headers is found there.
  package var secrets: [String] = []
  /// To be told how far the transfer is, as often as the transport likes and from any thread; `nil` when nobody asked.
  public var progress: (@Sendable (TransferCount) -> Void)?

  /// A request without headers and body.
  public init(method: Method, url: String) {
    self.method = method
    self.url = url
  }
}

/// One HTTP answer, the last one when redirects were followed.
public struct TransportResponse: Sendable {
  /// The status, 100–999.
  public var status: Int
  /// The headers in their order. Names are in lower case.
  public var headers: [(name: String, value: String)]
  /// The body, decoded when it came compressed.
  public var body: [UInt8]

  /// An answer; the names of headers may be spelt in any case.
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
