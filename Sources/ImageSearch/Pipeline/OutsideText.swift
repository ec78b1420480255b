/// Text from outside – a provider's words, a file's name, what a library says – on its way into an error, a log line or a warning.
/// It never grows with its input and never holds what a terminal or a log would obey: line ends, escapes, marks that change the
/// direction of writing.
package enum OutsideText {
  /// Unicode scalars that are kept of one text.
  package static let limit = 300
  /// The same for a message, which may quote several.
  package static let messageLimit = 1000

  /// - Parameter limit: Unicode scalars that are kept; what is cut ends with an ellipsis.
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

  /// Bytes that ought to be UTF-8; what is not becomes the replacement character.
  package static func clean(_ bytes: some Collection<UInt8>, limit: Int = OutsideText.limit) -> String {
    // Four bytes at most for each scalar: what comes after them is cut anyway.
    clean(String(decoding: bytes.prefix(4 * (limit + 1)), as: UTF8.self), limit: limit)
  }

  /// Printable ASCII and not too long, as nearly every text is.
  private static func isPlain(_ text: String, _ limit: Int) -> Bool {
    text.utf8.count <= limit && text.utf8.allSatisfy { $0 >= 32 && $0 < 127 }
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20..<0x7F: true
    case 0..<0xA0: false
    // A soft hyphen and the Arabic letter mark; zero width and direction; line and paragraph separators; embeddings and
    // isolates; the byte order mark; interlinear annotations; tags. None of them is seen, and some turn a line around.
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
  /// The text as it may be quoted in a message: 300 Unicode scalars at most, controls shown and not obeyed.
  package var excerpt: String { OutsideText.clean(self) }
}
