/// Another body in base64 as a value of a form, `+`, `/` and `=` percent-encoded, made while it is sent. How long that is
/// depends on every byte, so the body is made from a source that was passed through once, by ``length(of:_:)``.
package struct FormBase64Body: TransportBody {
  private let source: any TransportBody
  package let length: Int

  /// - Parameter length: what ``length(of:_:)`` said of the same source.
  package init(_ source: any TransportBody, length: Int) {
    self.source = source
    self.length = length
  }

  /// Passes through the source once.
  ///
  /// - Parameter piece: gets the value piece by piece, for a hash.
  /// - Returns: the length of the value in bytes.
  /// - Throws: ``ImageSearchError/Code/fileNotReadable`` and what `piece` throws.
  package static func length(
    of source: any TransportBody, _ piece: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> Int {
    try Reader(try source.makeReader(), remaining: .max).forEachPiece(piece)
  }

  package func makeReader() throws -> any TransportBodyReader { Reader(try source.makeReader(), remaining: length) }

  private final class Reader: TransportBodyReader {
    /// A multiple of three, so that only the last piece is padded.
    private static let inputLength = 24 << 10

    private let source: any TransportBodyReader
    private var input = [UInt8](repeating: 0, count: inputLength)
    private var output = [UInt8](repeating: 0, count: Base64.formCapacity(inputLength))
    private var outputCount = 0
    private var position = 0
    private var remaining: Int

    init(_ source: any TransportBodyReader, remaining: Int) {
      self.source = source
      self.remaining = remaining
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
      if position == outputCount { try encodeNext() }
      let count = min(buffer.count, outputCount - position)
      guard count > 0 else {
        guard remaining == 0 else { throw Self.changed }
        return 0
      }
      // The length was announced: one byte more would begin what the server takes for the next request.
      guard count <= remaining else { throw Self.changed }
      output.withUnsafeBytes {
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
      }
      position += count
      remaining -= count
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
      var filled = 0
      try input.withUnsafeMutableBytes { bytes in
        while filled < bytes.count {
          let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[filled...]))
          if count == 0 { break }
          filled += count
        }
        let piece = UnsafeRawBufferPointer(rebasing: bytes[..<filled])
        outputCount = output.withUnsafeMutableBytes { Base64.encodeForm(piece, into: $0) }
      }
    }

    private static let changed = ImageSearchError(.fileNotReadable, "the image changed while it was sent")
  }
}
