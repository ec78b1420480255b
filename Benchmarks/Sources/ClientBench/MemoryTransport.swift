import ImageSearch

/// Answers every request from memory: what is left is what a client does beside transfers. Also the proof that an application can
/// bring a transport of its own, for this file uses nothing of the library but what is public.
struct MemoryTransport: HTTPTransport {
  func send(_ request: TransportRequest, timeouts: AttemptTimeouts) async throws(TransportFailure) -> TransportResponse
  {
    guard timeouts.total > .zero, request.url.contains("/search/") else {
      throw TransportFailure(.notFound, "nothing is known of \(request.method)", requestMayHaveBeenSent: false)
    }
    return TransportResponse(
      status: 200, headers: [("Content-Type", "application/json")],
      body: Array(#"{"stats": {}, "code": 200, "messages": [], "results": {"matches": []}}"#.utf8))
  }

  func close() {}
}
