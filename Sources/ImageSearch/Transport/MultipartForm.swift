/// A `multipart/form-data` body (RFC 7578) that is produced while it is sent.
package struct MultipartForm: Sendable {
  private let boundary: String
  private var parts: [any TransportBody] = []

  /// - Parameter boundary: 1–70 characters that occur in no part; must be random.
  package init(boundary: String) { self.boundary = boundary }

  /// The value of the header `Content-Type`.
  package var contentType: String { "multipart/form-data; boundary=\(boundary)" }

  package mutating func addField(_ name: String, _ value: String) {
    let head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(Self.quoted(name))\"\r\n\r\n"
    parts.append(BytesBody(Array((head + value + "\r\n").utf8)))
  }

  package mutating func addFile(_ name: String, fileName: String, contentType: String?, body: any TransportBody) {
    var head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(Self.quoted(name))\"; "
    head += "filename=\"\(Self.quoted(fileName))\"\r\n"
    if let contentType { head += "Content-Type: \(contentType)\r\n" }
    parts.append(BytesBody(Array((head + "\r\n").utf8)))
    parts.append(body)
    parts.append(BytesBody(Array("\r\n".utf8)))
  }

  package func body() -> any TransportBody {
    JoinedBody(parts + [BytesBody(Array("--\(boundary)--\r\n".utf8))])
  }

  // A quote or a line end in a name would end the value or the line; escaped as in WHATWG HTML, "multipart form data".
  private static func quoted(_ text: String) -> String {
    var output = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "%22"
      case "\r": output += "%0D"
      case "\n": output += "%0A"
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output
  }
}
