import ImageSearch

/// Memory for the parts of a result that C reads, which is valid as long as the handle. It is allocated contiguously,
/// so that a page with a thousand backlinks takes a handful of allocations.
final class Arena {
  private var blocks: [UnsafeMutableRawPointer] = []
  private var position = 0
  private var capacity = 0
  private static let blockSize = 16 << 10

  deinit { for block in blocks { Platform.free(block) } }

  /// Returns a NUL-terminated copy of the text; `nil` for `nil`.
  ///
  /// - Throws: ``ImageSearchError/Code/outOfMemory``.
  func add(_ text: String?) throws -> UnsafePointer<CChar>? {
    guard var text else { return nil }
    return try text.withUTF8 { bytes in
      let target = try reserve(bytes.count + 1, alignment: 1)
      if let start = bytes.baseAddress { target.copyMemory(from: start, byteCount: bytes.count) }
      target.storeBytes(of: 0, toByteOffset: bytes.count, as: UInt8.self)
      return UnsafePointer(target.assumingMemoryBound(to: CChar.self))
    }
  }

  /// Returns a copy of the list; `nil` for an empty one.
  ///
  /// - Throws: ``ImageSearchError/Code/outOfMemory``.
  func add<Element: BitwiseCopyable>(_ list: [Element]) throws -> UnsafePointer<Element>? {
    try list.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress, !bytes.isEmpty else { return nil }
      let target = try reserve(bytes.count, alignment: MemoryLayout<Element>.alignment)
      target.copyMemory(from: start, byteCount: bytes.count)
      return UnsafePointer(target.assumingMemoryBound(to: Element.self))
    }
  }

  private func reserve(_ count: Int, alignment: Int) throws -> UnsafeMutableRawPointer {
    position = (position + alignment - 1) / alignment * alignment
    if blocks.isEmpty || position + count > capacity {
      let size = max(count, Self.blockSize)
      guard let block = Platform.allocate(size) else {
        throw ImageSearchError(.outOfMemory, "there is no memory for \(size) bytes of a result")
      }
      blocks.append(block)
      (position, capacity) = (0, size)
    }
    defer { position += count }
    return blocks[blocks.count - 1] + position
  }
}

/// A buffer for C to read.
final class BytesHandle: Handle {
  let bytes: UnsafeRawBufferPointer

  /// - Throws: ``ImageSearchError/Code/outOfMemory``.
  init(_ content: [UInt8]) throws {
    guard let copy = Platform.allocate(content.count) else {
      throw ImageSearchError(.outOfMemory, "there is no memory for \(content.count) bytes")
    }
    content.withUnsafeBytes { if let start = $0.baseAddress { copy.copyMemory(from: start, byteCount: $0.count) } }
    bytes = UnsafeRawBufferPointer(start: copy, count: content.count)
  }

  deinit { Platform.free(UnsafeMutableRawPointer(mutating: bytes.baseAddress)) }
}
