import FoundationEssentials

/// What is left of an exchange when everything secret is taken away.
struct ExchangeRedaction: Sendable {
  /// Stands where something was.
  static let mark = "redacted"

  let scrubber: SecretScrubber

  init(_ secrets: [Secret]) { scrubber = SecretScrubber(secrets) }

  /// Whether the value of a query or form parameter, a JSON member or an XML element signs in, or would change with every attempt.
  static func isSensitive(_ name: some StringProtocol) -> Bool {
    let name = name.lowercased()
    if ["api_key", "api_sig", "nonce", "date", "timestamp", "expires", "policy", "encodedpolicy"].contains(name) {
      return true
    }
    return ["apikey", "accesskey", "accountkey", "signature", "token", "secret", "password", "stringtosign", "cookie"]
      .contains { name.contains($0) }
  }

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
    return .init(name: name, value: scrubber.scrub(value))
  }

  /// The values of sensitive parameters are replaced; the others stay, for they are what was asked.
  func url(_ text: String) -> String {
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return scrubber.scrub(text) }
    let pairs = parts[1].split(separator: "&", omittingEmptySubsequences: false).map { pair -> String in
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2, Self.isSensitive(sides[0]) else { return String(pair) }
      return sides[0] + "=" + Self.mark
    }
    return scrubber.scrub(parts[0] + "?" + pairs.joined(separator: "&"))
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

  // MARK: - Answers

  func response(_ response: TransportResponse) -> RecordedExchange.Response {
    let kept = ["content-type", "retry-after", "x-acs-retry-after"]
    var headers = response.headers.filter { kept.contains($0.name) }.map {
      RecordedExchange.Header(name: $0.name, value: scrubber.scrub($0.value))
    }
    headers += response.headers.filter { $0.name == "location" }.map { .init(name: $0.name, value: url($0.value)) }
    let body = scrubber.scrub(AnswerScrubber.scrub(response.body))
    let text = String(validating: body, as: UTF8.self)
    return .init(
      status: response.status, headers: headers, text: text,
      base64: text == nil ? Data(body).base64EncodedString() : nil)
  }

  func failure(_ failure: TransportFailure) -> RecordedExchange.Failure {
    .init(
      code: failure.code.rawValue, message: scrubber.scrub(failure.message),
      requestMayHaveBeenSent: failure.requestMayHaveBeenSent)
  }
}
