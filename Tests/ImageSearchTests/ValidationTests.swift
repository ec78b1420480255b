import Testing

@testable import ImageSearch

/// Every message names the field and the allowed values, and quotes only the start of the given value.
@Suite struct ValidationTests {
  private func message(_ check: () throws -> Void) -> String? {
    (#expect(throws: ImageSearchError.self) { try check() })?.message
  }

  @Test func valuesGivenAsText() throws {
    #expect(try Validation.integer("limit", "7") == 7)
    #expect(try Validation.flag("pretty", "TRUE"))
    #expect(try Validation.number("score", "0.5") == 0.5)
    #expect(try Validation.choice("sort", "crawl_date", of: TinEyeSearchRequest.Sort.self) == .crawlDate)
    #expect(message { _ = try Validation.integer("limit", "7.5") } == "limit is \"7.5\"; it must be a whole number")
    #expect(message { _ = try Validation.flag("pretty", "yes") } == "pretty is \"yes\"; it must be true or false")
    for text in ["", "nan", "inf", "1e999"] {
      #expect(message { _ = try Validation.number("score", text) } == "score is \"\(text)\"; it must be a number")
    }
    #expect(
      message { _ = try Validation.choice("sort", "date", of: TinEyeSearchRequest.Sort.self) }
        == "sort is \"date\"; it must be one of score, size, crawl_date")
  }

  @Test(arguments: [
    ("Sort", "; did you mean sort?"), ("backlinklimit", "; did you mean backlink_limit?"),
    ("domian", "; did you mean domain?"), ("colour", ""), ("", ""), ("x", ""),
  ])
  func unknownNamesGetAHint(name: String, hint: String) {
    let error = Validation.unknownParameter(name, of: "TinEye", known: ["sort", "backlink_limit", "domain"])
    #expect(error.message == "TinEye has no parameter \"\(name)\"\(hint); it has sort, backlink_limit, domain")
  }

  @Test func quotedTextIsShortAndOnOneLine() {
    #expect(Validation.quoted("a\nb\u{1B}[31m\u{9B}\u{202E}") == #""a\nb\u{1b}[31m\u{9b}\u{202e}""#)
    let long = Validation.quoted(String(repeating: "鞋", count: 100_000))
    #expect(long == "\"" + String(repeating: "鞋", count: 60) + "…\"")
    let name = String(repeating: "x", count: 100_000)
    #expect(Validation.unknownParameter(name, of: "TinEye", known: ["sort"]).message.count < 200)
  }

  @Test func keysAreNeverQuoted() {
    for key in ["", "with space", "schlüssel", "line\n"] {
      let words = message { try Validation.key("the API key", key) }
      #expect(words?.hasPrefix("the API key ") == true)
      #expect(key.isEmpty || words?.contains(key) == false)
    }
  }
}
