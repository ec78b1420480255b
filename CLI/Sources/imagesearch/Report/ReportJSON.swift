import FoundationEssentials

/// JSON that is safe in a `<script>` of HTML.
enum ReportJSON {
  /// Encodes a value so that no character has a meaning in HTML or JavaScript: `<`, `>`, `&`, U+2028 and U+2029 are
  /// escaped. They occur in strings only, where JSON allows any character to be escaped.
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
      switch byte {
      case UInt8(ascii: "<"): safe.append(contentsOf: Array(#"\u003c"#.utf8))
      case UInt8(ascii: ">"): safe.append(contentsOf: Array(#"\u003e"#.utf8))
      case UInt8(ascii: "&"): safe.append(contentsOf: Array(#"\u0026"#.utf8))
      case 0xE2 where place + 2 < plain.count && plain[place + 1] == 0x80 && plain[place + 2] & 0xFE == 0xA8:
        safe.append(contentsOf: Array((plain[place + 2] == 0xA8 ? #"\u2028"# : #"\u2029"#).utf8))
        place += 2
      default: safe.append(byte)
      }
      place += 1
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
