extension Base64 {
  /// What each pair of the 64 values becomes in a form: two characters, `+` and `/` as their escapes. The text stands in the
  /// lower six bytes, first byte lowest, its length in the highest. Pairs, because where an escape moves everything behind it, the
  /// time goes into waiting for the length of what was written before.
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

  /// Room for the escaped text of `count` bytes: three characters for each of four, and what the last write may touch.
  static func formCapacity(_ count: Int) -> Int { (count + 2) / 3 * 12 + 8 }

  /// Encodes bytes in base64 and percent-encodes `+`, `/` and `=`, in one pass: an image of 4 MB is encoded twice for an upload,
  /// and a branch for every character takes longer than all the rest. Padding comes at the end, so every piece but the last
  /// has to be a multiple of three.
  ///
  /// - Parameter target: at least ``formCapacity(_:)``.
  /// - Returns: the length of the text; 0 when the target is too small.
  static func encodeForm(_ piece: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Int {
    guard target.count >= formCapacity(piece.count) else { return 0 }
    return formPairs.withUnsafeBufferPointer { table in
      var end = 0
      // Eight bytes are written and two to six of them kept.
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
        // The second of the pair stands for bits that are not there.
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
