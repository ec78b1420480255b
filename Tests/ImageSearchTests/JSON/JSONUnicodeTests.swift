import Testing

@testable import ImageSearch

@Suite struct JSONUnicodeTests {
  private static let quote = UInt8(ascii: "\"")

  private static func isAccepted(_ bytes: [UInt8]) -> Bool {
    (try? JSONDocument([quote] + bytes + [quote]).root.string).map { Array($0.utf8) == bytes } ?? false
  }

  /// The bytes at which RFC 3629's ranges begin and end, in sequences of up to four; the standard library is the oracle.
  @Test func sequencesAreAcceptedIfTheyAreUTF8() {
    let edges: [UInt8] = [
      0x61, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0,
      0xF1,
      0xF3, 0xF4, 0xF5, 0xFF,
    ]
    var accepted = 0
    func check(_ bytes: [UInt8]) {
      let isUTF8 = String(validating: bytes, as: UTF8.self) != nil
      accepted += isUTF8 ? 1 : 0
      if Self.isAccepted(bytes) != isUTF8 { Issue.record("\(bytes): \(isUTF8 ? "refused" : "accepted")") }
    }
    for first in UInt8(0x80)...0xFF {
      check([first])
      for second in edges {
        check([first, second])
        for third in edges where first >= 0xDF {
          check([first, second, third])
          for fourth: UInt8 in [0x61, 0x7F, 0x80, 0xBF, 0xC0] where first >= 0xEF {
            check([first, second, third, fourth])
          }
        }
      }
    }
    #expect(accepted > 300)
  }

  @Test(arguments: [
    (#"\u0041"#, "A"), (#"\u00e9"#, "é"), (#"\u00E9"#, "é"), (#"\u4e2d\u6587"#, "中文"), (#"\ud83d\ude00"#, "😀"),
    (#"\uD83D\uDE00!"#, "😀!"), (#"\u0000"#, "\0"), (#"a\/b\\c\"d"#, #"a/b\c"d"#), (#"\b\f\n\r\t"#, "\u{8}\u{C}\n\r\t"),
    (#"\ufeff"#, "\u{FEFF}"), (#"\uffff"#, "\u{FFFF}"), (#"\udbff\udfff"#, "\u{10FFFF}"),
    (#"\ud800\udc00"#, "\u{10000}"),
    // Half a pair.
    (#"\ud800"#, "\u{FFFD}"), (#"\udc00"#, "\u{FFFD}"), (#"a\ud83d"#, "a\u{FFFD}"), (#"\ud800\u0041"#, "\u{FFFD}A"),
    (#"\ud800\ud83d\ude00"#, "\u{FFFD}😀"), (#"\ude00\ud83d"#, "\u{FFFD}\u{FFFD}"), (#"\ud83d\n"#, "\u{FFFD}\n"),
    (#"\ud83dx"#, "\u{FFFD}x"),
  ])
  func escapesAreResolved(written: String, text: String) throws {
    let string = try JSONDocument(Array("\"\(written)\"".utf8)).root.string
    #expect(string.map { Array($0.utf8) } == Array(text.utf8))
  }

  @Test(arguments: [
    (#"\x"#, 1), (#"\u12g4"#, 1), (#"\U0041"#, 1), (#"ab\'"#, 3), (#"\u 041"#, 1), (#"\u+041"#, 1), (#"\0"#, 1),
  ])
  func otherEscapesAreRefused(written: String, offset: Int) {
    #expect(throws: JSONError(reason: .invalidEscape, offset: offset)) {
      try JSONDocument(Array("\"\(written)\"".utf8))
    }
  }

  @Test(arguments: [#"""#, #""\"#, #""\""#, #""\u"#, #""\u12"#, #""\u123"#, #""abcdefgh"#, #""abcdefghijklmnop\"#])
  func textsThatEndInAStringAreRefused(text: String) {
    let error = #expect(throws: JSONError.self) { try JSONDocument(Array(text.utf8)) }
    #expect(error?.reason == .unexpectedEnd)
    #expect(error?.offset == text.utf8.count)
  }

  @Test func aCutCharacterIsRefused() {
    let error = #expect(throws: JSONError.self) { try JSONDocument([0x22, 0xE4, 0xB8]) }
    #expect(error == JSONError(reason: .invalidUTF8, offset: 1))
  }

  @Test func controlCharactersAreRefused() {
    for byte in UInt8(0)..<0x20 {
      let error = #expect(throws: JSONError.self) { try JSONDocument([0x22, 0x61, byte, 0x22]) }
      #expect(error == JSONError(reason: .controlCharacter, offset: 2))
    }
  }
}
