/// Takes secrets out of text that a provider or a library wrote and that is passed on: errors, log lines, warnings, recordings.
///
/// A secret is found in every spelling that software produces: percent-encoded in any way and repeatedly, with JSON or C escapes,
/// as HTML entities, in base64 of any alignment and either alphabet (and so as HTTP's Basic), in hex, in any case, broken over lines,
/// and cut short to its first or last half (8 characters at least). The text is decoded step by step, with a map back to where each
/// byte came from, and searched at each step; that takes time in proportion to its length.
package struct Redactor: Sendable {
  /// Stands where a secret was.
  package static let mark = "[secret]"

  private let secrets: [Secret]
  /// What is secret for one request only: signatures, nonces, the keys of a grant.
  private var passing: [String] = []

  package init(_ secrets: [Secret]) { self.secrets = secrets }

  /// The same for one request: what signs it in, and every value that its own names call a credential, is taken out too.
  package func adding(_ request: TransportRequest) -> Redactor {
    var redactor = self
    redactor.passing += request.secrets + SensitiveNames.values(of: request)
    return redactor
  }

  /// The text without any secret.
  package func redact(_ text: String) -> String {
    guard !isEmpty, !text.isEmpty else { return text }
    let patterns = SecretPatterns(secrets, passing)
    var text = text
    return text.withUTF8 { bytes in
      let places = patterns.places(in: UnsafeRawBufferPointer(bytes))
      return places.isEmpty ? nil : String(decoding: Self.cut(bytes, places), as: UTF8.self)
    } ?? text
  }

  /// The bytes without any secret.
  package func redact(_ bytes: [UInt8]) -> [UInt8] {
    guard !isEmpty, !bytes.isEmpty else { return bytes }
    let patterns = SecretPatterns(secrets, passing)
    let places = bytes.withUnsafeBytes { patterns.places(in: $0) }
    return places.isEmpty ? bytes : Self.cut(bytes, places)
  }

  /// The error without any secret, and without the text that a provider says it has signed.
  package func redact(_ error: ImageSearchError) -> ImageSearchError {
    var error = error
    error.message = redact(Self.withoutSignedText(error.message))
    error.providerMessage = error.providerMessage.map { redact(Self.withoutSignedText($0)) }
    error.providerCode = error.providerCode.map(redact)
    error.requestID = error.requestID.map(redact)
    return error
  }

  /// Servers answer a wrong signature with the text that they signed, which holds key ids and tokens.
  package static func withoutSignedText(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let lower = bytes.map { (65...90).contains($0) ? $0 + 32 : $0 }
    for words in ["string to sign", "stringtosign", "string-to-sign"] {
      guard let place = lower.place(of: Array(words.utf8)) else { continue }
      return String(decoding: bytes[..<place], as: UTF8.self) + "…"
    }
    return text
  }

  private var isEmpty: Bool { secrets.isEmpty && passing.isEmpty }

  private static func cut(_ bytes: some Collection<UInt8>, _ places: [Range<Int>]) -> [UInt8] {
    let bytes = Array(bytes)
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var start = 0
    for place in places {
      output.append(contentsOf: bytes[start..<place.lowerBound])
      output.append(contentsOf: mark.utf8)
      start = place.upperBound
    }
    output.append(contentsOf: bytes[start...])
    return output
  }
}

/// What names of headers, parameters, members and elements say about their values.
package enum SensitiveNames {
  /// Whether the value of a query or form parameter, a JSON member or an XML element signs in, or would change with every attempt.
  package static func contains(_ name: some StringProtocol) -> Bool {
    let name = name.lowercased()
    if ["api_key", "api_sig", "nonce", "date", "timestamp", "expires", "policy", "encodedpolicy"].contains(name) {
      return true
    }
    return isCredential(name)
  }

  private static func isCredential(_ name: String) -> Bool {
    [
      "apikey", "api_key", "api-key", "api_sig", "accesskey", "accountkey", "signature", "token", "secret", "password",
      "nonce",
      "stringtosign", "cookie", "authorization", "credential",
    ].contains { name.contains($0) }
  }

  /// What signs a request in: the values of its headers and of its query that have such names.
  static func values(of request: TransportRequest) -> [String] {
    var values: [String] = []
    for header in request.headers where isCredential(header.name.lowercased()) {
      // `Basic abc`, `acs id:signature`, `ACS3-HMAC-SHA256 Credential=id,SignedHeaders=a;b,Signature=123`: the parts that are long.
      values += header.value.split(whereSeparator: { " ,;:".contains($0) }).flatMap { part -> [String] in
        [String(part)] + part.split(separator: "=", maxSplits: 1).dropFirst().map(String.init)
      }
    }
    if let query = request.url.firstIndex(of: "?") {
      for pair in request.url[query...].dropFirst().split(separator: "&") {
        let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, isCredential(sides[0].lowercased()) else { continue }
        values.append(String(decoding: PercentEncoding.decode(Array(sides[1].utf8)[...]), as: UTF8.self))
      }
    }
    return values.filter { $0.utf8.count >= 8 && !isMethod($0) }
  }

  /// Names of methods, which are public and stand in many messages.
  private static func isMethod(_ text: String) -> Bool {
    let text = text.lowercased()
    return text.hasPrefix("hmac") || text.hasPrefix("acs3-") || text.contains("x-acs-")
      || text.contains("signedheaders")
  }
}

extension [UInt8] {
  /// Where a pattern begins, at or after `start`.
  package func place(of pattern: [UInt8], from start: Int = 0) -> Int? {
    guard let first = pattern.first, start >= 0, pattern.count <= count else { return nil }
    var at = start
    while at <= count - pattern.count {
      guard let found = self[at...(count - pattern.count)].firstIndex(of: first) else { return nil }
      if self[found..<found + pattern.count].elementsEqual(pattern) { return found }
      at = found + 1
    }
    return nil
  }
}
