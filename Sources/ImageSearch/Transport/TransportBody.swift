/// The body of a request. It is produced while it is sent, again for every attempt.
public protocol TransportBody: Sendable {
  /// Length in bytes, which must be known before the first byte is sent.
  var length: Int { get }
  /// A reader at the first byte.
  ///
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``.
  func makeReader() throws -> any TransportBodyReader
}

/// One pass over a body, by one thread at a time.
public protocol TransportBodyReader: AnyObject {
  /// Fills the buffer from its start; may block for disk I/O only.
  ///
  /// - Returns: how many bytes were written; 0 at the end, after exactly ``TransportBody/length`` bytes.
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// A body of bytes in memory.
package struct BytesBody: TransportBody {
  private let bytes: ImageBytes

  package init(_ bytes: [UInt8]) { self.bytes = ImageBytes(bytes) }
  package init(_ bytes: ImageBytes) { self.bytes = bytes }

  package var length: Int { bytes.count }
  package func makeReader() -> any TransportBodyReader { Reader(bytes) }

  private final class Reader: TransportBodyReader {
    private let bytes: ImageBytes
    private var position = 0

    init(_ bytes: ImageBytes) { self.bytes = bytes }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
      bytes.withUnsafeBytes { source in
        let count = min(buffer.count, source.count - position)
        guard count > 0 else { return 0 }
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[position..<position + count]))
        position += count
        return count
      }
    }
  }
}

/// A concatenation of bodies.
package struct JoinedBody: TransportBody {
  private let parts: [any TransportBody]
  package let length: Int

  package init(_ parts: [any TransportBody]) {
    self.parts = parts
    length = parts.reduce(0) { $0 + $1.length }
  }

  package func makeReader() throws -> any TransportBodyReader { Reader(parts) }

  private final class Reader: TransportBodyReader {
    private var waiting: ArraySlice<any TransportBody>
    private var current: (any TransportBodyReader)?

    init(_ parts: [any TransportBody]) { waiting = parts[...] }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
      while true {
        if current == nil {
          guard let next = waiting.popFirst() else { return 0 }
          current = try next.makeReader()
        }
        if let count = try current?.read(into: buffer), count > 0 { return count }
        current = nil
      }
    }
  }
}

extension TransportBody {
  /// Computes the digest in one pass over the body, 64 KiB at a time, without holding it in memory.
  ///
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``, ``ImageSearchError/Code/internalFailure``.
  package func digest(_ digest: Digest) throws -> [UInt8] {
    var context = try Digest.HashContext(digest)
    let reader = try makeReader()
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = try buffer.withUnsafeMutableBytes { try reader.read(into: $0) }
      if count == 0 { return try context.finish() }
      try buffer.withUnsafeBytes { try context.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
  }
}
