/// What a request carries. A body is produced while it is sent, and anew for every attempt.
package protocol HTTPBody: Sendable {
  /// Length in bytes, known before the first byte is sent.
  var length: Int { get }
  /// A reader at the first byte.
  ///
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``.
  func makeReader() throws -> any HTTPBodyReader
}

/// One pass over a body, by one thread at a time.
package protocol HTTPBodyReader: AnyObject {
  /// Fills the buffer from its start.
  ///
  /// - Returns: how many bytes were written; 0 at the end.
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// A body of bytes in memory.
package struct BytesBody: HTTPBody {
  private let bytes: PictureBytes

  package init(_ bytes: [UInt8]) { self.bytes = PictureBytes(bytes) }
  package init(_ bytes: PictureBytes) { self.bytes = bytes }

  package var length: Int { bytes.count }
  package func makeReader() -> any HTTPBodyReader { Reader(bytes) }

  private final class Reader: HTTPBodyReader {
    private let bytes: PictureBytes
    private var position = 0

    init(_ bytes: PictureBytes) { self.bytes = bytes }

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

/// Bodies one after the other.
package struct JoinedBody: HTTPBody {
  private let parts: [any HTTPBody]
  package let length: Int

  package init(_ parts: [any HTTPBody]) {
    self.parts = parts
    length = parts.reduce(0) { $0 + $1.length }
  }

  package func makeReader() throws -> any HTTPBodyReader { Reader(parts) }

  private final class Reader: HTTPBodyReader {
    private var waiting: ArraySlice<any HTTPBody>
    private var current: (any HTTPBodyReader)?

    init(_ parts: [any HTTPBody]) { waiting = parts[...] }

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
