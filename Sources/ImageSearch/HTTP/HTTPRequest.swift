/// One HTTP request.
package struct HTTPRequest: Sendable {
  package enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
  }

  package var method: Method
  /// The absolute URL with its query, as it goes on the wire.
  package var url: String
  package var headers: [(name: String, value: String)] = []
  package var body: (any HTTPBody)?
  /// Follow redirects. Never with a key: it would go to whatever host the answer names.
  package var followsRedirects = false
  /// Refuse private, loopback and reserved addresses when a connection is opened (after name lookup, so that a name cannot
  /// lead there either).
  package var publicAddressesOnly = false
  /// Send the request once: libcurl's own repetition on a connection that turned out dead is an error instead, because the
  /// provider may have counted the first.
  package var sendOnce = false
  /// Offer to take the answer compressed. libcurl takes a compressed body that breaks off for a whole one: JSON shows that by
  /// itself, a picture may not.
  package var acceptsCompression = true
  /// Refuse an answer with more bytes than this; `nil` takes the transport's.
  package var maximumResponseBytes: Int?

  package init(method: Method, url: String) {
    self.method = method
    self.url = url
  }
}

/// One HTTP answer.
package struct HTTPResponse: Sendable {
  package var status: Int
  /// Names in lower case.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]

  package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The first value of a header; `name` in lower case.
  package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
