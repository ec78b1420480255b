/// One request as received by a double, with its verdict.
package struct RecordedRequest: Decodable, Sendable {
  package var index: Int
  /// The number of the TCP connection.
  package var connection: Int
  /// Whether the connection resumed a TLS session of an earlier one; nil where the double had no connection of its own.
  package var sessionReused: Bool?
  package var scheme: String
  package var method: String
  /// The target of the request line, without any decoding.
  package var target: String
  package var path: String
  /// Decoded names and values in the order of the request.
  package var query: [[String]]
  package var headers: [[String]]
  package var bodyLength: Int
  package var bodySHA256: String
  package var form: Form
  /// The call's short name, such as `search_upload` or `AddImage`.
  package var kind: String
  /// `ok`, or the name of the refusal.
  package var verdict: String
  package var status: Int

  package struct Form: Decodable, Sendable {
    /// `none`, `urlencoded` or `multipart`.
    package var kind: String
    package var fields: [[String]]
    package var files: [File]
    /// Names of fields and files in the order of the request.
    package var order: [String]
    /// The error of the form; nil when it is valid.
    package var problem: String?
  }

  package struct File: Decodable, Sendable {
    package var name: String
    package var filename: String
    package var contentType: String?
    package var length: Int
    package var sha256: String

    private enum CodingKeys: String, CodingKey {
      case name
      case filename
      case contentType = "content_type"
      case length
      case sha256
    }
  }

  /// The first header of that name, case-insensitively.
  package func header(_ name: String) -> String? {
    headers.first { $0.first?.lowercased() == name.lowercased() }?.last
  }

  /// The first value of that name in the query, then in the form.
  package func parameter(_ name: String) -> String? {
    (query + form.fields).first { $0.first == name }?.last
  }

  private enum CodingKeys: String, CodingKey {
    case index
    case connection
    case sessionReused = "session_reused"
    case scheme
    case method
    case target
    case path
    case query
    case headers
    case bodyLength = "body_length"
    case bodySHA256 = "body_sha256"
    case form
    case kind
    case verdict
    case status
  }
}
