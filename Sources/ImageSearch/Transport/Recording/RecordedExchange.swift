import FoundationEssentials

/// One exchange as it stands in a file.
struct RecordedExchange: Codable, Sendable {
  struct Header: Codable, Sendable, Hashable {
    var name: String
    var value: String
  }

  struct Request: Codable, Sendable {
    var method: String
    var url: String
    var headers: [Header]
    var bodyLength: Int
    /// Of what does not change from one attempt to the next; see ``ExchangeRedaction``.
    var bodySHA256: String

    /// What makes two requests the same: nothing that is redacted.
    var key: String {
      let kept = headers.filter { $0.value != ExchangeRedaction.mark }.map { "\($0.name): \($0.value)" }.sorted()
      return ([method + " " + url, bodySHA256] + kept).joined(separator: "\n")
    }
  }

  struct Response: Codable, Sendable {
    var status: Int
    var headers: [Header]
    /// The body when it is text.
    var text: String?
    /// The body when it is none, in Base64.
    var base64: String?
  }

  /// There was no answer.
  struct Failure: Codable, Sendable {
    var code: Int32
    var message: String
    var requestMayHaveBeenSent: Bool
  }

  /// The form of the file.
  var version = 1
  var request: Request
  var response: Response?
  var failure: Failure?

  func outcome() throws(TransportFailure) -> TransportResponse {
    if let failure {
      throw TransportFailure(
        ImageSearchError.Code(rawValue: failure.code), failure.message,
        requestMayHaveBeenSent: failure.requestMayHaveBeenSent)
    }
    guard let response else {
      throw TransportFailure(.fileNotReadable, "a recorded exchange has no answer", requestMayHaveBeenSent: false)
    }
    let body = response.base64.flatMap { Data(base64Encoded: $0) }.map(Array.init) ?? Array((response.text ?? "").utf8)
    return TransportResponse(status: response.status, headers: response.headers.map { ($0.name, $0.value) }, body: body)
  }
}
