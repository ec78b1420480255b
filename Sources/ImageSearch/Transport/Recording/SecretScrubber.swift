import Glibc

/// Takes secrets out of bytes, in every spelling that a URL, a form or JSON gives them.
struct SecretScrubber: Sendable {
  private let secrets: [Secret]

  init(_ secrets: [Secret]) { self.secrets = secrets }

  func scrub(_ text: String) -> String { String(decoding: scrub(Array(text.utf8)), as: UTF8.self) }

  func scrub(_ bytes: [UInt8]) -> [UInt8] {
    var output = bytes
    for secret in secrets {
      let plain = secret.text
      guard plain.utf8.count >= 4 else { continue }
      let encoded = [PercentEncoding.encode(plain), PercentEncoding.encodeForm(plain)]
      for form in [plain] + encoded + encoded.map(Self.withSmallDigits) + [Self.inJSON(plain)] {
        output = Self.replace(Array(form.utf8), in: output)
      }
    }
    return output
  }

  /// `%2F` as `%2f`.
  private static func withSmallDigits(_ text: String) -> String {
    var digits = 0
    return String(
      decoding: text.utf8.map { byte -> UInt8 in
        defer { digits = byte == UInt8(ascii: "%") ? 2 : max(0, digits - 1) }
        return digits > 0 && (65...70).contains(byte) ? byte + 32 : byte
      }, as: UTF8.self)
  }

  /// With the slash escaped, as PHP writes it.
  private static func inJSON(_ text: String) -> String {
    text.reduce(into: "") { output, character in
      if character == "/" || character == "\"" || character == "\\" { output.append("\\") }
      output.append(character)
    }
  }

  private static func replace(_ pattern: [UInt8], in bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    var start = 0
    while let place = bytes.place(of: pattern, from: start) {
      output.append(contentsOf: bytes[start..<place])
      output.append(contentsOf: ExchangeRedaction.mark.utf8)
      start = place + pattern.count
    }
    return start == 0 ? bytes : output + bytes[start...]
  }
}

extension [UInt8] {
  /// Where a pattern begins, at or after `start`.
  package func place(of pattern: [UInt8], from start: Int = 0) -> Int? {
    guard let first = pattern.first, start >= 0 else { return nil }
    return withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return nil }
      var at = start
      // memmem is no part of what Glibc's module shows.
      while at <= bytes.count - pattern.count,
        let found = memchr(base + at, Int32(first), bytes.count - pattern.count - at + 1)
      {
        at = UnsafeRawPointer(found) - base
        if memcmp(base + at, pattern, pattern.count) == 0 { return at }
        at += 1
      }
      return nil
    }
  }
}
