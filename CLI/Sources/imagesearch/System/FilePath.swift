import Glibc
@_spi(Command) import ImageIndex

/// A path in the file system's bytes, which need not be UTF-8.
///
/// The parser's arguments are text. A byte that is not UTF-8 is passed through it as a scalar of an unused range at the
/// end of Unicode; a name that does use that range is passed byte by byte, so that the encoding is unambiguous.
struct FilePath: Hashable {
  var bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// The path of an argument.
  init(argument: String) {
    bytes = []
    for scalar in argument.unicodeScalars {
      if Self.escapes.contains(scalar.value) {
        bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      } else {
        bytes += String(scalar).utf8
      }
    }
  }

  private static let escapes: ClosedRange<UInt32> = 0x10FF80...0x10FFFF

  /// The argument for bytes of the command line.
  static func argument(_ bytes: [UInt8]) -> String {
    if let text = String(validating: bytes, as: UTF8.self),
      !text.unicodeScalars.contains(where: { escapes.contains($0.value) })
    {
      return text
    }
    var text = String.UnicodeScalarView()
    var rest = bytes[...]
    while let first = rest.first {
      let length = (1...4).first { count in
        guard rest.count >= count, let one = String(validating: rest.prefix(count), as: UTF8.self) else { return false }
        return one.unicodeScalars.count == 1 && !one.unicodeScalars.contains { escapes.contains($0.value) }
      }
      if let length {
        text.append(contentsOf: String(decoding: rest.prefix(length), as: UTF8.self).unicodeScalars)
        rest = rest.dropFirst(length)
      } else {
        // An ASCII byte is always a separate character.
        if let scalar = Unicode.Scalar(0x10FF00 + UInt32(first)) { text.append(scalar) }
        rest = rest.dropFirst()
      }
    }
    return String(text)
  }

  /// The reversible text form of item ids.
  var text: String { LocalIndex.id(ofPath: bytes) }

  /// The path as text, if it is UTF-8.
  var utf8: String? { String(validating: bytes, as: UTF8.self) }

  var name: FilePath { FilePath(bytes: Array(bytes.split(separator: UInt8(ascii: "/")).last ?? [])) }

  var parent: FilePath {
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return FilePath(bytes: Array(".".utf8)) }
    return FilePath(bytes: slash == 0 ? [UInt8(ascii: "/")] : Array(bytes[..<slash]))
  }

  func appending(_ name: FilePath) -> FilePath {
    FilePath(bytes: bytes.last == UInt8(ascii: "/") ? bytes + name.bytes : bytes + [UInt8(ascii: "/")] + name.bytes)
  }

  func appending(_ name: String) -> FilePath { appending(FilePath(bytes: Array(name.utf8))) }

  /// Absolute, without `.` and empty parts; links and `..` are kept.
  var absolute: FilePath {
    var whole = bytes
    if whole.first != UInt8(ascii: "/"), let current = getcwd(nil, 0) {
      defer { free(current) }
      whole =
        Array(UnsafeBufferPointer(start: current, count: strlen(current)).map { UInt8(bitPattern: $0) }) + [
          UInt8(ascii: "/")
        ] + whole
    }
    let parts = whole.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual([UInt8(ascii: ".")]) }
    return FilePath(bytes: [UInt8(ascii: "/")] + Array(parts.joined(separator: [UInt8(ascii: "/")])))
  }

  /// With all links and `..` resolved, if it exists.
  var resolved: FilePath? {
    withCString { path in
      guard let found = realpath(path, nil) else { return nil }
      defer { free(found) }
      return FilePath(bytes: UnsafeBufferPointer(start: found, count: strlen(found)).map { UInt8(bitPattern: $0) })
    }
  }

  func isInside(_ folder: FilePath) -> Bool {
    bytes.starts(with: folder.bytes.last == UInt8(ascii: "/") ? folder.bytes : folder.bytes + [UInt8(ascii: "/")])
  }

  func withCString<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
    var text = bytes.filter { $0 != 0 }.map { CChar(bitPattern: $0) }
    text.append(0)
    return try text.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return try "".withCString(body) }
      return try body(base)
    }
  }
}

extension String {
  /// Whether two texts have the same bytes: `==` also holds for names that only look alike, an `é` of one character and
  /// one of two.
  func hasBytes(of other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

/// Expands `~` and `~/…` like the shell, for the configuration file.
func expandingHome(_ path: String) -> String {
  guard path == "~" || path.hasPrefix("~/"), let home = Places.home.utf8 else { return path }
  return home + path.dropFirst()
}

/// The value of an environment variable that is set and not empty.
func environment(_ name: String) -> String? {
  guard let value = getenv(name), value.pointee != 0 else { return nil }
  return String(cString: value)
}
