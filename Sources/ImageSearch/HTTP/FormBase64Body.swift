/// Another body in base64 as a value of a form, `+`, `/` and `=` percent-encoded, made while it is sent. How long that is
/// depends on every byte, so the body is made from a source that was passed through once, by ``length(of:_:)``.
package struct FormBase64Body: HTTPBody {
  private let text: Base64Body
  package let length: Int

  /// - Parameter length: what ``length(of:_:)`` said of the same source.
  /// - Throws: ``ImageSearchError/Code/pictureTooLarge``.
  package init(_ source: any HTTPBody, length: Int) throws {
    text = try Base64Body(source)
    self.length = length
  }

  /// Passes through the source once.
  ///
  /// - Parameter piece: gets the value piece by piece, for a hash.
  /// - Returns: the length of the value in bytes.
  /// - Throws: ``ImageSearchError/Code/fileNotReadable`` and what `piece` throws.
  package static func length(
    of source: any HTTPBody, _ piece: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> Int {
    let reader = Reader(try Base64Body(source).makeReader(), remaining: .max)
    return try reader.forEachPiece(piece)
  }

  package func makeReader() throws -> any HTTPBodyReader { Reader(try text.makeReader(), remaining: length) }

  private final class Reader: HTTPBodyReader {
    private let source: any HTTPBodyReader
    private var input = [UInt8](repeating: 0, count: 16 << 10)
    private var output: [UInt8] = []
    private var position = 0
    private var remaining: Int

    init(_ source: any HTTPBodyReader, remaining: Int) {
      self.source = source
      self.remaining = remaining
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
      if position == output.count { try encodeNext() }
      let count = min(buffer.count, output.count - position)
      guard count > 0 else {
        guard remaining == 0 || remaining == .max else { throw Self.changed }
        return 0
      }
      // The length was announced: one byte more would begin what the server takes for the next request.
      guard count <= remaining else { throw Self.changed }
      output.withUnsafeBytes {
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
      }
      position += count
      if remaining != .max { remaining -= count }
      return count
    }

    func forEachPiece(_ piece: (UnsafeRawBufferPointer) throws -> Void) throws -> Int {
      var length = 0
      while true {
        try encodeNext()
        guard !output.isEmpty else { return length }
        try output.withUnsafeBytes(piece)
        length += output.count
      }
    }

    private func encodeNext() throws {
      output.removeAll(keepingCapacity: true)
      position = 0
      let count = try input.withUnsafeMutableBytes { try source.read(into: $0) }
      for byte in input[..<count] {
        switch byte {
        case UInt8(ascii: "+"): output.append(contentsOf: [0x25, 0x32, 0x42])
        case UInt8(ascii: "/"): output.append(contentsOf: [0x25, 0x32, 0x46])
        case UInt8(ascii: "="): output.append(contentsOf: [0x25, 0x33, 0x44])
        default: output.append(byte)
        }
      }
    }

    private static let changed = ImageSearchError(.fileNotReadable, "the picture changed while it was sent")
  }
}
