import FoundationEssentials

/// JSON that is safe in a `<script>` of HTML.
enum ReportJSON {
  /// Encodes a value so that no character has a meaning in HTML or JavaScript, or acts on a terminal that the file is shown
  /// at: `<`, `>`, `&`, control characters, and marks that end a line or change the direction of writing are escaped. They
  /// occur in strings only, where JSON allows any character to be escaped.
  static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let plain = [UInt8](try encoder.encode(value))
    var safe: [UInt8] = []
    safe.reserveCapacity(plain.count + 16)
    var place = 0
    while place < plain.count {
      let byte = plain[place]
      if byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "&") || byte == 127 {
        safe.append(contentsOf: jsonEscape(Unicode.Scalar(byte)).utf8)
        place += 1
      } else if byte < 0x80 {
        safe.append(byte)
        place += 1
      } else {
        let length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
        let character = plain[place..<min(plain.count, place + length)]
        if let scalar = String(decoding: character, as: UTF8.self).unicodeScalars.first, isHarmful(scalar) {
          safe.append(contentsOf: jsonEscape(scalar).utf8)
        } else {
          safe.append(contentsOf: character)
        }
        place += length
      }
    }
    return safe
  }

  /// A list of encoded values.
  static func list(_ encoded: [[UInt8]]) -> [UInt8] {
    var bytes = [UInt8(ascii: "[")]
    bytes.reserveCapacity(encoded.reduce(2) { $0 + $1.count + 1 })
    for (index, one) in encoded.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(contentsOf: one)
    }
    bytes.append(UInt8(ascii: "]"))
    return bytes
  }

  /// An encoded object with additional encoded members.
  static func object(_ encoded: [UInt8], adding members: [(String, [UInt8])]) -> [UInt8] {
    var bytes = encoded
    for (name, value) in members {
      bytes.removeLast()
      bytes.append(contentsOf: Array("\(bytes.count > 1 ? "," : "")\"\(name)\":".utf8))
      bytes.append(contentsOf: value)
      bytes.append(UInt8(ascii: "}"))
    }
    return bytes
  }
}
