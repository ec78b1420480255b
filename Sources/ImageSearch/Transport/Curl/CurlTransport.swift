import CCurl

/// The transport that ships: libcurl, one `curl_multi` loop on one thread for all requests of a client. Connections are reused,
/// HTTP/2 is multiplexed where the server offers it, and thousands of requests are in flight without a thread each.
package final class CurlTransport: HTTPTransport {
  private let loop: CurlLoop

  /// - Throws: ``ImageSearchError/Code/internalFailure`` when libcurl or the system refuses a handle or a thread.
  package init(configuration: TransportConfiguration) throws {
    loop = try CurlLoop(configuration: configuration)
  }

  deinit { loop.stop() }

  package func send(
    _ request: HTTPRequest, timeouts: AttemptTimeouts
  ) async throws(TransportFailure) -> HTTPResponse {
    let transfer = CurlTransfer(request, timeouts: timeouts)
    let result = await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        loop.submit(transfer, continuation)
      }
    } onCancel: {
      loop.cancel(transfer)
    }
    return try result.get()
  }

  package func close() { loop.stop() }
}

/// Requests under way hold keys.
extension CurlTransport: CustomReflectable {
  package var customMirror: Mirror { Mirror(self, children: []) }
}
