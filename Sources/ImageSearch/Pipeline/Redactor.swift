/// Removes secrets from text of a provider or a library that is passed on: errors, log lines, warnings, recordings.
///
/// A secret is found in every spelling that software produces: percent-encoded in any way and repeatedly, with JSON or C escapes,
/// as HTML entities, in base64 of any alignment and either alphabet (as in HTTP Basic), in hex, in any case, broken
/// over lines, and truncated to its first or last half (at least 8 characters). The text is decoded step by step, with
/// a map back to the origin of each byte, and searched at each step, in time proportional to its length.
package struct Redactor: Sendable {
  /// Replaces a secret.
  package static let mark = "[secret]"

  private let secrets: [Secret]
  /// Secrets of one request: signatures, nonces, the keys of an upload authorization.
  private var passing: [String] = []

  package init(_ secrets: [Secret]) { self.secrets = secrets }

  /// Returns a redactor for one request, which also removes what authenticates it and every value whose name denotes a
  /// credential.
  package func adding(_ request: TransportRequest) -> Redactor {
    var redactor = self
    redactor.passing += request.secrets + SensitiveNames.values(of: request)
    return redactor
  }

  /// Returns the text without secrets.
  package func redact(_ text: String) -> String {
    guard !isEmpty, !text.isEmpty else { return text }
    let patterns = SecretPatterns(secrets, passing)
    var text = text
    return text.withUTF8 { bytes in
      let places = patterns.places(in: UnsafeRawBufferPointer(bytes))
      return places.isEmpty ? nil : String(decoding: Self.cut(bytes, places), as: UTF8.self)
    } ?? text
  }

  /// Returns the bytes without secrets.
  package func redact(_ bytes: [UInt8]) -> [UInt8] {
    guard !isEmpty, !bytes.isEmpty else { return bytes }
    let patterns = SecretPatterns(secrets, passing)
    let places = bytes.withUnsafeBytes { patterns.places(in: $0) }
    return places.isEmpty ? bytes : Self.cut(bytes, places)
  }

  /// Returns the error without secrets, and without the text that the provider says it signed.
  package func redact(_ error: ImageSearchError) -> ImageSearchError {
    var error = error
    error.message = redact(Self.withoutSignedText(error.message))
    error.providerMessage = error.providerMessage.map { redact(Self.withoutSignedText($0)) }
    error.providerCode = error.providerCode.map(redact)
    error.requestID = error.requestID.map(redact)
    return error
  }

  /// Removes the string to sign that servers return for a wrong signature; it contains key ids and tokens.
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

/// Which names of headers, parameters, JSON members and XML elements denote secret values.
package enum SensitiveNames {
  /// Whether the value of a query or form parameter, a JSON member or an XML element authenticates a request, or
  /// changes with every attempt.
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

  /// What authenticates a request: the values of its headers and of its query that have such names.
  static func values(of request: TransportRequest) -> [String] {
    var values: [String] = []
    for header in request.headers where isCredential(header.name.lowercased()) {
      // `Basic abc`, `acs id:signature`, `ACS3-HMAC-SHA256 Credential=id,SignedHeaders=a;b,Signature=123`: the long
      // parts.
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

  /// Whether a text is the name of an authentication method, which is public and occurs in many messages.
  private static func isMethod(_ text: String) -> Bool {
    let text = text.lowercased()
    return text.hasPrefix("hmac") || text.hasPrefix("acs3-") || text.contains("x-acs-")
      || text.contains("signedheaders")
  }
}

extension [UInt8] {
  /// The position of a pattern at or after `start`.
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
