import COpenSSL

/// Base64 (RFC 4648, section 4): standard alphabet, padded, no line ends.
package enum Base64 {
  /// How many characters `count` bytes become.
  ///
  /// - Returns: `nil` when that is more than an `Int` holds.
  package static func encodedLength(_ count: Int) -> Int? {
    guard count >= 0 else { return nil }
    let groups = count / 3 + (count % 3 == 0 ? 0 : 1)
    let (length, overflow) = groups.multipliedReportingOverflow(by: 4)
    return overflow ? nil : length
  }

  /// The text of some bytes.
  package static func encode(_ bytes: [UInt8]) -> String { String(decoding: encodeBytes(bytes), as: UTF8.self) }

  /// The text of some bytes, as ASCII.
  package static func encodeBytes(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: encodedPieceLength)
    // A piece at a time: OpenSSL counts in Int32.
    for start in stride(from: 0, to: bytes.count, by: pieceLength) {
      let end = min(start + pieceLength, bytes.count)
      let count = bytes.withUnsafeBytes { source in
        piece.withUnsafeMutableBytes { encode(UnsafeRawBufferPointer(rebasing: source[start..<end]), into: $0) }
      }
      output.append(contentsOf: piece[..<count])
    }
    return output
  }

  /// A multiple of three, so that pieces encoded one by one join without padding between them.
  package static let pieceLength = 48 << 10
  /// Room for the text of a piece and the zero byte that OpenSSL writes behind it.
  package static let encodedPieceLength = pieceLength / 3 * 4 + 1

  /// Encodes at most ``pieceLength`` bytes into a buffer of at least ``encodedPieceLength``.
  ///
  /// - Returns: the length of the text; 0 when either has another length than that.
  package static func encode(_ piece: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard let source = piece.bindMemory(to: UInt8.self).baseAddress, piece.count <= pieceLength,
      let target = buffer.bindMemory(to: UInt8.self).baseAddress, buffer.count >= encodedPieceLength
    else { return 0 }
    return max(0, Int(EVP_EncodeBlock(target, source, Int32(piece.count))))
  }

  /// The bytes of a text, strictly: whole groups of four, padding at the very end and nowhere else, no other character, and no
  /// bits set that belong to no byte; so that a value has one spelling only.
  ///
  /// - Returns: `nil` for anything else.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    let count = text.count
    guard count % 4 == 0 else { return nil }
    var output: [UInt8] = []
    output.reserveCapacity(count / 4 * 3)
    var group: UInt32 = 0
    var padding = 0
    for (i, byte) in text.enumerated() {
      if byte == UInt8(ascii: "=") {
        guard i >= count - 2 else { return nil }
        padding += 1
        group <<= 6
      } else {
        guard padding == 0, let value = value(of: byte) else { return nil }
        group = group << 6 | value
      }
      guard i % 4 == 3 else { continue }
      output.append(UInt8(truncatingIfNeeded: group >> 16))
      if padding < 2 { output.append(UInt8(truncatingIfNeeded: group >> 8)) }
      if padding < 1 { output.append(UInt8(truncatingIfNeeded: group)) }
      if padding == 2, group & 0xFFFF != 0 { return nil }
      if padding == 1, group & 0xFF != 0 { return nil }
      group = 0
    }
    return output
  }

  private static func value(of byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte) - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) + 4
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
