import ImageSearch
import Testing

@Suite struct JSONValueTests {
  private let json: JSONValue

  init() throws {
    json = try JSONDocument(
      Array(
        #"""
        {"whole": 120, "fraction": 12.50, "round": 7.0, "large": 12345678901234567890, "power": 1.5e3,
         "text": "words", "empty": "", "wholeText": "42", "fractionText": "0.42", "roundText": "42.0", "spaced": " 42",
         "powerText": "1e3", "hugeText": "1e999", "nanText": "nan", "infinityText": "inf", "hexText": "0x1p4",
         "yes": true, "no": false, "yesText": "True", "noText": "FALSE", "one": 1, "zero": 0, "oneText": "1", "zeroText": "0", "two": 2,
         "nothing": null, "object": {"inner": 1}, "list": [1, "two", "", null, 3.5, {"a": 1}, [4], true, {"a": 2}],
         "twice": 1, "twice": 2, "\u0065scaped": "e", "": "no name"}
        """#.utf8)
    ).root
  }

  @Test func integer() {
    #expect(json.integer("whole") == 120)
    #expect(json.integer("round") == 7)
    #expect(json.integer("power") == 1500)
    #expect(json.integer("wholeText") == 42)
    #expect(json.integer("roundText") == 42)
    #expect(json.integer("powerText") == 1000)
    #expect(json.integer("fraction") == nil)
    #expect(json.integer("large") == nil)
    #expect(json.integer("fractionText") == nil)
    #expect(json.integer("spaced") == nil)
    #expect(json.integer("hugeText") == nil)
    #expect(json.integer("nanText") == nil)
    #expect(json.integer("yes") == nil)
    #expect(json.integer("nothing") == nil)
    #expect(json.integer("object") == nil)
    #expect(json.integer("list") == nil)
    #expect(json.integer("missing") == nil)
  }

  @Test func number() {
    #expect(json.number("whole") == 120)
    #expect(json.number("fraction") == 12.5)
    #expect(json.number("large") == 12_345_678_901_234_567_168)
    #expect(json.number("fractionText") == 0.42)
    #expect(json.number("text") == nil)
    #expect(json.number("hugeText") == nil)
    #expect(json.number("nanText") == nil)
    #expect(json.number("infinityText") == nil)
    #expect(json.number("yes") == nil)
    #expect(json.number("nothing") == nil)
    #expect(json.number("missing") == nil)
  }

  @Test func text() {
    #expect(json.text("text") == "words")
    #expect(json.text("empty") == "")
    #expect(json.text("whole") == "120")
    #expect(json.text("round") == "7")
    #expect(json.text("power") == "1500")
    // To the last digit, as it is written: prices and numbers of items.
    #expect(json.text("fraction") == "12.50")
    #expect(json.text("large") == "12345678901234567890")
    #expect(json.text("yes") == nil)
    #expect(json.text("nothing") == nil)
    #expect(json.text("object") == nil)
    #expect(json.text("missing") == nil)
    #expect(json.filledText("text") == "words")
    #expect(json.filledText("empty") == nil)
    #expect(json.filledText("whole") == "120")
    #expect(json.filledText("missing") == nil)
  }

  @Test func flag() {
    for key: StaticString in ["yes", "yesText", "one", "oneText"] { #expect(json.flag(key) == true) }
    for key: StaticString in ["no", "noText", "zero", "zeroText"] { #expect(json.flag(key) == false) }
    for key: StaticString in ["two", "text", "empty", "nothing", "object", "list", "missing"] {
      #expect(json.flag(key) == nil)
    }
  }

  @Test func valueAndObject() {
    #expect(json.value("whole")?.wholeNumber == 120)
    #expect(json.value("nothing") == nil)
    #expect(json.value("missing") == nil)
    #expect(json.object("object")?.integer("inner") == 1)
    #expect(json.object("list") == nil)
    #expect(json.object("nothing") == nil)
    #expect(json.object("missing") == nil)
    #expect(json.member("nothing")?.isNull == true)
  }

  @Test func lists() {
    #expect(json.list("list").map(\.asInteger) == [1, nil, nil, nil, nil, nil, nil, nil, nil])
    #expect(json.objects("list") { $0.integer("a") } == [1, 2])
    #expect(json.texts("list") == ["1", "two", "3.5"])
    #expect(Array(json.list("object")).isEmpty)
    #expect(Array(json.list("text")).isEmpty)
    #expect(Array(json.list("missing")).isEmpty)
    #expect(json.texts("nothing").isEmpty)
  }

  @Test func contains() {
    #expect(json.contains("whole"))
    #expect(json.contains("nothing"))
    #expect(json.contains(""))
    #expect(!json.contains("missing"))
    #expect(!json.contains("inner"))
    #expect(!json.contains("hole"))
    #expect(!json.contains("wholes"))
  }

  @Test func namesAreFound() {
    #expect(json.integer("twice") == 1)
    #expect(json.text("escaped") == "e")
    #expect(json.text("") == "no name")
    #expect(json.members.filter { $0.name == "twice" }.map(\.value.wholeNumber) == [1, 2])
  }

  @Test func otherKindsHaveNoMembers() throws {
    for text in ["null", "1", "\"whole\"", "[\"whole\", 1]"] {
      let json = try JSONDocument(Array(text.utf8)).root
      #expect(json.member("whole") == nil)
      #expect(!json.contains("whole"))
      #expect(json.members.map(\.name).isEmpty)
      #expect(json.list("whole").map(\.isNull).isEmpty)
    }
  }

  @Test func kinds() throws {
    func kinds(_ text: String) throws -> [Bool] {
      let json = try JSONDocument(Array(text.utf8)).root
      return [json.isNull, json.boolean != nil, json.isNumber, json.string != nil, json.isList, json.isObject]
    }
    for (i, text) in ["null", "false", "-1", "\"\"", "[]", "{}"].enumerated() {
      #expect(try kinds(text) == (0..<6).map { $0 == i })
    }
  }
}
