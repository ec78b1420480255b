import COpenSSL

/// Base64 (RFC 4648, section 4): standard alphabet, padded, no line ends.
package enum Base64 {
  /// Length of the base64 of `count` bytes.
  ///
  /// - Returns: `nil` on overflow.
  package static func encodedLength(_ count: Int) -> Int? {
    guard count >= 0 else { return nil }
    let groups = count / 3 + (count % 3 == 0 ? 0 : 1)
    let (length, overflow) = groups.multipliedReportingOverflow(by: 4)
    return overflow ? nil : length
  }

  /// Encodes bytes.
  package static func encode(_ bytes: [UInt8]) -> String { String(decoding: encodeBytes(bytes), as: UTF8.self) }

  /// Encodes bytes as ASCII.
  package static func encodeBytes(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: encodedPieceLength)
    // In pieces, because OpenSSL's lengths are Int32.
    for start in stride(from: 0, to: bytes.count, by: pieceLength) {
      let end = min(start + pieceLength, bytes.count)
      let count = bytes.withUnsafeBytes { source in
        piece.withUnsafeMutableBytes { encode(UnsafeRawBufferPointer(rebasing: source[start..<end]), into: $0) }
      }
      output.append(contentsOf: piece[..<count])
    }
    return output
  }

  /// A multiple of three, so that pieces that are encoded separately join without padding.
  package static let pieceLength = 48 << 10
  /// Size of the buffer for a piece, including the zero byte that OpenSSL appends.
  package static let encodedPieceLength = pieceLength / 3 * 4 + 1

  /// Encodes at most ``pieceLength`` bytes into a buffer of at least ``encodedPieceLength``.
  ///
  /// - Returns: the length of the text; 0 if either length is wrong.
  package static func encode(_ piece: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard let source = piece.bindMemory(to: UInt8.self).baseAddress, piece.count <= pieceLength,
      let target = buffer.bindMemory(to: UInt8.self).baseAddress, buffer.count >= encodedPieceLength
    else { return 0 }
    return max(0, Int(EVP_EncodeBlock(target, source, Int32(piece.count))))
  }

  /// Decodes a text strictly: whole groups of four, padding only at the end, no other characters, and unused bits zero,
  /// so that a value has only one spelling.
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

// MARK: - In a form

extension Base64 {
  /// The form encoding of each pair of the 64 values: two characters, with `+` and `/` escaped. The text is in the
  /// lower six bytes, first byte lowest, its length in the highest byte. A table of pairs, because the position of each
  /// write depends on the length of the previous one, and that dependency is what takes time.
  private static let formPairs: [UInt64] = {
    let characters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let entries = characters.map { character -> (text: UInt64, length: UInt64) in
      switch character {
      case UInt8(ascii: "+"): (0x42_32_25, 3)
      case UInt8(ascii: "/"): (0x46_32_25, 3)
      default: (UInt64(character), 1)
      }
    }
    return entries.flatMap { first in
      entries.map { second in
        (first.length + second.length) << 56 | second.text << (8 * first.length) | first.text
      }
    }
  }()

  /// Size of the buffer for the escaped text of `count` bytes: up to three characters for each of four, plus what the
  /// last write may touch.
  static func formCapacity(_ count: Int) -> Int { (count + 2) / 3 * 12 + 8 }

  /// Encodes bytes in base64 and percent-encodes `+`, `/` and `=`, in one pass: an image of 4 MB is encoded twice for
  /// an upload, and a branch for every character would take longer than everything else. Padding comes at the end, so
  /// the length of every piece except the last must be a multiple of three.
  ///
  /// - Parameter target: at least ``formCapacity(_:)``.
  /// - Returns: the length of the text; 0 when the target is too small.
  static func encodeForm(_ piece: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Int {
    guard target.count >= formCapacity(piece.count) else { return 0 }
    return formPairs.withUnsafeBufferPointer { table in
      var end = 0
      // Eight bytes are written, of which two to six are kept.
      func put(_ value: UInt32) {
        let entry = table[Int(value & 4095)]
        target.storeBytes(of: entry.littleEndian, toByteOffset: end, as: UInt64.self)
        end += Int(entry >> 56)
      }
      let whole = piece.count / 3 * 3
      var i = 0
      while i < whole {
        let group = UInt32(piece[i]) << 16 | UInt32(piece[i + 1]) << 8 | UInt32(piece[i + 2])
        put(group >> 12)
        put(group)
        i += 3
      }
      let rest = piece.count - whole
      guard rest > 0 else { return end }
      let group = UInt32(piece[whole]) << 16 | (rest == 2 ? UInt32(piece[whole + 1]) << 8 : 0)
      put(group >> 12)
      if rest == 2 {
        put(group)
        // The second of the pair encodes bits that do not exist.
        end -= 1
      }
      for _ in rest..<3 {
        target.storeBytes(of: UInt32(0x44_33_25).littleEndian, toByteOffset: end, as: UInt32.self)
        end += 3
      }
      return end
    }
  }
}
