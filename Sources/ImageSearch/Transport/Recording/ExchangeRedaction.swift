import FoundationEssentials

/// Removes everything secret from an exchange.
struct ExchangeRedaction: Sendable {
  /// Replaces a secret.
  static let mark = "redacted"

  let redactor: Redactor

  init(_ secrets: [Secret]) { redactor = Redactor(secrets) }

  // MARK: - Requests

  /// - Throws: ``ImageSearchError/Code/fileNotReadable`` when the body cannot be read.
  func request(_ request: TransportRequest) throws -> RecordedExchange.Request {
    let type = request.headers.first { $0.name.lowercased() == "content-type" }?.value ?? ""
    let bytes = try request.body.map(Self.read) ?? []
    return RecordedExchange.Request(
      method: request.method.rawValue, url: url(request.url), headers: request.headers.map(requestHeader),
      bodyLength: bytes.count,
      bodySHA256: Hex.encode(try Digest.sha256.hash(CanonicalBody.bytes(bytes, contentType: type))))
  }

  private func requestHeader(_ header: (name: String, value: String)) -> RecordedExchange.Header {
    let name = header.name.lowercased()
    let value: String
    switch name {
    // The boundary of a form is random.
    case "content-type": value = header.value.split(separator: ";").first.map(String.init) ?? ""
    case "accept", "accept-encoding", "x-acs-action", "x-acs-version": value = header.value
    default: value = Self.mark
    }
    return .init(name: name, value: redactor.redact(value))
  }

  /// Returns the URL with the values of sensitive parameters replaced.
  func url(_ text: String) -> String {
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return redactor.redact(text) }
    let pairs = parts[1].split(separator: "&", omittingEmptySubsequences: false).map { pair -> String in
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2, SensitiveNames.contains(sides[0]) else { return String(pair) }
      return sides[0] + "=" + Self.mark
    }
    return redactor.redact(parts[0] + "?" + pairs.joined(separator: "&"))
  }

  private static func read(_ body: any TransportBody) throws -> [UInt8] {
    let reader = try body.makeReader()
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = try buffer.withUnsafeMutableBytes { try reader.read(into: $0) }
      if count <= 0 { return bytes }
      bytes.append(contentsOf: buffer.prefix(count))
    }
  }

  // MARK: - Responses

  /// - Parameter request: the request, whose credentials a server may echo.
  func response(_ response: TransportResponse, to request: TransportRequest) -> RecordedExchange.Response {
    let redactor = redactor.adding(request)
    let kept = ["content-type", "retry-after", "x-acs-retry-after"]
    var headers = response.headers.filter { kept.contains($0.name) }.map {
      RecordedExchange.Header(name: $0.name, value: redactor.redact($0.value))
    }
    headers += response.headers.filter { $0.name == "location" }.map { .init(name: $0.name, value: url($0.value)) }
    let body = redactor.redact(CredentialMembers.redact(response.body))
    let text = String(validating: body, as: UTF8.self)
    return .init(
      status: response.status, headers: headers, text: text,
      base64: text == nil ? Data(body).base64EncodedString() : nil)
  }

  func failure(_ failure: TransportFailure, of request: TransportRequest) -> RecordedExchange.Failure {
    .init(
      code: failure.code.rawValue, message: redactor.adding(request).redact(failure.message).excerpt,
      requestMayHaveBeenSent: failure.requestMayHaveBeenSent)
  }
}

/// Removes the values that a response itself names as credentials: the authorization of an upload contains a key and a
/// signature that are not among our secrets, and an error about a signature quotes the string to sign.
enum CredentialMembers {
  static func redact(_ body: [UInt8]) -> [UInt8] {
    // Some servers begin with a byte order mark.
    let text = body.starts(with: [0xEF, 0xBB, 0xBF]) ? body.dropFirst(3) : body[...]
    return switch text.first(where: { $0 > 32 }) {
    case UInt8(ascii: "{"), UInt8(ascii: "["): json(body)
    case UInt8(ascii: "<"): xml(body)
    default: body
    }
  }

  /// Walks over the strings of a JSON text; everything else is copied unchanged.
  private static func json(_ body: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(body.count)
    var isCredential = false
    var i = 0
    while i < body.count {
      let byte = body[i]
      guard byte == UInt8(ascii: "\"") else {
        output.append(byte)
        // The value after a name ends here, or is not a string.
        if byte > 32, byte != UInt8(ascii: ":") { isCredential = false }
        i += 1
        continue
      }
      let end = endOfString(body, from: i + 1)
      let content = body[(i + 1)..<end]
      let next = body[min(end + 1, body.count)...].first { $0 > 32 }
      if next == UInt8(ascii: ":") {
        output.append(contentsOf: body[i...min(end, body.count - 1)])
        isCredential = SensitiveNames.contains(String(decoding: content, as: UTF8.self))
      } else {
        output.append(byte)
        output.append(contentsOf: isCredential ? Array(ExchangeRedaction.mark.utf8) : withoutSignedText(Array(content)))
        if end < body.count { output.append(UInt8(ascii: "\"")) }
        isCredential = false
      }
      i = end + 1
    }
    return output
  }

  private static func endOfString(_ body: [UInt8], from start: Int) -> Int {
    var i = start
    while i < body.count, body[i] != UInt8(ascii: "\"") { i += body[i] == UInt8(ascii: "\\") ? 2 : 1 }
    return min(i, body.count)
  }

  private static func withoutSignedText(_ content: [UInt8]) -> [UInt8] {
    let lower = content.map { (65...90).contains($0) ? $0 + 32 : $0 }
    guard let place = lower.place(of: Array("string to sign".utf8)) else { return content }
    return content[..<place] + Array(ExchangeRedaction.mark.utf8)
  }

  /// Replaces the text of elements with sensitive names; the buckets' errors are not nested.
  private static func xml(_ body: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    let lastEnd = body.lastIndex(of: UInt8(ascii: ">")) ?? -1
    var i = 0
    while i < body.count {
      guard body[i] == UInt8(ascii: "<"), i < lastEnd, let end = body[i...].firstIndex(of: UInt8(ascii: ">")) else {
        output.append(body[i])
        i += 1
        continue
      }
      output.append(contentsOf: body[i...end])
      let name = String(decoding: body[(i + 1)..<end], as: UTF8.self)
      i = end + 1
      guard !name.hasPrefix("/"), SensitiveNames.contains(name) else { continue }
      output.append(contentsOf: ExchangeRedaction.mark.utf8)
      i = body[i...].firstIndex(of: UInt8(ascii: "<")) ?? body.count
    }
    return output
  }
}
