extension JSONParser {
  /// A string from its opening quotation mark to its closing one (section 7).
  mutating func readString() throws(JSONError) {
    position += 1
    let start = position
    var kind = JSONNode.Kind.string
    while true {
      skipPlain()
      guard position < bytes.count else { throw error(.unexpectedEnd) }
      switch bytes[position] {
      case UInt8(ascii: "\""):
        append(kind, start, position)
        position += 1
        return
      case UInt8(ascii: "\\"):
        kind = .escapedString
        try checkEscape()
      case 0..<0x20: throw error(.controlCharacter)
      case 0x80...: try checkSequence()
      default: position += 1
      }
    }
  }

  /// Passes over plain characters, eight bytes at a time: not over quotation marks, backslashes, control characters or what is
  /// not ASCII. Up to seven plain bytes at the end of the text are left.
  private mutating func skipPlain() {
    guard let base = bytes.baseAddress else { return }
    while bytes.count - position >= 8 {
      let word = UInt64(
        littleEndian: UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self))
      let stops = Self.stops(in: word)
      if stops != 0 {
        position += stops.trailingZeroBitCount / 8
        return
      }
      position += 8
    }
  }

  /// The highest bit of each byte that is not plain. Borrows can mark bytes above the first such one too; it is the lowest that
  /// counts.
  private static func stops(in word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
    let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
    let below = (word &- ones &* 0x20) & ~word
    let equal = ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes)
    return (below | equal | word) & (ones &* 0x80)
  }

  private mutating func checkEscape() throws(JSONError) {
    guard bytes.count - position >= 2 else {
      position = bytes.count
      throw error(.unexpectedEnd)
    }
    switch bytes[position + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      position += 2
    case UInt8(ascii: "u"):
      for i in 2..<6 {
        guard position + i < bytes.count else {
          position = bytes.count
          throw error(.unexpectedEnd)
        }
        guard JSONEscapes.hexDigit(bytes[position + i]) != nil else { throw error(.invalidEscape) }
      }
      position += 6
    default: throw error(.invalidEscape)
    }
  }

  /// Characters that are not ASCII, as many as follow each other (RFC 3629, section 4).
  private mutating func checkSequence() throws(JSONError) {
    while position < bytes.count, bytes[position] >= 0x80 {
      // The second byte's range depends on the first; that keeps overlong forms, surrogates and too large values out.
      let (length, second): (Int, ClosedRange<UInt8>)
      switch bytes[position] {
      case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
      case 0xE0: (length, second) = (3, 0xA0...0xBF)
      case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
      case 0xED: (length, second) = (3, 0x80...0x9F)
      case 0xF0: (length, second) = (4, 0x90...0xBF)
      case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
      case 0xF4: (length, second) = (4, 0x80...0x8F)
      default: throw error(.invalidUTF8)
      }
      guard bytes.count - position >= length, second.contains(bytes[position + 1]) else { throw error(.invalidUTF8) }
      for i in 2..<length where bytes[position + i] & 0xC0 != 0x80 { throw error(.invalidUTF8) }
      position += length
    }
  }
}
