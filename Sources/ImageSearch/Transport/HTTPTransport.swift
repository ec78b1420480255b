/// Sends requests. The built-in transport uses libcurl; an application can substitute its own HTTP stack by
/// ``ClientConfiguration/customTransport``, and its tests an object that responds from memory.
///
/// Everything else – signatures, limits, retries, deadlines, the log – stays with the client, which calls the transport once for
/// every attempt. A transport sends the request as it is: it adds no header that a signature would have to cover, follows no
/// redirect unless the request says so, and repeats nothing.
public protocol HTTPTransport: Sendable {
  /// Sends a request and waits for the whole response. Called concurrently from many tasks. Cancelling the task ends
  /// the wait.
  ///
  /// - Parameters:
  ///   - request: what to send, and the limits on its response.
  ///   - timeouts: limits of this attempt, which include the call's deadline.
  /// - Throws: ``TransportFailure``. Any HTTP status is a response and not a failure.
  func send(_ request: TransportRequest, timeouts: AttemptTimeouts) async throws(TransportFailure) -> TransportResponse
  /// Ends running requests with ``ImageSearchError/Code/closed``. Called when a client that uses the transport is
  /// closed, possibly more than once; a transport that several clients share must decide when to end.
  func close()
}

/// Why a request got no response.
public struct TransportFailure: Error, Sendable {
  /// What happened: ``ImageSearchError/Code/connectionFailed``, ``ImageSearchError/Code/hostNotFound``,
  /// ``ImageSearchError/Code/timedOut``, ``ImageSearchError/Code/connectionLost`` and
  /// ``ImageSearchError/Code/proxyFailed`` may be temporary and are retried as the table in `docs/errors.md` says.
  public var code: ImageSearchError.Code
  /// One sentence for the caller.
  public var message: String
  /// Whether any byte of the request may have reached the provider. Must be `true` when in doubt: a request that was
  /// certainly not sent is sent again, and a search could then be paid for twice.
  public var requestMayHaveBeenSent: Bool

  /// A failure.
  public init(_ code: ImageSearchError.Code, _ message: String, requestMayHaveBeenSent: Bool) {
    self.code = code
    self.message = message
    self.requestMayHaveBeenSent = requestMayHaveBeenSent
  }
}

/// Number of bytes transferred in one attempt.
public struct TransferCount: Sendable, Hashable {
  /// Bytes of the request's body that were passed to the network.
  public var sentBytes: Int
  /// Bytes of the response's body that were received, before decompression.
  public var receivedBytes: Int
  /// Total bytes of the response's body; `nil` until the server says, or if it does not.
  public var bytesToReceive: Int?

  /// Counts.
  public init(sentBytes: Int = 0, receivedBytes: Int = 0, bytesToReceive: Int? = nil) {
    self.sentBytes = sentBytes
    self.receivedBytes = receivedBytes
    self.bytesToReceive = bytesToReceive
  }
}
