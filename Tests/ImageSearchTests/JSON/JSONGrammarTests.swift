import Testing

@testable import ImageSearch

@Suite struct JSONGrammarTests {
  @Test(arguments: [
    "null", "true", "false", "0", "-0", "1", "-1", "0.5", "-0.0", "1e5", "1E5", "1e+5", "1E-5", "10.25e-3", "0e0",
    "1.0",
    "1e400", "-1e-400", "123456789012345678901234567890", "\"\"", "\"a\"", "[]", "{}", "[[]]", "[{}]", "{\"\":{}}",
    " [ 1 , 2 ] ", "\t\r\n{\n\"a\"\t:\r1}\n", "{\"a\":1,\"a\":2}", "[null,true,false,0,\"\",[],{}]", "\u{FEFF}[1]",
    "\"\u{7F}\"",
  ])
  func accepted(text: String) { #expect(throws: Never.self) { try JSONDocument(Array(text.utf8)) } }

  @Test(arguments: [
    ("", 0), (" ", 1), ("\u{FEFF}", 3), ("tru", 3), ("nul", 3), ("fals", 4), ("[", 1), ("[1", 2), ("[1,", 3), ("{", 1),
    ("{\"a\"", 4), ("{\"a\":", 5), ("{\"a\":1", 6), ("{\"a\":1,", 7), ("-", 1), ("1.", 2), ("1e", 2), ("1e+", 3),
    ("[[]", 3),
  ])
  func endsTooEarly(text: String, offset: Int) {
    #expect(throws: JSONError(reason: .unexpectedEnd, offset: offset)) { try JSONDocument(Array(text.utf8)) }
  }

  @Test(arguments: [
    // Numbers.
    ("01", 1), ("-01", 2), ("00", 1), ("+1", 0), (".5", 0), ("1.e1", 2), ("1.x", 2), ("1e1.5", 3), ("1e+-5", 3),
    ("0x10", 1),
    ("--1", 1), ("- 1", 1), ("1a", 1), ("1 1", 2), ("NaN", 0), ("Infinity", 0), ("-Infinity", 1), ("1_000", 1),
    ("１", 0),
    // Words.
    ("True", 0), ("nulll", 4), ("tRue", 1), ("truefalse", 4), ("undefined", 0),
    // Lists.
    ("[1,]", 3), ("[,1]", 1), ("[1,,2]", 3), ("[1 2]", 3), ("[1}", 2), ("]", 0), ("[]]", 2), ("[1:2]", 2),
    ("[\"a\":1]", 4),
    // Objects.
    ("{\"a\":1,}", 7), ("{,}", 1), ("{\"a\"}", 4), ("{\"a\":}", 5), ("{a:1}", 1), ("{1:1}", 1), ("{'a':1}", 1),
    ("{\"a\" 1}", 5), ("{\"a\":1 \"b\":2}", 7), ("{\"a\":1]", 6), ("}", 0), ("{\"a\"::1}", 5), ("{null:1}", 1),
    ("{[]:1}", 1),
    ("{\"a\",1}", 4), ("{\"a\":1,,\"b\":2}", 7),
    // What other dialects allow.
    ("['a']", 1), ("[1]//c", 3), ("/**/1", 0), ("[1]#", 3), ("[1]\u{A0}", 3), ("[1]\u{0B}", 3), ("[1]\u{0C}", 3),
    ("[1]\0", 3), ("[\u{FEFF}1]", 1), ("\u{FEFF}\u{FEFF}1", 3), ("[1]\u{FEFF}", 3), ("1;", 1), ("\\u005b1]", 0),
  ])
  func unexpected(text: String, offset: Int) {
    #expect(throws: JSONError(reason: .unexpectedByte, offset: offset)) { try JSONDocument(Array(text.utf8)) }
  }

  @Test func otherEncodingsAreRefused() {
    for text: [UInt8] in [
      [0x5B, 0, 0x31, 0, 0x5D, 0], [0, 0x5B, 0, 0x5D], [0xFF, 0xFE, 0x31, 0], [0xEF, 0xBB, 0x5B, 0x5D],
    ] {
      let error = #expect(throws: JSONError.self) { try JSONDocument(text) }
      #expect(error?.reason == .unexpectedByte)
    }
  }

  @Test func depthIsLimited() throws {
    let most = JSONDocument.maximumDepth
    func lists(_ count: Int) -> [UInt8] {
      Array((String(repeating: "[", count: count) + String(repeating: "]", count: count)).utf8)
    }
    func objects(_ count: Int) -> [UInt8] {
      Array((String(repeating: "{\"a\":", count: count) + "1" + String(repeating: "}", count: count)).utf8)
    }
    #expect(try JSONDocument(lists(most)).nodes.count == most)
    #expect(try JSONDocument(objects(most)).nodes.count == 2 * most + 1)
    #expect(throws: JSONError(reason: .tooDeep, offset: most)) { try JSONDocument(lists(most + 1)) }
    #expect(throws: JSONError(reason: .tooDeep, offset: 5 * most)) { try JSONDocument(objects(most + 1)) }
    // The limit is on depth, not on the number.
    let wide = Array(("[" + Array(repeating: "[[]]", count: 5000).joined(separator: ",") + "]").utf8)
    #expect(try JSONDocument(wide).nodes.count == 10001)
    // A deep text that never ends.
    #expect(throws: JSONError(reason: .tooDeep, offset: most)) {
      try JSONDocument([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000))
    }
  }

  @Test func sizeIsLimited() throws {
    #expect(throws: JSONError(reason: .tooLarge, offset: 5)) {
      try JSONDocument(Array("[1,23]".utf8), maximumByteCount: 5)
    }
    #expect(throws: Never.self) { try JSONDocument(Array("[1,2]".utf8), maximumByteCount: 5) }
  }

  @Test func thereAreNoMoreNodesThanBytes() throws {
    var generator = JSONGenerator(seed: 77)
    for _ in 0..<2000 {
      let text = generator.document()
      #expect(try JSONDocument(text).nodes.count <= text.count)
    }
  }

  /// Each node leads to the next one and to its own content, up to the end.
  @Test func nodesLeadPastWhatTheyHold() throws {
    let document = try JSONDocument(Array(#"{"a":[1,{"b":2},[]],"c":{}}"#.utf8))
    #expect(document.nodes.map(\.next) == [10, 2, 8, 4, 7, 6, 7, 8, 9, 10])
    #expect(document.root.members.map(\.name) == ["a", "c"])
  }
}
