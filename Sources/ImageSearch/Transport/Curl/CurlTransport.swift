/// The built-in transport: libcurl on one thread for all clients of the process. Connections are reused, HTTP/2 is
/// multiplexed where the server offers it, and thousands of requests can be in flight without a thread each. The
/// connections, addresses and TLS sessions of a client are in its ``CurlSession`` and not shared with others.
package final class CurlTransport: HTTPTransport {
  private let session: CurlSession
  private let thread: TransferThread

  private static let maximumRedirects = 5

  /// - Throws: ``ImageSearchError/Code/invalidArgument`` for an invalid proxy or file,
  /// ``ImageSearchError/Code/fileNotReadable``, ``ImageSearchError/Code/outOfMemory`` when the system is out of memory,
  /// threads or descriptors.
  package init(configuration: TransportConfiguration) throws {
    session = try CurlSession(try CurlSettings(configuration))
    thread = try TransferThread.join()
  }

  deinit { thread.close(session) }

  package func send(
    _ request: TransportRequest, timeouts: AttemptTimeouts
  ) async throws(TransportFailure) -> TransportResponse {
    guard request.followsRedirects || request.publicAddressesOnly else {
      return try await run(CurlTransfer(request, timeouts: timeouts, session: session))
    }
    let end = SystemTime().now + timeouts.total.inSeconds
    var request = request
    for _ in 0...Self.maximumRedirects {
      let response = try await sendOnce(request, Self.rest(of: timeouts, until: end), end)
      guard request.followsRedirects, let location = Redirect.location(of: response) else { return response }
      request.url = try Redirect.target(location, from: request.url)
    }
    throw TransportFailure(
      .redirectRefused, "the server redirects more than \(Self.maximumRedirects) times", requestMayHaveBeenSent: true)
  }

  /// Sends one request, to a public address if that is required.
  private func sendOnce(
    _ request: TransportRequest, _ timeouts: AttemptTimeouts, _ end: Double
  ) async throws(TransportFailure) -> TransportResponse {
    guard request.publicAddressesOnly, session.settings.proxies.proxy(for: request.url) != nil else {
      return try await run(CurlTransfer(request, timeouts: timeouts, session: session))
    }
    // A proxy that received the name would look it up itself, and might get another address than the one checked here.
    let lookup = CurlTransfer(
      TransportRequest(method: .get, url: request.url), timeouts: timeouts, session: session, isLookup: true)
    _ = try await run(lookup)
    guard let address = lookup.addresses.first(where: \.isPublic) else { throw TransportFailure.addressRefused }
    return try await run(
      CurlTransfer(
        request, timeouts: Self.rest(of: timeouts, until: end), session: session, pin: "::\(address.urlText):"))
  }

  private static func rest(of timeouts: AttemptTimeouts, until end: Double) -> AttemptTimeouts {
    let total = Duration.seconds(min(max(end - SystemTime().now, 0.001), Duration.tenYears))
    return AttemptTimeouts(connect: min(timeouts.connect, total), total: total)
  }

  private func run(_ transfer: CurlTransfer) async throws(TransportFailure) -> TransportResponse {
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

/// Requests in flight contain keys.
extension CurlTransport: CustomReflectable {
  package var customMirror: Mirror { Mirror(self, children: []) }
}
