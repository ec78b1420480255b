import Testing

@testable import ImageSearch

/// HTTP dates, parsed and formatted.
@Suite struct HTTPDateTests {
  @Test func knownDates() {
    let known: [(Int64, String)] = [
      (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
      (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
      (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (1_519_459_200, "Sat, 24 Feb 2018 08:00:00 GMT"),
      (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ]
    for (time, text) in known {
      #expect(HTTPDate.format(time) == text)
      #expect(HTTPDate.parse(text) == time)
    }
    #expect(HTTPDate.formatISO(1_519_459_200) == "2018-02-24T08:00:00Z")
  }

  @Test func thereAndBack() {
    // A prime number of seconds, so that every field takes every value: 1970 to 9999 in steps of about 41 days.
    var failures: [Int64] = []
    for time in stride(from: Int64(0), through: 253_402_300_799, by: 3_543_241) {
      if HTTPDate.parse(HTTPDate.format(time)) != time { failures.append(time) }
    }
    #expect(failures.isEmpty)
  }

  @Test func outOfRangeIsHeldAtItsEnds() {
    #expect(HTTPDate.format(.max) == "Fri, 31 Dec 9999 23:59:59 GMT")
    #expect(HTTPDate.format(.min) == "Thu, 01 Jan 1970 00:00:00 GMT")
    #expect(HTTPDate.formatISO(-1) == "1970-01-01T00:00:00Z")
  }

  @Test func whatIsNoDate() {
    let wrong = [
      "", "GMT", "soon", "120", "-1", "1e9", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
      "Sun, 06 Nov 1969 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
      "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 99999999999999999999 08:49:37 GMT", "Sun, ٠٦ Nov 1994 08:49:37 GMT",
      "a\u{0}b", String(repeating: "9", count: 10_000),
    ]
    for text in wrong { #expect(HTTPDate.parse(text) == nil, "\(text)") }
  }

  /// Obsolete formats that must still be accepted (RFC 9110, 5.6.7).
  @Test func olderForms() {
    #expect(HTTPDate.parse("Sunday, 06-Nov-94 08:49:37 GMT") == 784_111_777)
    #expect(HTTPDate.parse("Sun Nov  6 08:49:37 1994") == 784_111_777)
    #expect(HTTPDate.parse("Fri Nov 16 08:49:37 2029") == HTTPDate.parse("Fri, 16 Nov 2029 08:49:37 GMT"))
    for clock in [-1e18, -1, 0, 1e18] {
      _ = RetryAfter.parse("Sunday, 06-Nov-94 08:49:37 GMT", unixTime: clock)
    }
    #expect(RetryAfter.parse("Sunday, 06-Nov-94 08:49:47 GMT", unixTime: 784_111_777) == .seconds(10))
  }

  @Test func fromParts() {
    #expect(HTTPDate.unixTime(year: 1994, month: 11, day: 6, hour: 8, minute: 49, second: 37) == 784_111_777)
    for (year, month, day) in [(1969, 1, 1), (10_000, 1, 1), (2000, 0, 1), (2000, 13, 1), (2000, 1, 0), (2000, 1, 32)] {
      #expect(HTTPDate.unixTime(year: year, month: month, day: day, hour: 0, minute: 0, second: 0) == nil)
    }
    for (hour, minute, second) in [(24, 0, 0), (0, 60, 0), (0, 0, 61), (-1, 0, 0), (Int.max, Int.min, 0)] {
      #expect(HTTPDate.unixTime(year: 2000, month: 1, day: 1, hour: hour, minute: minute, second: second) == nil)
    }
  }
}
