/// Normalizes a URL as people write it to the one that is sent, as a browser does (WHATWG URL, "basic URL parser"):
/// surrounding blanks and inner line ends are removed, a backslash before the query becomes a slash, the host is
/// percent-decoded and converted to ASCII (IDNA, by libcurl's libidn2 if available), and characters that a request line
/// must not contain are percent-encoded as UTF-8. Printable ASCII after the host is left as it is.
enum URLSpelling {
  /// - Throws: ``ImageSearchError/Code/invalidURL`` for text that a browser would not request from the web; the message
  ///   does not quote it.
  static func onTheWire(_ text: String, field: String) throws -> String {
    func refuse(_ why: String) -> ImageSearchError { ImageSearchError(.invalidURL, "\(field) \(why)") }
    guard text.utf8.count <= WebAddress.maximumByteCount else {
      throw refuse("has \(text.utf8.count) bytes; the limit is \(WebAddress.maximumByteCount)")
    }
    if WebAddress.isPlain(text) { return text }
    let bytes = trimmed(text)
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), !bytes.isEmpty else {
      throw refuse("is no absolute URL; it must begin with http:// or https://")
    }
    let scheme = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
    guard scheme == "http" || scheme == "https" else {
      throw refuse(
        scheme == "data"
          ? "is a data: URL, which cannot be used here; give the bytes of the image"
          : "must begin with http:// or https://")
    }
    var rest = bytes[(colon + 1)...]
    let slashes = rest.prefix { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
    guard slashes.count == 2 else { throw refuse("has no \"//\" and host behind \"\(scheme):\"") }
    rest = rest.dropFirst(2)
    let authority = rest.prefix {
      $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#")
    }
    guard !authority.contains(UInt8(ascii: "@")) else { throw refuse("contains a user name or password") }
    let host = try self.host(authority, refuse)
    let encoded = scheme + "://" + host + tail(rest[authority.endIndex...])
    // Escapes make it up to three times as long.
    guard encoded.utf8.count <= 3 * WebAddress.maximumByteCount else { throw refuse("is too long") }
    // The scheme keeps its letter case.
    return String(decoding: bytes[..<colon], as: UTF8.self) + encoded.dropFirst(scheme.count)
  }

  /// The bytes without blanks and control characters at either end, and without tabs and line ends.
  private static func trimmed(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    guard let first = bytes.firstIndex(where: { $0 > 32 }), let last = bytes.lastIndex(where: { $0 > 32 }) else {
      return []
    }
    return bytes[first...last].filter { $0 != 9 && $0 != 10 && $0 != 13 }
  }

  /// Host and port in ASCII.
  private static func host(
    _ authority: ArraySlice<UInt8>, _ refuse: (String) -> ImageSearchError
  ) throws -> String {
    guard !authority.isEmpty else { throw refuse("names no host") }
    let isPlain = authority.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "%") }
    if isPlain { return String(decoding: authority, as: UTF8.self) }
    guard authority.first != UInt8(ascii: "[") else { throw refuse("has an IPv6 address that cannot be read") }
    let decoded = PercentEncoding.decode(authority)
    guard let text = String(validating: decoded, as: UTF8.self) else { throw refuse("has a host that is no text") }
    let forbidden = Array(" #/<>?@[\\]^|%".utf8)
    guard !decoded.contains(where: { $0 <= 32 || $0 == 127 || forbidden.contains($0) }) else {
      throw refuse("has a character in its host that no host has")
    }
    if decoded.allSatisfy({ $0 < 128 }) { return text }
    guard let ascii = punycode(text) else {
      throw refuse("has a host that cannot be written in ASCII here; write it as its xn-- form")
    }
    return ascii
  }

  /// Converts host and port with a name in any script to ASCII.
  private static func punycode(_ authority: String) -> String? {
    let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let host = Platform.asciiHost(String(parts[0])), !host.isEmpty,
      host.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
    else { return nil }
    return host + (parts.count > 1 ? ":" + parts[1] : "")
  }

  /// Path, query and fragment.
  private static func tail(_ bytes: ArraySlice<UInt8>) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + 16)
    var isPath = true
    for byte in bytes {
      if byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") { isPath = false }
      if byte == UInt8(ascii: "\\"), isPath {
        output.append(UInt8(ascii: "/"))
      } else if byte > 32, byte < 127 {
        output.append(byte)
      } else {
        output.append(contentsOf: PercentEncoding.escape(byte))
      }
    }
    return String(decoding: output, as: UTF8.self)
  }
}

/// `data:` URLs (RFC 2397), which contain the image itself.
package enum DataURL {
  /// Whether a text is one; no message may quote it.
  package static func isOne(_ text: String) -> Bool {
    text.utf8.drop { $0 <= 32 }.prefix(5).map { (65...90).contains($0) ? $0 | 0x20 : $0 } == Array("data:".utf8)
  }

  /// Decodes the bytes of the URL.
  ///
  /// - Returns: `nil` when it has no comma, or is declared as base64 and is not.
  package static func decode(_ text: String) -> [UInt8]? {
    guard isOne(text) else { return nil }
    let bytes = Array(text.utf8)
    guard let comma = bytes.firstIndex(of: UInt8(ascii: ",")) else { return nil }
    let head = String(decoding: bytes[..<comma], as: UTF8.self).lowercased()
    let body = PercentEncoding.decode(bytes[(comma + 1)...])
    guard head.split(separator: ";").last.map({ $0.filter { $0 != " " } }) == "base64" else { return body }
    // Lenient, as on the web: padding may be missing, and line ends are allowed.
    var kept = body.filter { $0 > 32 }
    while kept.count % 4 != 0, kept.last != UInt8(ascii: "=") || kept.count % 4 == 3 { kept.append(UInt8(ascii: "=")) }
    return Base64.decode(kept)
  }
}
