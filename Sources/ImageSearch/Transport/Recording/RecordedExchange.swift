import FoundationEssentials

/// One exchange, as stored in a file.
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
    /// Digest of the part that does not change between attempts; see ``ExchangeRedaction``.
    var bodySHA256: String

    /// Identifies equal requests; contains nothing that is redacted.
    var key: String {
      let kept = headers.filter { $0.value != ExchangeRedaction.mark }.map { "\($0.name): \($0.value)" }.sorted()
      return ([method + " " + url, bodySHA256] + kept).joined(separator: "\n")
    }
  }

  struct Response: Codable, Sendable {
    var status: Int
    var headers: [Header]
    /// The body, if it is text.
    var text: String?
    /// The body in base64, if it is not text.
    var base64: String?
  }

  /// The failure, if there was no response.
  struct Failure: Codable, Sendable {
    var code: Int32
    var message: String
    var requestMayHaveBeenSent: Bool
  }

  /// Version of the file format.
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
      throw TransportFailure(.fileNotReadable, "a recorded exchange has no response", requestMayHaveBeenSent: false)
    }
    let body = response.base64.flatMap { Data(base64Encoded: $0) }.map(Array.init) ?? Array((response.text ?? "").utf8)
    return TransportResponse(status: response.status, headers: response.headers.map { ($0.name, $0.value) }, body: body)
  }
}
