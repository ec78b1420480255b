/// A body of bytes in memory.
package struct BytesBody: HTTPBody {
  private let bytes: ImageBytes

  package init(_ bytes: [UInt8]) { self.bytes = ImageBytes(bytes) }
  package init(_ bytes: ImageBytes) { self.bytes = bytes }

  package var length: Int { bytes.count }
  package func makeReader() -> any HTTPBodyReader { Reader(bytes) }

  private final class Reader: HTTPBodyReader {
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
