import ImageSearch
import Testing

@Suite struct JSONNumberTests {
  private func number(_ text: String) throws -> JSONValue { try JSONDocument(Array(text.utf8)).root }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("0.000", 0), ("0e5", 0), ("0e999999999999999999999", 0), ("-0.0e-3", 0), ("1", 1), ("-1", -1),
    ("120", 120), ("120.0", 120), ("1.2e2", 120), ("1.20e+2", 120), ("12000e-2", 120), ("0.12e3", 120),
    ("0.00120e5", 120),
    ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("9223372036854775807.0", Int.max),
    ("-9223372036854775808.000", Int.min), ("922337203685477580.7e1", Int.max),
    ("9007199254740993", 9_007_199_254_740_993),
    ("9007199254740993.0", 9_007_199_254_740_993), ("1e18", 1_000_000_000_000_000_000),
    ("100000000000000000000000000000e-29", 1), ("1000000000000000000", 1_000_000_000_000_000_000),
  ])
  func wholeNumbersAreExact(text: String, value: Int) throws { #expect(try number(text).integer == value) }

  @Test(arguments: [
    "0.5", "-1.5", "1e-1", "12e-1", "9223372036854775808", "-9223372036854775809", "9223372036854775808.0", "1e19",
    "1e400",
    "1e-400", "123456789012345678901234567890", "18446744073709551616", "18446744073709551615",
    "1e99999999999999999999999",
    "1e-99999999999999999999999", "1.00000000000000000000000001", "27670116110564327424", "-18446744073709551615",
  ])
  func othersAreNoWholeNumbers(text: String) throws { #expect(try number(text).integer == nil) }

  @Test(arguments: [
    ("0", 0.0), ("1", 1), ("-1.5", -1.5), ("99.33333333333333", 99.33333333333333), ("1e5", 100000), ("0.1", 0.1),
    ("1.7976931348623157e308", .greatestFiniteMagnitude), ("5e-324", .leastNonzeroMagnitude), ("1e-400", 0),
    ("9007199254740993", 9_007_199_254_740_992), ("2.2250738585072011e-308", Double(bitPattern: 0x000F_FFFF_FFFF_FFFF)),
    ("123456789012345678901234567890", 1.2345678901234568e29),
  ])
  func doublesAreTheNearest(text: String, value: Double) throws { #expect(try number(text).number == value) }

  @Test func minusZeroKeepsItsSign() throws { #expect(try number("-0.0").number?.sign == .minus) }

  @Test(arguments: ["1e309", "-1e309", "1e999999999999"]) func infiniteIsNone(text: String) throws {
    #expect(try number(text).number == nil)
    #expect(try number(text).numeral == text)
  }

  @Test func otherKindsAreNoNumbers() throws {
    for text in ["null", "true", "\"1\"", "[1]", "{\"a\":1}"] {
      let value = try number(text)
      #expect(!value.isNumber)
      #expect(value.numeral == nil)
      // A text with a number is read as a number, leniently; no other text is.
      #expect(value.integer == (text == "\"1\"" ? 1 : nil))
      #expect(value.number == (text == "\"1\"" ? 1 : nil))
    }
  }
}
