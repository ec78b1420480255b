/// Reading the three forms of RFC 9110, 5.6.7.
extension HTTPDate {
  /// - Parameters:
  ///   - text: `Sun, 06 Nov 1994 08:49:37 GMT`, or one of the obsolete forms that a recipient must read:
  ///     `Sunday, 06-Nov-94 08:49:37 GMT` (RFC 850) and `Sun Nov  6 08:49:37 1994` (asctime).
  ///   - unixTime: now. The year of RFC 850 has two digits: one that seems to be more than 50 years ahead is the latest past one
  ///     that ends so.
  /// - Returns: seconds since 1970; `nil` when it is no such date.
  package static func parse(_ text: String, unixTime: Double) -> Int64? {
    let parts = text.split(separator: " ")
    switch parts.count {
    case 6 where parts[0].hasSuffix(",") && parts[5] == "GMT":
      guard let year = number(parts[3], 1970...9999) else { return nil }
      return time(year, parts[2], parts[1], parts[4])
    case 5: return time(number(parts[4], 1970...9999), parts[1], parts[2], parts[3])
    case 4 where parts[0].hasSuffix("day,") && parts[3] == "GMT":
      let date = parts[1].split(separator: "-", omittingEmptySubsequences: false)
      guard date.count == 3, date[2].utf8.count == 2, let digits = number(date[2], 0...99) else { return nil }
      return time(fullYear(digits, unixTime), date[1], date[0], parts[2])
    default: return nil
    }
  }

  private static func time(_ year: Int64?, _ month: Substring, _ day: Substring, _ clock: Substring) -> Int64? {
    let clock = clock.split(separator: ":", omittingEmptySubsequences: false)
    guard let year, let month = months.firstIndex(of: String(month)), let day = number(day, 1...31), clock.count == 3,
      let hour = number(clock[0], 0...23), let minute = number(clock[1], 0...59),
      let second = number(clock[2], 0...60)
    else { return nil }
    return unixTime(
      year: Int(year), month: month + 1, day: Int(day), hour: Int(hour), minute: Int(minute), second: Int(second))
  }

  private static func fullYear(_ digits: Int64, _ unixTime: Double) -> Int64 {
    // A year of 365.2425 days is near enough for a rule of 50 years.
    let now = 1970 + (unixTime.isFinite ? Int64(min(max(unixTime, 0), 200_000_000_000) / 31_556_952) : 0)
    let year = now / 100 * 100 + digits
    return year > now + 50 ? year - 100 : year
  }

  private static func number(_ text: Substring, _ range: ClosedRange<Int64>) -> Int64? {
    guard text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let value = Int64(text), range.contains(value) else {
      return nil
    }
    return value
  }
}
