/// Sends requests. The one that ships drives libcurl; an application that has an HTTP stack of its own puts it in place by
/// ``ClientConfiguration/customTransport``, and a program's tests an object that answers from memory.
///
/// Everything else – signatures, limits, retries, deadlines, the log – stays with the client, which calls the transport once for
/// every attempt. A transport sends the request as it is: it adds no header that a signature would have to cover, follows no
/// redirect unless the request says so, and repeats nothing.
public protocol HTTPTransport: Sendable {
  /// Sends a request and waits for the whole answer. Called from many tasks at once. Cancelling the task ends the wait.
  ///
  /// - Parameters:
  ///   - request: what to send, and what its answer may be.
  ///   - timeouts: limits of this attempt; the call's deadline is in them.
  /// - Throws: ``TransportFailure``. Any HTTP status is an answer and not a failure.
  func send(_ request: TransportRequest, timeouts: AttemptTimeouts) async throws(TransportFailure) -> TransportResponse
  /// Ends what is running with ``ImageSearchError/Code/closed``. Called when a client that uses the transport is closed, perhaps
  /// more than once; who shares a transport among clients decides for how many of them it means the end.
  func close()
}

/// Why a request got no answer.
public struct TransportFailure: Error, Sendable {
  /// What happened: ``ImageSearchError/Code/connectionFailed``, ``ImageSearchError/Code/hostNotFound``,
  /// ``ImageSearchError/Code/timedOut``, ``ImageSearchError/Code/connectionLost`` and ``ImageSearchError/Code/proxyFailed`` may
  /// pass and are tried again as the table in `docs/errors.md` says.
  public var code: ImageSearchError.Code
  /// One sentence for the caller.
  public var message: String
  /// Whether any byte of the request may have reached the provider. When in doubt it is `true`: what was certainly not sent is
  /// sent again, and a search would be paid for twice.
  public var requestMayHaveBeenSent: Bool

  /// A failure.
  public init(_ code: ImageSearchError.Code, _ message: String, requestMayHaveBeenSent: Bool) {
    self.code = code
    self.message = message
    self.requestMayHaveBeenSent = requestMayHaveBeenSent
  }
}

/// How many bytes of one attempt have moved.
public struct TransferCount: Sendable, Hashable {
  /// Bytes of the request's body that were handed to the network.
  public var sentBytes: Int
  /// Bytes of the answer's body that came, as they came (compressed, perhaps).
  public var receivedBytes: Int
  /// Bytes of the answer's body in all; `nil` while, or where, the server does not tell.
  public var bytesToReceive: Int?

  /// Counts.
  public init(sentBytes: Int = 0, receivedBytes: Int = 0, bytesToReceive: Int? = nil) {
    self.sentBytes = sentBytes
    self.receivedBytes = receivedBytes
    self.bytesToReceive = bytesToReceive
  }
}
