/// Bytes with random access: an image's header is read by seeking, never by loading the image.
package protocol ByteSource {
  /// Number of bytes.
  var count: Int { get }

  /// Returns up to `count` bytes from `offset`; none if `offset` or `count` is out of range.
  ///
  /// - Throws: the system's error.
  func read(at offset: Int, count: Int) throws -> [UInt8]
}

/// Bytes in memory that outlive the source.
package struct MemorySource: ByteSource {
  private let bytes: UnsafeRawBufferPointer

  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  package var count: Int { bytes.count }

  package func read(at offset: Int, count: Int) -> [UInt8] {
    guard offset >= 0, offset < bytes.count, count > 0 else { return [] }
    return Array(bytes[offset..<offset + min(count, bytes.count - offset)])
  }
}
