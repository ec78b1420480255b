import Synchronization

@testable import ImageSearch

/// Answers requests from a list, and records them.
final class ScriptedTransport: HTTPTransport {
  enum Step: Sendable {
    case answer(TransportResponse)
    case failure(TransportFailure)
    /// No response until the task is cancelled.
    case silence

    static func json(_ text: String, status: Int = 200, headers: [(name: String, value: String)] = []) -> Step {
      .answer(TransportResponse(status: status, headers: headers, body: Array(text.utf8)))
    }
  }

  struct Sent: Sendable {
    var request: TransportRequest
    var timeouts: AttemptTimeouts

    /// The body as text; `""` without one.
    var bodyText: String {
      guard let body = request.body, let reader = try? body.makeReader() else { return "" }
      var bytes = [UInt8](repeating: 0, count: body.length)
      var filled = 0
      while filled < bytes.count {
        let count = bytes.withUnsafeMutableBytes {
          (try? reader.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))) ?? 0
        }
        if count == 0 { break }
        filled += count
      }
      return String(decoding: bytes.prefix(filled), as: UTF8.self)
    }

    func header(_ name: String) -> String? { request.headers.first { $0.name == name }?.value }
  }

  private struct State {
    var steps: [Step]
    var sent: [Sent] = []
    var isClosed = false
  }

  private let state: Mutex<State>

  /// - Parameter steps: One per request; the last one answers all further requests.
  init(_ steps: [Step]) { state = Mutex(State(steps: steps)) }

  var sent: [Sent] { state.withLock { $0.sent } }
  var isClosed: Bool { state.withLock { $0.isClosed } }

  func send(_ request: TransportRequest, timeouts: AttemptTimeouts) async throws(TransportFailure) -> TransportResponse
  {
    let step = state.withLock { state -> Step in
      state.sent.append(Sent(request: request, timeouts: timeouts))
      return state.steps.count > 1 ? state.steps.removeFirst() : state.steps[0]
    }
    switch step {
    case .answer(let response): return response
    case .failure(let failure): throw failure
    case .silence:
      while !Task.isCancelled { try? await Task.sleep(nanoseconds: 1_000_000) }
      throw TransportFailure(.cancelled, "cancelled", requestMayHaveBeenSent: true)
    }
  }

  func close() { state.withLock { $0.isClosed = true } }
}
