import FoundationEssentials
import ImageSearch

/// Looks for a secret in any spelling.
enum SecretSearch {
  /// - Returns: the forms of the secret that are in the text, named without quoting them.
  static func leaks(of secret: String, in text: String) -> [String] {
    let bytes = Array(text.utf8)
    var leaks: [String] = []
    for (name, form) in forms(of: secret) where contains(bytes, Array(form.utf8)) { leaks.append(name) }
    // A part of twelve bytes is enough to recognise a key by, and to begin guessing the rest.
    let plain = Array(secret.utf8)
    if plain.count > 12 {
      for start in 0...plain.count - 12 where contains(bytes, Array(plain[start..<start + 12])) {
        leaks.append("bytes \(start)–\(start + 12) of a secret")
      }
    }
    return leaks
  }

  private static func forms(of secret: String) -> [(String, String)] {
    let encoded = percentEncoded(secret)
    let base64 = Data(secret.utf8).base64EncodedString()
    return [
      ("a secret", secret), ("a percent-encoded secret", encoded),
      ("a percent-encoded secret in small letters", withSmallDigits(encoded)),
      // Without what depends on the bytes that follow.
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
