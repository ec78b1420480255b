/// Another body in base64, encoded while it is sent: neither the image nor its text is ever in memory as a whole.
package struct Base64Body: TransportBody {
  private let source: any TransportBody
  package let length: Int

  /// - Throws: ``ImageSearchError/Code/imageTooLarge`` when the text has no countable length.
  package init(_ source: any TransportBody) throws {
    guard let length = Base64.encodedLength(source.length) else {
      throw ImageSearchError(.imageTooLarge, "the image has \(source.length) bytes, too many for base64")
    }
    self.source = source
    self.length = length
  }

  package func makeReader() throws -> any TransportBodyReader { Reader(try source.makeReader()) }

  private final class Reader: TransportBodyReader {
    private let source: any TransportBodyReader
    private var input = [UInt8](repeating: 0, count: Base64.pieceLength)
    private var output = [UInt8](repeating: 0, count: Base64.encodedPieceLength)
    private var outputCount = 0
    private var position = 0

    init(_ source: any TransportBodyReader) { self.source = source }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
      if position == outputCount { try encodeNext() }
      let count = min(buffer.count, outputCount - position)
      guard count > 0 else { return 0 }
      output.withUnsafeBytes {
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
      }
      position += count
      return count
    }

    private func encodeNext() throws {
      position = 0
      outputCount = 0
      var filled = 0
      // Pieces of full length, for only the last may end in padding.
      try input.withUnsafeMutableBytes { bytes in
        while filled < bytes.count {
          let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[filled...]))
          if count == 0 { break }
          filled += count
        }
        let piece = UnsafeRawBufferPointer(rebasing: bytes[..<filled])
        outputCount = output.withUnsafeMutableBytes { Base64.encode(piece, into: $0) }
      }
    }
  }
}
