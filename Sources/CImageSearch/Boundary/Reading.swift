import CImageSearchHeader
import ImageSearch

/// Reads and checks the arguments of a C program.
enum Reading {
  /// NUL-terminated UTF-8 text.
  static func text(_ pointer: UnsafePointer<CChar>?, _ field: String) throws -> String? {
    guard let pointer else { return nil }
    guard let text = String(validatingCString: pointer) else {
      throw ImageSearchError(.invalidArgument, "\(field) is not UTF-8")
    }
    return text
  }

  static func required(_ pointer: UnsafePointer<CChar>?, _ field: String) throws -> String {
    guard let text = try text(pointer, field) else { throw ImageSearchError(.invalidArgument, "\(field) is NULL") }
    return text
  }

  /// The bytes of a path, which need not be UTF-8; for a background call it is made absolute.
  static func path(_ pointer: UnsafePointer<CChar>?, _ mode: CallMode) throws -> [UInt8]? {
    guard let pointer else { return nil }
    let path = Platform.bytes(pointer)
    return mode == .background ? try absolute(path) : path
  }

  /// The path made absolute: while a background call runs, the program may change its directory.
  static func absolute(_ path: String) throws -> String {
    guard let text = String(validating: try absolute(Array(path.utf8)), as: UTF8.self) else {
      throw ImageSearchError(
        .fileNotReadable,
        "\(Validation.quoted(path)) is relative to a directory whose name is not UTF-8; give an absolute path")
    }
    return text
  }

  /// The bytes of a required path, made absolute.
  static func requiredPath(_ pointer: UnsafePointer<CChar>?, _ field: String) throws -> [UInt8] {
    guard let pointer else { throw ImageSearchError(.invalidArgument, "\(field) is NULL") }
    return try absolute(Platform.bytes(pointer))
  }

  private static func absolute(_ path: [UInt8]) throws -> [UInt8] {
    guard let first = path.first, first != UInt8(ascii: "/") else { return path }
    guard let directory = Platform.currentFolder() else {
      throw ImageSearchError(.fileNotReadable, "the current directory cannot be read: \(Platform.lastError)")
    }
    return directory + [UInt8(ascii: "/")] + path
  }

  /// The count of an array.
  static func count<Element>(_ pointer: UnsafePointer<Element>?, _ count: Int, _ field: String) throws -> Int {
    // A size_t of 2^63 or more is a negative number here.
    guard count >= 0, count <= 1 << 40 else {
      throw ImageSearchError(.invalidArgument, "the number of \(field) is out of range")
    }
    guard count == 0 || pointer != nil else { throw ImageSearchError(.invalidArgument, "\(field) is NULL") }
    return count
  }

  /// A 64-bit number as the core's `Int`.
  static func integer(_ value: Int64) -> Int { Int(clamping: value) }

  /// A length of time in seconds; 0 means the default.
  static func duration(_ seconds: Double, _ field: String) throws -> Duration? {
    seconds == 0 ? nil : try Duration(checkedSeconds: seconds, field)
  }

  /// 0 means the default.
  static func positive<Value: Numeric>(_ value: Value) -> Value? { value == 0 ? nil : value }

  /// Seconds; 0 means the default.
  static func seconds(_ value: Double, _ field: String) throws -> Duration? {
    value == 0 ? nil : try Duration(checkedSeconds: value, field)
  }

  /// A flag with a default.
  static func choice(_ number: imagesearch_choice, _ field: String, default standard: Bool) throws -> Bool {
    switch Int(number) {
    case IMAGESEARCH_CHOICE_DEFAULT: standard
    case IMAGESEARCH_CHOICE_YES: true
    case IMAGESEARCH_CHOICE_NO: false
    default:
      throw ImageSearchError(.invalidArgument, "\(field) is \(number); it must be one of IMAGESEARCH_CHOICE_*")
    }
  }

  /// Checks a field that is reserved for later versions.
  static func reserved(_ value: Int32) throws {
    guard value == 0 else { throw ImageSearchError(.invalidArgument, "reserved is \(value); it must be 0") }
  }

  /// A struct whose first field is the size that the caller was compiled with. An older caller has a shorter one, whose
  /// missing fields are zero, the default; in a newer one, only the fields that exist here may be set.
  ///
  /// - Parameter pointer: NULL for all defaults.
  static func options<Options: VersionedStruct & BitwiseCopyable>(
    _ pointer: UnsafePointer<Options>?, _ defaults: Options
  ) throws -> Options {
    guard let pointer else { return defaults }
    let raw = UnsafeRawPointer(pointer)
    let size = try structSize(raw, Options.self)
    var options = defaults
    let known = MemoryLayout<Options>.size
    withUnsafeMutableBytes(of: &options) { target in
      target.copyMemory(from: UnsafeRawBufferPointer(start: raw, count: min(size, known)))
    }
    for i in stride(from: known, to: size, by: 1) where raw.load(fromByteOffset: i, as: UInt8.self) != 0 {
      throw ImageSearchError(
        .unsupported, "\(Options.self) has a field that this version of the library does not know")
    }
    return options
  }

  /// An array of such structs, each as long as the first.
  static func array<Element: VersionedStruct & BitwiseCopyable, Value>(
    _ pointer: UnsafePointer<Element>?, _ count: Int, _ defaults: Element, _ field: String,
    _ read: (Element) throws -> Value
  ) throws -> [Value] {
    let count = try Self.count(pointer, count, field)
    guard count > 0, let pointer else { return [] }
    let raw = UnsafeRawPointer(pointer)
    let size = try structSize(raw, Element.self)
    try reserve(count, Value.self, field)
    return try (0..<count).map { index in
      let element = raw + index * size
      guard try structSize(element, Element.self) == size else {
        throw ImageSearchError(.invalidArgument, "the struct_size of all \(field) must be the same")
      }
      return try read(options(element.assumingMemoryBound(to: Element.self), defaults))
    }
  }

  /// Checks that there is memory for an array whose count comes from outside.
  static func reserve<Value>(_ count: Int, _ type: Value.Type, _ field: String) throws {
    let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: MemoryLayout<Value>.stride)
    try Memory.check(isTooLarge ? Int.max : bytes, for: "\(count) \(field)")
  }

  /// The size of a struct, which must be at least that of version 1.0.
  private static func structSize<Options: VersionedStruct & BitwiseCopyable>(
    _ raw: UnsafeRawPointer, _ type: Options.Type
  ) throws -> Int {
    let size = raw.loadUnaligned(as: Int.self)
    guard size >= Options.firstSize, size <= 65_536 else {
      throw ImageSearchError(
        .invalidArgument, "struct_size of \(type) is \(size); start from its _INIT macro, which sets it")
    }
    return size
  }
}
