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
    private var input = [UInt8](repeating: 0, count: inputLength)
    // Three times the input, should every character need an escape.
    private var output = [UInt8](repeating: 0, count: 3 * inputLength)
    private var outputCount = 0
    private var position = 0
    private var remaining: Int

    private static let inputLength = 16 << 10

    init(_ source: any HTTPBodyReader, remaining: Int) {
      self.source = source
      self.remaining = remaining
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
      if position == outputCount { try encodeNext() }
      let count = min(buffer.count, outputCount - position)
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
        guard outputCount > 0 else { return length }
        try output.withUnsafeBytes { try piece(UnsafeRawBufferPointer(rebasing: $0[..<outputCount])) }
        length += outputCount
      }
    }

    private func encodeNext() throws {
      position = 0
      outputCount = 0
      let count = try input.withUnsafeMutableBytes { try source.read(into: $0) }
      outputCount = input.withUnsafeBytes { text in
        output.withUnsafeMutableBytes { Self.escape(UnsafeRawBufferPointer(rebasing: text[..<count]), into: $0) }
      }
    }

    private static func escape(_ text: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Int {
      var end = 0
      func escape(_ high: UInt8, _ low: UInt8) {
        target[end] = UInt8(ascii: "%")
        target[end + 1] = high
        target[end + 2] = low
        end += 3
      }
      for byte in text {
        switch byte {
        case UInt8(ascii: "+"): escape(0x32, 0x42)
        case UInt8(ascii: "/"): escape(0x32, 0x46)
        case UInt8(ascii: "="): escape(0x33, 0x44)
        default:
          target[end] = byte
          end += 1
        }
      }
      return end
    }

    private static let changed = ImageSearchError(.fileNotReadable, "the picture changed while it was sent")
  }
}
