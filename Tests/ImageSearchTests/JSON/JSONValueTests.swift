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
    #expect(json["whole"].integer == 120)
    #expect(json["round"].integer == 7)
    #expect(json["power"].integer == 1500)
    #expect(json["wholeText"].integer == 42)
    #expect(json["roundText"].integer == 42)
    #expect(json["powerText"].integer == 1000)
    #expect(json["fraction"].integer == nil)
    #expect(json["large"].integer == nil)
    #expect(json["fractionText"].integer == nil)
    #expect(json["spaced"].integer == nil)
    #expect(json["hugeText"].integer == nil)
    #expect(json["nanText"].integer == nil)
    #expect(json["yes"].integer == nil)
    #expect(json["nothing"].integer == nil)
    #expect(json["object"].integer == nil)
    #expect(json["list"].integer == nil)
    #expect(json["missing"].integer == nil)
  }

  @Test func number() {
    #expect(json["whole"].number == 120)
    #expect(json["fraction"].number == 12.5)
    #expect(json["large"].number == 12_345_678_901_234_567_168)
    #expect(json["fractionText"].number == 0.42)
    #expect(json["text"].number == nil)
    #expect(json["hugeText"].number == nil)
    #expect(json["nanText"].number == nil)
    #expect(json["infinityText"].number == nil)
    #expect(json["yes"].number == nil)
    #expect(json["nothing"].number == nil)
    #expect(json["missing"].number == nil)
  }

  @Test func text() {
    #expect(json["text"].text == "words")
    #expect(json["empty"].text == "")
    #expect(json["whole"].text == "120")
    #expect(json["round"].text == "7")
    #expect(json["power"].text == "1500")
    // Prices and item numbers keep all digits as written.
    #expect(json["fraction"].text == "12.50")
    #expect(json["large"].text == "12345678901234567890")
    #expect(json["yes"].text == nil)
    #expect(json["nothing"].text == nil)
    #expect(json["object"].text == nil)
    #expect(json["missing"].text == nil)
    #expect(json["text"].filledText == "words")
    #expect(json["empty"].filledText == nil)
    #expect(json["whole"].filledText == "120")
    #expect(json["missing"].filledText == nil)
  }

  @Test func flag() {
    for key: StaticString in ["yes", "yesText", "one", "oneText"] { #expect(json[key].flag == true) }
    for key: StaticString in ["no", "noText", "zero", "zeroText"] { #expect(json[key].flag == false) }
    for key: StaticString in ["two", "text", "empty", "nothing", "object", "list", "missing"] {
      #expect(json[key].flag == nil)
    }
  }

  @Test func valueAndObject() {
    #expect(json["whole"].present?.integer == 120)
    #expect(json["nothing"].present == nil)
    #expect(json["missing"].present == nil)
    #expect(json["object"]["inner"].integer == 1)
    #expect(json["list"].object == nil)
    #expect(json["nothing"].object == nil)
    #expect(json["missing"].object == nil)
    #expect(json["nothing"].isNull)
  }

  @Test func lists() {
    #expect(json["list"].elements.map(\.integer) == [1, nil, nil, nil, nil, nil, nil, nil, nil])
    #expect(json["list"].objects { $0["a"].integer } == [1, 2])
    #expect(json["list"].texts == ["1", "two", "3.5"])
    #expect(Array(json["object"].elements).isEmpty)
    #expect(Array(json["text"].elements).isEmpty)
    #expect(Array(json["missing"].elements).isEmpty)
    #expect(json["nothing"].texts.isEmpty)
  }

  @Test func contains() {
    #expect(json["whole"].exists)
    #expect(json["nothing"].exists)
    #expect(json[""].exists)
    #expect(!json["missing"].exists)
    #expect(!json["inner"].exists)
    #expect(!json["hole"].exists)
    #expect(!json["wholes"].exists)
  }

  @Test func namesAreFound() {
    #expect(json["twice"].integer == 1)
    #expect(json["escaped"].text == "e")
    #expect(json[""].text == "no name")
    #expect(json.members.filter { $0.name == "twice" }.map(\.value.integer) == [1, 2])
  }

  @Test func otherKindsHaveNoMembers() throws {
    for text in ["null", "1", "\"whole\"", "[\"whole\", 1]"] {
      let json = try JSONDocument(Array(text.utf8)).root
      #expect(!json["whole"].exists)
      #expect(!json["whole"].exists)
      #expect(json.members.map(\.name).isEmpty)
      #expect(json["whole"].elements.map(\.isNull).isEmpty)
    }
  }

  @Test func kinds() throws {
    func kinds(_ text: String) throws -> [Bool] {
      let json = try JSONDocument(Array(text.utf8)).root
      return [
        json.isNull, json.flag != nil && json.text == nil, json.isNumber, json.string != nil, json.isList,
        json.isObject,
      ]
    }
    for (i, text) in ["null", "false", "-1", "\"\"", "[]", "{}"].enumerated() {
      #expect(try kinds(text) == (0..<6).map { $0 == i })
    }
  }
}
