/// What stands behind an opaque pointer of the header: the pointer holds one reference.
protocol Handle: AnyObject {}

extension Handle {
  /// Hands the object over to the C side.
  func toC() -> OpaquePointer { OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

  /// A pointer that the C side borrows.
  func borrowed() -> OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

  /// The object behind a pointer that the C side holds.
  static func of(_ pointer: OpaquePointer?) -> Self? {
    pointer.map { Unmanaged<Self>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
  }

  /// Takes back what ``toC()`` handed over.
  static func release(_ pointer: OpaquePointer?) {
    if let pointer { Unmanaged<Self>.fromOpaque(UnsafeRawPointer(pointer)).release() }
  }
}
