import ImageSearch

/// Reading what a C program passes in: nothing is believed before it is checked.
enum Reading {
  /// UTF-8 text that ends with a zero byte.
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

  /// A count that comes with a pointer.
  static func count<Element>(_ pointer: UnsafePointer<Element>?, _ count: Int, _ field: String) throws -> Int {
    // size_t beyond 2^63 arrives here as a negative number.
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
  static func positive(_ value: Double) -> Double? { value == 0 ? nil : value }

  /// An options struct, whose first field is the size that the caller was compiled with. Older callers have a shorter struct,
  /// whose missing fields are `defaults`; of newer ones only the fields that we know may be set.
  ///
  /// - Parameter minimumSize: the size in version 1.0.
  static func options<Options: BitwiseCopyable>(
    _ pointer: UnsafePointer<Options>?, _ defaults: Options, minimumSize: Int, _ type: String
  ) throws -> Options {
    guard let pointer else { return defaults }
    let raw = UnsafeRawPointer(pointer)
    let size = raw.loadUnaligned(as: Int.self)
    guard size >= minimumSize, size <= 65_536 else {
      throw ImageSearchError(
        .invalidArgument,
        "struct_size of \(type) is \(size); start from its _INIT macro, which sets \(minimumSize) or more")
    }
    var options = defaults
    let known = MemoryLayout<Options>.size
    withUnsafeMutableBytes(of: &options) { target in
      target.copyMemory(from: UnsafeRawBufferPointer(start: raw, count: min(size, known)))
    }
    for i in stride(from: known, to: size, by: 1) where raw.load(fromByteOffset: i, as: UInt8.self) != 0 {
      throw ImageSearchError(.unsupported, "\(type) has a field that this version of the library does not know")
    }
    return options
  }
}
