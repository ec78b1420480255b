import CRasters

/// The system refused memory for pixels. A failed allocation of an array would end the process, which the size of an
/// image must never cause.
package struct OutOfPixelMemory: Error, Sendable, Hashable {
  /// Number of bytes requested.
  package let byteCount: Int

  package init(byteCount: Int) { self.byteCount = byteCount }
}

/// Memory whose size depends on an image: its allocation is checked, it is zero-filled, and it is returned to the
/// system, not retained by `malloc`, with the last reference.
package final class LargeBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  // Sendable because it is not written after its creator has passed it on.
  package let elements: UnsafeMutableBufferPointer<Element>

  package init(count: Int) throws(OutOfPixelMemory) {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard count >= 0, !overflow, let memory = raster_allocate(max(1, bytes)) else {
      throw OutOfPixelMemory(byteCount: overflow ? .max : bytes)
    }
    elements = UnsafeMutableBufferPointer(start: memory.bindMemory(to: Element.self, capacity: count), count: count)
  }

  package var count: Int { elements.count }

  deinit {
    raster_free(elements.baseAddress, max(1, elements.count * MemoryLayout<Element>.stride))
  }
}

/// The bytes of an image, immutable.
package struct PixelBuffer: Sendable {
  private let storage: LargeBuffer<UInt8>

  package init(_ storage: LargeBuffer<UInt8>) { self.storage = storage }

  package init(copying bytes: some Collection<UInt8>) throws(OutOfPixelMemory) {
    storage = try LargeBuffer(count: bytes.count)
    _ = storage.elements.update(fromContentsOf: bytes)
  }

  /// Calls `body` with all bytes.
  package func withUnsafeBufferPointer<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeBufferPointer(storage.elements))
  }
}

extension PixelBuffer: RandomAccessCollection {
  /// Index of the first byte, 0.
  package var startIndex: Int { 0 }
  /// Number of bytes.
  package var endIndex: Int { storage.count }

  /// The byte at an index, which must be in range.
  package subscript(position: Int) -> UInt8 {
    // An index out of range is a programming error, as with an array.
    precondition(position >= 0 && position < storage.count)
    return storage.elements[position]
  }

  /// Calls `body` with all bytes.
  package func withContiguousStorageIfAvailable<Result>(
    _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result? {
    try withUnsafeBufferPointer(body)
  }
}

extension PixelBuffer: Equatable {
  /// Whether the bytes are equal.
  package static func == (one: PixelBuffer, other: PixelBuffer) -> Bool {
    one.storage === other.storage || one.elementsEqual(other)
  }

  /// Whether the bytes are those of an array.
  package static func == (one: PixelBuffer, other: [UInt8]) -> Bool {
    one.count == other.count && one.elementsEqual(other)
  }

  /// Whether the bytes are those of an array.
  package static func == (one: [UInt8], other: PixelBuffer) -> Bool { other == one }
}
