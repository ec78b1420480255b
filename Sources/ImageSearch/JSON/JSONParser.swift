/// Turns a JSON text into nodes (RFC 8259), without recursion: which container is open stands in the nodes themselves.
struct JSONParser {
  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0
  var nodes: [JSONNode] = []
  /// The innermost container that is not closed, by its index plus one; 0 for none. While a container is open, its node's
  /// `next` holds the same about the container around it.
  private var open = 0
  private var depth = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    // Providers' answers have a node for every 20 to 30 bytes.
    nodes.reserveCapacity(bytes.count / 20 + 8)
  }

  /// - Throws: ``JSONError`` at the first byte that is wrong.
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

  /// One digit at least.
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

  /// The next byte that is no white space; it is not consumed.
  @inline(__always)
  private mutating func nextByte() throws(JSONError) -> UInt8 {
    if position < bytes.count, bytes[position] > 0x20 { return bytes[position] }
    skipSpace()
    guard position < bytes.count else { throw error(.unexpectedEnd) }
    return bytes[position]
  }

  // The count of the bytes fits 31 bits, and there are no more nodes than bytes: nothing is cut off here.
  mutating func append(_ kind: JSONNode.Kind, _ start: Int, _ end: Int) {
    nodes.append(
      JSONNode(
        kind: kind, start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
        next: UInt32(truncatingIfNeeded: nodes.count + 1)))
  }

  func error(_ reason: JSONError.Reason) -> JSONError { JSONError(reason: reason, offset: position) }
}
