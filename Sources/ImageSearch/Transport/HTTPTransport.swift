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
  func send(_ request: HTTPRequest, timeouts: AttemptTimeouts) async throws(TransportFailure) -> HTTPResponse
  /// Ends what is running with ``ImageSearchError/Code/closed``. Called when a client that uses the transport is closed, perhaps
  /// more than once; who shares a transport among clients decides for how many of them it means the end.
  func close()
}
