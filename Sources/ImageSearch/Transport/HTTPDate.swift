import CCurl

/// Dates of HTTP (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`, and the two obsolete forms, which are only read.
package enum HTTPDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// - Parameter unixTime: seconds since 1970, not negative.
  package static func format(_ unixTime: Int64) -> String {
    let c = civil(unixTime)
    let weekday = days[Int(c.days % 7)]
    return
      "\(weekday), \(two(c.day)) \(months[Int(c.month) - 1]) \(c.year) \(two(c.hour)):\(two(c.minute)):\(two(c.second)) GMT"
  }

  /// Reads a date by libcurl's rules, which are those of the web and more lenient than the RFC: zones other than GMT, a
  /// date without a time and 31 February are accepted; a year of two digits is 1971 to 2070.
  ///
  /// - Returns: seconds since 1970; `nil` when it is not a date, or one before 1970.
  package static func parse(_ text: String) -> Int64? {
    guard text.utf8.count <= 64, !text.utf8.contains(0) else { return nil }
    let time = curl_getdate(text, nil)
    return time < 0 ? nil : Int64(time)
  }

  /// `2018-02-24T08:00:00Z` (ISO 8601), as Alibaba Cloud's signatures write it.
  package static func formatISO(_ unixTime: Int64) -> String {
    let c = civil(unixTime)
    return "\(c.year)-\(two(c.month))-\(two(c.day))T\(two(c.hour)):\(two(c.minute)):\(two(c.second))Z"
  }

  /// - Returns: seconds since 1970 of a date in UTC; `nil` when a part is out of range.
  package static func unixTime(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) -> Int64? {
    guard (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day), (0...23).contains(hour),
      (0...59).contains(minute), (0...60).contains(second)
    else { return nil }
    return daysSince1970(year: Int64(year), month: month, day: Int64(day)) * 86_400
      + Int64(hour * 3600 + minute * 60 + second)
  }

  private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

  // The proleptic Gregorian calendar in whole numbers: eras of 400 years, years that begin in March.
  private static func daysSince1970(year: Int64, month: Int, day: Int64) -> Int64 {
    let y = month <= 2 ? year - 1 : year
    let era = y / 400
    let yearOfEra = y - era * 400
    let shifted = Int64((month + 9) % 12)
    let dayOfYear = (153 * shifted + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func civil(
    _ unixTime: Int64
  ) -> (days: Int64, year: Int64, month: Int64, day: Int64, hour: Int64, minute: Int64, second: Int64) {
    // At most year 9999, the last that this form can express.
    let time = min(max(unixTime, 0), 253_402_300_799)
    let days = time / 86_400
    let rest = time % 86_400
    let z = days + 719_468
    let era = z / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (days, year, month, dayOfYear - (153 * shifted + 2) / 5 + 1, rest / 3600, rest % 3600 / 60, rest % 60)
  }
}
