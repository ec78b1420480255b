import FoundationEssentials
import ImageSearch
import TestSupport

/// Searches for a secret in any encoding.
enum SecretSearch {
  /// - Returns: The encodings of the secret that are in the text, by name and without quoting them.
  static func leaks(of secret: String, in text: String) -> [String] {
    let bytes = Array(text.utf8)
    var leaks: [String] = []
    for (name, form) in forms(of: secret) where contains(bytes, Array(form.utf8)) { leaks.append(name) }
    // Twelve bytes are enough to recognise a key, and to start guessing the rest.
    let plain = Array(secret.utf8)
    if plain.count > 12 {
      for start in 0...plain.count - 12 where contains(bytes, Array(plain[start..<start + 12])) {
        leaks.append("bytes \(start)–\(start + 12) of a secret")
      }
    }
    return leaks
  }

  /// The one-time values of a signed request: signatures and nonces, of each the longest run of letters and digits.
  static func signatures(in request: RecordedRequest) -> [String] {
    var values: [String] = []
    for name in ["nonce", "api_sig", "Signature", "SignatureNonce"] {
      if let value = request.parameter(name) { values.append(value) }
    }
    if let nonce = request.header("x-acs-signature-nonce") { values.append(nonce) }
    // `acs KEY:SIGNATURE` and `ACS3-HMAC-SHA256 Credential=…,SignedHeaders=…,Signature=…`.
    if let last = request.header("authorization")?.split(whereSeparator: { ":,".contains($0) }).last {
      values.append(String(last.hasPrefix("Signature=") ? last.dropFirst(10) : last))
    }
    return values.compactMap { value in
      runs(in: value).max { $0.count < $1.count }.flatMap { $0.count >= 10 ? $0 : nil }
    }
  }

  /// - Returns: The positions of signatures in the text in any context, as the text before each.
  static func places(of signatures: Set<String>, in text: String) -> [String] {
    let runs = runs(in: text)
    return runs.indices.compactMap { i in
      // The two digits of an escape before it (`%2F`) join the run.
      guard signatures.contains(runs[i]) || signatures.contains(String(runs[i].dropFirst(2))) else { return nil }
      return runs[max(0, i - 12)..<i].joined(separator: " ")
    }
  }

  private static func runs(in text: String) -> [String] {
    text.utf8.split { byte in
      !((48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte))
    }.map { String(decoding: $0, as: UTF8.self) }
  }

  private static func forms(of secret: String) -> [(String, String)] {
    let encoded = percentEncoded(secret)
    let base64 = Data(secret.utf8).base64EncodedString()
    return [
      ("a secret", secret), ("a percent-encoded secret", encoded),
      ("a percent-encoded secret in small letters", withSmallDigits(encoded)),
      // Without the digits that depend on the following bytes.
      ("a secret in Base64", String(base64.prefix(base64.count / 4 * 4 - 4))),
      ("a secret in hexadecimal", secret.utf8.map { hex($0) }.joined()),
    ]
  }

  private static func percentEncoded(_ text: String) -> String {
    text.utf8.map { byte in
      let isPlain =
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || Array("-._~".utf8).contains(byte)
      return isPlain ? String(UnicodeScalar(byte)) : "%" + hex(byte).uppercased()
    }.joined()
  }

  private static func withSmallDigits(_ text: String) -> String {
    var digits = 0
    return String(
      text.map { character -> Character in
        defer { digits = character == "%" ? 2 : max(0, digits - 1) }
        return digits > 0 ? Character(character.lowercased()) : character
      })
  }

  private static func hex(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16)
    return text.count == 1 ? "0" + text : text
  }

  private static func contains(_ bytes: [UInt8], _ pattern: [UInt8]) -> Bool {
    bytes.place(of: pattern) != nil
  }
}
