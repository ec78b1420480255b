import FoundationEssentials
import ImageSearch
import Synchronization

/// Parrot in memory: 45 hits for every image, a charge for each search, and failures that a test sets.
final class ParrotDouble: HTTPTransport {
  private struct State {
    var charged = 0
    var sent = 0
    var instead: [TransportResponse] = []
  }

  private let state = Mutex(State())

  /// Number of searches made, and of requests received.
  var charged: Int { state.withLock { $0.charged } }
  var sent: Int { state.withLock { $0.sent } }

  /// Responses to the next requests instead of hits.
  func answer(_ responses: (status: Int, body: String)...) {
    state.withLock { state in
      state.instead = responses.map { TransportResponse(status: $0.status, body: Array($0.body.utf8)) }
    }
  }

  func send(_ request: TransportRequest, timeouts: AttemptTimeouts) async throws(TransportFailure) -> TransportResponse
  {
    let text = Self.text(of: request.body)
    return state.withLock { state in
      state.sent += 1
      if !state.instead.isEmpty { return state.instead.removeFirst() }
      guard request.headers.contains(where: { $0 == ("x-parrot-key", "polly") }) else {
        return TransportResponse(status: 401, body: Array(#"{"error": "bad_key", "message": "who is there?"}"#.utf8))
      }
      guard request.url.hasSuffix("/search") else {
        return TransportResponse(status: 200, body: Array("{\"searches\": \(100 - state.charged)}".utf8))
      }
      state.charged += 1
      let (limit, offset) = (Self.number("limit", in: text), Self.number("offset", in: text))
      let hits = (offset..<min(45, offset + limit)).map {
        "{\"id\": \"\($0)\", \"url\": \"https://images.example/\($0).jpg\", \"likeness\": \(1 - Double($0) / 100)}"
      }
      return TransportResponse(
        status: 200, body: Array("{\"hits\": [\(hits.joined(separator: ","))], \"total\": 45}".utf8))
    }
  }

  func close() {}

  /// The value of a form field.
  private static func number(_ field: String, in form: String) -> Int {
    let parts = form.split(separator: "name=\"\(field)\"\r\n\r\n", maxSplits: 1)
    return parts.count == 2 ? Int(parts[1].prefix { $0.isNumber }) ?? 0 : 0
  }

  private static func text(of body: (any TransportBody)?) -> String {
    guard let body, let reader = try? body.makeReader() else { return "" }
    var bytes = [UInt8](repeating: 0, count: body.length)
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        (try? reader.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))) ?? 0
      }
      if count == 0 { break }
      filled += count
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
