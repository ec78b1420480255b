/// The base64 of another body, encoded while it is sent: neither the image nor its text is ever in memory as a whole.
package struct Base64Body: TransportBody {
  private let source: any TransportBody
  package let length: Int

  /// - Throws: ``ImageSearchError/Code/imageTooLarge`` when the length of the text overflows.
  package init(_ source: any TransportBody) throws {
    guard let length = Base64.encodedLength(source.length) else {
      throw ImageSearchError(.imageTooLarge, "the image has \(source.length) bytes, too many for base64")
    }
    self.source = source
    self.length = length
  }

  package func makeReader() throws -> any TransportBodyReader {
    EncodedPieces(
      try source.makeReader(), pieceLength: Base64.pieceLength, capacity: Base64.encodedPieceLength, length: length,
      encode: Base64.encode)
  }
}

/// The base64 of another body as a form value, with `+`, `/` and `=` percent-encoded, produced while it is sent. Its
/// length depends on every byte, so it is computed first, in one pass over the source, by ``length(of:_:)``.
package struct FormBase64Body: TransportBody {
  private let source: any TransportBody
  package let length: Int

  /// A multiple of three, so that only the last piece is padded.
  private static let pieceLength = 24 << 10

  /// - Parameter length: the result of ``length(of:_:)`` for the same source.
  package init(_ source: any TransportBody, length: Int) {
    self.source = source
    self.length = length
  }

  /// Returns the length of the encoded source, in one pass.
  ///
  /// - Parameter piece: receives the value piece by piece, for a hash.
  /// - Returns: the length of the value in bytes.
  /// - Throws: ``ImageSearchError/Code/fileNotReadable`` and what `piece` throws.
  package static func length(
    of source: any TransportBody, _ piece: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> Int {
    let pieces = reader(try source.makeReader(), length: .max)
    var length = 0
    while true {
      let count = try pieces.next(piece)
      guard count > 0 else { return length }
      length += count
    }
  }

  package func makeReader() throws -> any TransportBodyReader { Self.reader(try source.makeReader(), length: length) }

  private static func reader(_ source: any TransportBodyReader, length: Int) -> EncodedPieces {
    EncodedPieces(
      source, pieceLength: pieceLength, capacity: Base64.formCapacity(pieceLength), length: length,
      encode: Base64.encodeForm)
  }
}

/// A source encoded piece by piece.
private final class EncodedPieces: TransportBodyReader {
  typealias Encode = (_ piece: UnsafeRawBufferPointer, _ into: UnsafeMutableRawBufferPointer) -> Int

  private let source: any TransportBodyReader
  private let encode: Encode
  private var input: [UInt8]
  private var output: [UInt8]
  private var outputCount = 0
  private var position = 0
  private var remaining: Int

  /// - Parameters:
  ///   - pieceLength: bytes of the source that are encoded at once.
  ///   - capacity: maximum size of the text of a piece.
  ///   - length: size of the whole text, as announced.
  init(
    _ source: any TransportBodyReader, pieceLength: Int, capacity: Int, length: Int, encode: @escaping Encode
  ) {
    self.source = source
    self.encode = encode
    input = [UInt8](repeating: 0, count: pieceLength)
    output = [UInt8](repeating: 0, count: capacity)
    remaining = length
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard buffer.count > 0 else { return 0 }
    if position == outputCount { try encodeNext() }
    let count = min(buffer.count, outputCount - position)
    // The length was announced: the server would take further bytes for the next request.
    guard count <= remaining, count > 0 || remaining == 0 else {
      throw ImageSearchError(.fileNotReadable, "the image changed while it was sent")
    }
    guard count > 0 else { return 0 }
    output.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
    }
    position += count
    remaining -= count
    return count
  }

  /// Passes on the text of the next piece.
  ///
  /// - Returns: its length, 0 at the end.
  func next(_ take: (UnsafeRawBufferPointer) throws -> Void) throws -> Int {
    try encodeNext()
    guard outputCount > 0 else { return 0 }
    try output.withUnsafeBytes { try take(UnsafeRawBufferPointer(rebasing: $0[..<outputCount])) }
    return outputCount
  }

  private func encodeNext() throws {
    position = 0
    outputCount = 0
    var filled = 0
    // Pieces of full length, because only the last may end in padding.
    try input.withUnsafeMutableBytes { bytes in
      while filled < bytes.count {
        let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[filled...]))
        if count == 0 { break }
        filled += count
      }
      let piece = UnsafeRawBufferPointer(rebasing: bytes[..<filled])
      outputCount = output.withUnsafeMutableBytes { encode(piece, $0) }
    }
  }
}
