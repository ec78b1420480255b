#if LocalIndex
  import ImageSearch

  extension LocalIndex {
    /// The bytes of a path within a folder from the item id, or the image name, that ``addFolder(_:batch:options:progress:)`` made of
    /// it.
    ///
    /// Names of files are bytes; item ids are text. A byte that is not UTF-8 is `\xNN` in the text, `NN` in upper-case hexadecimal
    /// digits, and a backslash that would read as the beginning of such an escape is `\x5C`: so every name has a text of its own, and
    /// a name that is UTF-8 nearly always is its own text.
    public static func pathBytes(of id: String) -> [UInt8] { PathName.bytes(of: id) }

    /// The item id, or image name, that a path becomes; the reverse of ``pathBytes(of:)``.
    @_spi(Command) public static func id(ofPath path: [UInt8]) -> String { PathName.text(of: path) }

    /// An item with the image in a file, which is named as the file.
    ///
    /// - Throws: ``ImageSearchError/Code/invalidArgument`` for a path that names no file.
    package static func item(
      ofFile path: [UInt8], itemID: String, category: String?, customContent: String?
    ) throws -> ImageItem {
      let name = PathName.text(of: path[((path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...])
      guard !name.isEmpty else { throw ImageSearchError.local(.invalidArgument, "path names no file") }
      return ImageItem(
        itemID: itemID, images: [.init(name: name, source: .file(pathBytes: path))], category: category,
        customContent: customContent)
    }
  }
#endif

/// Paths as texts; see ``LocalIndex/pathBytes(of:)``.
enum PathName {
  private static let backslash = UInt8(ascii: "\\")
  private static let digits = Array("0123456789ABCDEF".utf8)

  static func text(of path: some Sequence<UInt8>) -> String {
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

  static func bytes(of text: String) -> [UInt8] {
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
