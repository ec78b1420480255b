/// Sends requests. The one that ships is ``CurlTransport``; a recorder or a test can take its place.
package protocol HTTPTransport: Sendable {
  /// Sends a request and waits for the whole answer. Cancelling the task ends it within 100 ms.
  ///
  /// - Throws: ``TransportFailure``. Any HTTP status is an answer and not a failure.
  func send(_ request: HTTPRequest, timeouts: AttemptTimeouts) async throws(TransportFailure) -> HTTPResponse
  /// Ends what is running.
  func close()
}

/// Time limits of one attempt, in seconds.
package struct AttemptTimeouts: Sendable, Hashable {
  package var connect: Double
  package var total: Double

  package init(connect: Double, total: Double) {
    self.connect = connect
    self.total = total
  }
}

/// Why a request got no answer.
package struct TransportFailure: Error, Sendable {
  package var code: ImageSearchError.Code
  package var message: String
  /// Whether any byte of the request may have reached the provider.
  package var requestMayHaveBeenSent: Bool

  package init(_ code: ImageSearchError.Code, _ message: String, requestMayHaveBeenSent: Bool) {
    self.code = code
    self.message = message
    self.requestMayHaveBeenSent = requestMayHaveBeenSent
  }
}
