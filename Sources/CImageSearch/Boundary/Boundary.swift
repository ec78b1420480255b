import CImageSearchHeader
import ImageSearch

/// The out-parameter for a handle of a function in the header.
public typealias HandleOut = UnsafeMutablePointer<OpaquePointer?>

/// An object behind an opaque pointer of the header, which holds one reference.
protocol Handle: AnyObject {}

extension Handle {
  /// Passes the object to the C side, with one reference.
  func toC() -> OpaquePointer { OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

  /// A pointer that the C side borrows.
  func borrowed() -> OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

  /// The object of a pointer that the C side holds.
  static func of(_ pointer: OpaquePointer?) -> Self? {
    pointer.map { Unmanaged<Self>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
  }

  /// The same for a required argument.
  static func required(_ pointer: OpaquePointer?, _ name: String) throws -> Self {
    guard let handle = of(pointer) else { throw ImageSearchError(.invalidArgument, "\(name) is NULL") }
    return handle
  }

  /// Releases the reference of ``toC()``.
  static func release(_ pointer: OpaquePointer?) {
    if let pointer { Unmanaged<Self>.fromOpaque(UnsafeRawPointer(pointer)).release() }
  }
}

/// Runs the body of an export that can fail: an error that is thrown becomes a status and, if the caller wants one, an
/// error handle.
///
/// - Parameter error: receives the error, or NULL on success.
func boundary(_ error: HandleOut?, _ body: () throws -> Void) -> imagesearch_status {
  error?.pointee = nil
  do {
    try body()
    return Int32(IMAGESEARCH_OK)
  } catch let thrown {
    let failure = ImageSearchError(reported: thrown)
    error?.pointee = ErrorHandle(failure).toC()
    return failure.code.rawValue
  }
}

/// The same for exports whose result is a handle.
///
/// - Parameter out: receives the result, or NULL on failure.
func boundary(_ error: HandleOut?, _ out: HandleOut?, _ body: () throws -> any Handle) -> imagesearch_status {
  boundary(error) {
    out?.pointee = nil
    guard let out else { throw ImageSearchError(.invalidArgument, "the out-parameter is NULL") }
    out.pointee = try body().toC()
  }
}

/// The same for exports whose result is a number.
func boundary(
  _ error: HandleOut?, _ out: UnsafeMutablePointer<Int64>?, _ body: () throws -> Int64
) -> imagesearch_status {
  boundary(error) {
    out?.pointee = 0
    guard let out else { throw ImageSearchError(.invalidArgument, "the out-parameter is NULL") }
    out.pointee = try body()
  }
}

/// Copies fields to the caller's struct, whose first field is the size that it was compiled with: a shorter struct
/// receives the fields that it has, a longer one zeros in the rest.
///
/// - Parameter found: the fields; `nil` leaves all of them unknown.
func fill<Fields: VersionedStruct & BitwiseCopyable>(
  _ found: Fields?, unknown: Fields, to out: UnsafeMutablePointer<Fields>?
) -> imagesearch_status {
  let invalid = ImageSearchError.Code.invalidArgument.rawValue
  guard let out else { return invalid }
  let raw = UnsafeMutableRawPointer(out)
  let size = raw.loadUnaligned(as: Int.self)
  guard size >= Fields.firstSize, size <= 65_536 else { return invalid }
  let first = MemoryLayout<Int>.size
  (raw + first).initializeMemory(as: UInt8.self, repeating: 0, count: size - first)
  withUnsafeBytes(of: found ?? unknown) { fields in
    let known = fields[first..<min(size, fields.count)]
    UnsafeMutableRawBufferPointer(start: raw + first, count: known.count)
      .copyMemory(from: UnsafeRawBufferPointer(rebasing: known))
  }
  return found == nil ? invalid : Int32(IMAGESEARCH_OK)
}

/// Sets all fields of the caller's struct to their defaults, which are zeros, except the first, its size.
func initialize(_ value: UnsafeMutableRawPointer?, _ size: Int) {
  guard let value, size >= MemoryLayout<Int>.size, size <= 65_536 else { return }
  value.initializeMemory(as: UInt8.self, repeating: 0, count: size)
  value.storeBytes(of: size, as: Int.self)
}

extension ImageSearchError {
  /// The error that is reported for one that was thrown.
  init(reported error: any Error) {
    self =
      switch error {
      case let error as ImageSearchError: error
      case is CancellationError: ImageSearchError(.cancelled, "the call was cancelled")
      default: ImageSearchError(.internalFailure, "\(type(of: error))")
      }
  }
}

extension Array {
  /// The element, or `nil` where an index from C is out of range: a trap would end the host program.
  subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
