import CCurl

/// The transport that ships: libcurl on one thread for all clients of the process. Connections are reused, HTTP/2 is multiplexed
/// where the server offers it, and thousands of requests are in flight without a thread each. What one client has libcurl keep –
/// connections, addresses, TLS sessions – is in its ``CurlSession`` and serves no other.
package final class CurlTransport: HTTPTransport {
  private let session: CurlSession
  private let thread: TransferThread

  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when the system gives no memory, thread or descriptor,
  ///   ``ImageSearchError/Code/invalidArgument`` when libcurl refuses an option.
  package init(configuration: TransportConfiguration) throws {
    session = try CurlSession(configuration.withEnvironmentRead)
    thread = try TransferThread.join()
  }

  deinit { thread.close(session) }

  package func send(
    _ request: TransportRequest, timeouts: AttemptTimeouts
  ) async throws(TransportFailure) -> TransportResponse {
    let transfer = CurlTransfer(request, timeouts: timeouts, session: session)
    let result = await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        thread.submit(transfer, continuation)
      }
    } onCancel: {
      thread.cancel(transfer)
    }
    return try result.get()
  }

  package func close() { thread.close(session) }
}

/// Requests under way hold keys.
extension CurlTransport: CustomReflectable {
  package var customMirror: Mirror { Mirror(self, children: []) }
}
