/// A date and time from EXIF data, in the camera's local time, without a time zone.
package struct ExifDate: Sendable, Hashable, CustomStringConvertible {
  package let year: Int
  package let month: Int
  package let day: Int
  package let hour: Int
  package let minute: Int
  package let second: Int

  /// Reads `2024:05:31 23:59:59` (EXIF 2.32, section 4.6.5, DateTimeOriginal); other separators are accepted, because
  /// some programs write them. `nil` for an invalid date: blanks, zeros, 31 February.
  package init?(_ text: [UInt8]) {
    guard text.count >= 19 else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      var value = 0
      for byte in text[range] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      return value
    }
    let signs: Set<UInt8> = [UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ".")]
    guard signs.contains(text[4]), signs.contains(text[7]), text[10] == 0x20 || text[10] == UInt8(ascii: "T"),
      signs.contains(text[13]), signs.contains(text[16]), let year = number(0..<4), let month = number(5..<7),
      let day = number(8..<10), let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      year >= 1, (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year), hour < 24, minute < 60,
      second <= 60
    else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
    (self.hour, self.minute, self.second) = (hour, minute, second)
  }

  /// ISO 8601 without a time zone: `2024-05-31T23:59:59`.
  package var description: String {
    func padded(_ value: Int, _ digits: Int = 2) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    return
      "\(padded(year, 4))-\(padded(month))-\(padded(day))T\(padded(hour)):\(padded(minute)):\(padded(second))"
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
