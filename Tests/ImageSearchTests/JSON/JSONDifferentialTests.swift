import ImageSearch
import Testing

/// Differential tests with `JSONDecoder`: both readers accept the same texts, with the same values.
///
/// The only intended differences are:
/// - a comma before the end of a list or an object: `JSONDecoder` accepts it, RFC 8259 does not;
/// - UTF-16 and UTF-32: `JSONDecoder` detects them, RFC 8259 (section 8.1) has UTF-8 only;
/// - a second member of the same name: neither reads it, but `JSONDecoder` does not check it either;
/// - half a surrogate pair: `JSONDecoder` refuses the string, we read U+FFFD;
/// - a number that no double represents, by overflow or underflow: `JSONDecoder` refuses it, we have its digits;
/// - zero with an exponent, such as `0e5`: `JSONDecoder` refuses it, RFC 8259 does not;
/// - whole numbers: we have them exactly. `JSONDecoder` gives up on some that end in `.0` or have an exponent, and takes some
///   fractions for whole whose digits a double cannot hold.
@Suite(.serialized) struct JSONDifferentialTests {
  /// Number of agreements, so that a test can check that it is effective.
  struct Tally {
    var accepted = 0
    var refused = 0
    var different = 0
  }

  private static func compare(_ bytes: [UInt8], _ tally: inout Tally, _ location: SourceLocation = #_sourceLocation) {
    let oracle = try? JSONTree.oracle(bytes)
    func complain(_ what: String) {
      Issue.record("\(what): \(String(decoding: bytes, as: UTF8.self).debugDescription)", sourceLocation: location)
    }
    do {
      let json = try JSONDocument(bytes).root
      if let oracle {
        tally.accepted += 1
        let tree = JSONTree(json)
        if !isEqual(tree, oracle) { complain("\(tree), not \(oracle)") }
      } else {
        tally.different += 1
        if !isMeantToBeAccepted(json) { complain("accepted") }
      }
    } catch {
      if oracle == nil {
        tally.refused += 1
      } else {
        tally.different += 1
        if !isMeantToBeRefused(bytes, error) { complain("refused with \(error)") }
      }
    }
  }

  private static func isEqual(_ ours: JSONTree, _ oracle: JSONTree) -> Bool {
    switch (ours, oracle) {
    case (.number(let left, let whole), .number(let right, let oracleWhole)):
      guard left == right else { return false }
      if whole == oracleWhole { return true }
      // One of them is missing, and the other is the double or its neighbour.
      guard whole == nil || oracleWhole == nil, let value = whole ?? oracleWhole else { return false }
      let double = Double(bitPattern: left)
      return abs(Double(value) - double) <= double.ulp
    case (.list(let left), .list(let right)):
      return left.count == right.count && zip(left, right).allSatisfy { isEqual($0, $1) }
    case (.object(let left), .object(let right)):
      return left.count == right.count
        && left.allSatisfy { name, value in right[name].map { isEqual(value, $0) } ?? false }
    default: return ours == oracle
    }
  }

  private static func isMeantToBeAccepted(_ json: JSONValue) -> Bool {
    func isHalf(_ text: String) -> Bool { text.unicodeScalars.contains("\u{FFFD}") }
    if let numeral = json.numeral {
      guard let double = json.number else { return true }
      return double.magnitude < Double.leastNormalMagnitude && numeral.lowercased().contains("e")
    }
    return json.string.map(isHalf) ?? false || json.elements.contains(where: isMeantToBeAccepted)
      || json.members.contains { isHalf($0.name) || isMeantToBeAccepted($0.value) }
  }

  private static func isMeantToBeRefused(_ bytes: [UInt8], _ error: JSONError) -> Bool {
    if bytes.prefix(4).contains(0) || hasTwins(bytes) { return true }
    guard error.reason == .unexpectedByte, bytes.indices.contains(error.offset) else { return false }
    let before = bytes[..<error.offset].last { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
    let byte = bytes[error.offset]
    return before == UInt8(ascii: ",") && (byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}"))
  }

  /// Whether damage has made two names equal: the generator gives each a unique number.
  private static func hasTwins(_ bytes: [UInt8]) -> Bool {
    var seen: Set<[UInt8]> = []
    let names = bytes.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false).filter {
      $0.isEmpty || $0.first == UInt8(ascii: "k")
    }
    return names.contains { !seen.insert(Array($0)).inserted }
  }

  /// Compares many texts, and yields in between to other tests, some of which measure time.
  private static func compare(
    _ texts: some Sequence<[UInt8]>, _ location: SourceLocation = #_sourceLocation
  ) async -> Tally {
    var tally = Tally()
    for (i, text) in texts.enumerated() {
      compare(text, &tally, location)
      if i % 8 == 0 { await Task.yield() }
    }
    return tally
  }

  @Test(arguments: 1...4) func generatedTextsAgree(seed: UInt64) async {
    var generator = JSONGenerator(seed: seed)
    let tally = await Self.compare((0..<1500).map { _ in generator.document() })
    #expect(tally.accepted > 1300)
    #expect(tally.refused == 0)
  }

  @Test(arguments: 11...14) func damagedTextsAgree(seed: UInt64) async {
    var generator = JSONGenerator(seed: seed, namesAreUnique: true)
    let tally = await Self.compare((0..<4000).map { _ in generator.damaged(generator.document()) })
    #expect(tally.accepted > 500)
    #expect(tally.refused > 500)
    #expect(tally.different < 400)
  }

  /// Every text of up to `length` bytes over an alphabet.
  private static func all(_ alphabet: String, upTo length: Int) -> [[UInt8]] {
    var texts: [[UInt8]] = [[]]
    var longest = texts
    for _ in 0..<length {
      longest = longest.flatMap { text in alphabet.utf8.map { text + [$0] } }
      texts += longest
    }
    return texts
  }

  @Test func allShortStructuresAgree() async {
    let tally = await Self.compare(Self.all(#"{}[],:"1"#, upTo: 4))
    #expect(tally.accepted > 10)
  }

  @Test func allShortNumbersAgree() async {
    let tally = await Self.compare(Self.all("-+.05e", upTo: 5))
    #expect(tally.accepted > 150)
  }

  @Test func everyByteAtEveryPlaceOfAStringAgrees() async {
    var texts: [[UInt8]] = []
    for length in 0..<20 {
      for position in 0...length {
        for byte: UInt8 in [0x00, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x5B, 0x5C, 0x5D, 0x7F, 0x80, 0xA2, 0xDC, 0xFF] {
          var text = [UInt8](repeating: UInt8(ascii: "n"), count: length)
          text.insert(byte, at: position)
          texts.append([UInt8(ascii: "\"")] + text + [UInt8(ascii: "\"")])
        }
      }
    }
    let tally = await Self.compare(texts)
    #expect(tally.accepted > 1000)
    #expect(tally.refused > 1000)
  }
}
