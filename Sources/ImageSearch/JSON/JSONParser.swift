/// Turns a JSON text into nodes (RFC 8259), without recursion: the stack of open containers is kept in the nodes.
struct JSONParser {
  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0
  var nodes: [JSONNode] = []
  /// Index plus one of the innermost open container; 0 for none. While a container is open, its node's `next` has the
  /// same for the container around it.
  private var open = 0
  private var depth = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    // Providers' responses have a node per 20 to 30 bytes.
    nodes.reserveCapacity(bytes.count / 20 + 8)
  }

  /// - Throws: ``JSONError`` at the first invalid byte.
  mutating func run() throws(JSONError) -> [JSONNode] {
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
    try readValue()
    while open > 0 { try step() }
    skipSpace()
    if position < bytes.count { throw error(.unexpectedByte) }
    return nodes
  }

  // MARK: - Structure

  /// One step in the open container: its next element or member, or its end.
  private mutating func step() throws(JSONError) {
    let isObject = nodes[open - 1].kind == .object
    var byte = try nextByte()
    if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) { return close() }
    if nodes.count > open {
      guard byte == UInt8(ascii: ",") else { throw error(.unexpectedByte) }
      position += 1
      byte = try nextByte()
    }
    if isObject {
      guard byte == UInt8(ascii: "\"") else { throw error(.unexpectedByte) }
      try readString()
      guard try nextByte() == UInt8(ascii: ":") else { throw error(.unexpectedByte) }
      position += 1
    }
    try readValue()
  }

  private mutating func readValue() throws(JSONError) {
    switch try nextByte() {
    case UInt8(ascii: "\""): try readString()
    case UInt8(ascii: "{"): try openContainer(.object)
    case UInt8(ascii: "["): try openContainer(.list)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try readNumber()
    case UInt8(ascii: "t"): try readWord("true", .isTrue)
    case UInt8(ascii: "f"): try readWord("false", .isFalse)
    case UInt8(ascii: "n"): try readWord("null", .null)
    default: throw error(.unexpectedByte)
    }
  }

  private mutating func openContainer(_ kind: JSONNode.Kind) throws(JSONError) {
    guard depth < JSONDocument.maximumDepth else { throw error(.tooDeep) }
    depth += 1
    nodes.append(
      JSONNode(
        kind: kind, start: UInt32(truncatingIfNeeded: position), end: 0, next: UInt32(truncatingIfNeeded: open)))
    open = nodes.count
    position += 1
  }

  private mutating func close() {
    position += 1
    depth -= 1
    let index = open - 1
    open = Int(nodes[index].next)
    nodes[index].end = UInt32(truncatingIfNeeded: position)
    nodes[index].next = UInt32(truncatingIfNeeded: nodes.count)
  }

  // MARK: - Pieces

  private mutating func readWord(_ word: StaticString, _ kind: JSONNode.Kind) throws(JSONError) {
    let start = position
    for i in 0..<word.utf8CodeUnitCount {
      guard position < bytes.count else { throw error(.unexpectedEnd) }
      guard bytes[position] == word.utf8Start[i] else { throw error(.unexpectedByte) }
      position += 1
    }
    append(kind, start, position)
  }

  /// `[-] int [frac] [exp]` (section 6).
  private mutating func readNumber() throws(JSONError) {
    let start = position
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    if position < bytes.count, bytes[position] == UInt8(ascii: "0") {
      position += 1
    } else {
      try readDigits()
    }
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      try readDigits()
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
        position += 1
      }
      try readDigits()
    }
    append(.number, start, position)
  }

  /// Reads at least one digit.
  private mutating func readDigits() throws(JSONError) {
    guard position < bytes.count else { throw error(.unexpectedEnd) }
    guard isDigit(bytes[position]) else { throw error(.unexpectedByte) }
    while position < bytes.count, isDigit(bytes[position]) { position += 1 }
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  private mutating func skipSpace() {
    while position < bytes.count {
      let byte = bytes[position]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      position += 1
    }
  }

  /// Returns the next byte that is not white space, without consuming it.
  @inline(__always)
  private mutating func nextByte() throws(JSONError) -> UInt8 {
    if position < bytes.count, bytes[position] > 0x20 { return bytes[position] }
    skipSpace()
    guard position < bytes.count else { throw error(.unexpectedEnd) }
    return bytes[position]
  }

  // The number of bytes fits in 31 bits, and there are no more nodes than bytes, so nothing is truncated here.
  mutating func append(_ kind: JSONNode.Kind, _ start: Int, _ end: Int) {
    nodes.append(
      JSONNode(
        kind: kind, start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
        next: UInt32(truncatingIfNeeded: nodes.count + 1)))
  }

  func error(_ reason: JSONError.Reason) -> JSONError { JSONError(reason: reason, offset: position) }
}

// MARK: - Strings

extension JSONParser {
  /// Reads a string from its opening to its closing quotation mark (section 7).
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

  /// Skips plain characters, eight bytes at a time, up to a quotation mark, a backslash, a control character or a byte
  /// that is not ASCII. Up to seven plain bytes at the end of the text are left.
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

  /// The highest bit of each byte that is not plain. Borrows can also mark bytes above the first such byte; only the
  /// lowest is significant.
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

  /// Checks a run of characters that are not ASCII (RFC 3629, section 4).
  private mutating func checkSequence() throws(JSONError) {
    while position < bytes.count, bytes[position] >= 0x80 {
      // The second byte's range depends on the first; this excludes overlong forms, surrogates and values that are too
      // large.
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
