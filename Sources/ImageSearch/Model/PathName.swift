/// Paths as texts. Names of files are bytes: one that is not UTF-8 is `\xNN` in the text, `NN` in upper-case hexadecimal digits, and a
/// backslash that would read as the beginning of such an escape is `\x5C`, so that every path has a unique text.
package enum PathName {
  private static let backslash = UInt8(ascii: "\\")
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// A path that is UTF-8 unchanged, and the text of any other: for messages, and for names that are not converted back to a path.
  package static func readable(_ path: [UInt8]) -> String {
    String(validating: path, as: UTF8.self) ?? text(of: path)
  }

  package static func text(of path: some Sequence<UInt8>) -> String {
    let bytes = Array(path)
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    var i = 0
    while i < bytes.count {
      let length = lengthOfScalar(bytes[i...])
      if length == 0 || escaped(bytes[i...]) != nil {
        text += [backslash, UInt8(ascii: "x"), digits[Int(bytes[i] >> 4)], digits[Int(bytes[i] & 15)]]
        i += 1
      } else {
        text += bytes[i..<i + length]
        i += length
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  package static func bytes(of text: String) -> [UInt8] {
    let source = Array(text.utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(source.count)
    var i = 0
    while i < source.count {
      if let byte = escaped(source[i...]) {
        bytes.append(byte)
        i += 4
      } else {
        bytes.append(source[i])
        i += 1
      }
    }
    return bytes
  }

  /// The byte that the first four bytes are the escape of.
  private static func escaped(_ bytes: ArraySlice<UInt8>) -> UInt8? {
    let four = Array(bytes.prefix(4))
    guard four.count == 4, four[0] == backslash, four[1] == UInt8(ascii: "x"),
      let high = digits.firstIndex(of: four[2]), let low = digits.firstIndex(of: four[3])
    else { return nil }
    return UInt8(high << 4 | low)
  }

  /// Number of bytes of the UTF-8 character at the beginning; 0 when there is none.
  private static func lengthOfScalar(_ bytes: ArraySlice<UInt8>) -> Int {
    guard let first = bytes.first else { return 0 }
    let length =
      switch first {
      case 0..<0x80: 1
      case 0xC2..<0xE0: 2
      case 0xE0..<0xF0: 3
      case 0xF0..<0xF5: 4
      default: 0
      }
    guard length > 0, bytes.count >= length else { return 0 }
    return String(validating: bytes.prefix(length), as: UTF8.self) == nil ? 0 : length
  }
}

extension String {
  /// Whether two texts have the same bytes. For `==`, `é` is the same as an `e` with a combining accent, but these are the
  /// names of two files, and two ids.
  package func hasBytes(of other: String) -> Bool { utf8.elementsEqual(other.utf8) }

  /// Whether it comes before another text in the order of their bytes, in which different texts are never equal.
  package func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}

extension String? {
  /// Whether both have the same bytes, or there is neither.
  package func hasBytes(of other: String?) -> Bool {
    guard let self, let other else { return self == nil && other == nil }
    return self.hasBytes(of: other)
  }
}
