/// Makes text from outside – a provider's message, a file's name, a library's message – safe for an error, a log line
/// or a warning: its length is limited, and it contains nothing that a terminal or a log would interpret, such as line
/// ends, escape sequences and marks that change the direction of writing.
package enum OutsideText {
  /// Maximum number of Unicode scalars of one text.
  package static let limit = 300
  /// The same for a message, which may quote several texts.
  package static let messageLimit = 1000

  /// - Parameter limit: maximum number of Unicode scalars; a text that is cut ends with an ellipsis.
  package static func clean(_ text: String, limit: Int = OutsideText.limit) -> String {
    if isPlain(text, limit) { return text }
    var output = ""
    var count = 0
    for scalar in text.unicodeScalars {
      guard count < limit else { return output + "…" }
      count += 1
      if isHarmless(scalar) { output.unicodeScalars.append(scalar) } else { output += shown(scalar) }
    }
    return output
  }

  /// Does the same for bytes that should be UTF-8; invalid ones become the replacement character.
  package static func clean(_ bytes: some Collection<UInt8>, limit: Int = OutsideText.limit) -> String {
    // A scalar has at most four bytes, so what follows would be cut anyway.
    clean(String(decoding: bytes.prefix(4 * (limit + 1)), as: UTF8.self), limit: limit)
  }

  /// Whether a text is printable ASCII and short enough, as nearly every text is.
  private static func isPlain(_ text: String, _ limit: Int) -> Bool {
    text.utf8.count <= limit && text.utf8.allSatisfy { $0 >= 32 && $0 < 127 }
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20..<0x7F: true
    case 0..<0xA0: false
    // A soft hyphen and the Arabic letter mark; zero width and direction; line and paragraph separators; embeddings and
    // isolates; the byte order mark; interlinear annotations; tags. All are invisible, and some reverse a line.
    case 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB,
      0xE0000...0xE0FFF:
      false
    default: true
    }
  }

  private static func shown(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{" + String(scalar.value, radix: 16) + "}"
    }
  }
}

extension String {
  /// The text as quoted in a message: at most 300 Unicode scalars, control characters escaped.
  package var excerpt: String { OutsideText.clean(self) }
}
