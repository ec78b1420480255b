/// The header `Retry-After` (RFC 9110, 10.2.3): seconds, or a date in any form of RFC 9110, 5.6.7.
package enum RetryAfter {
  /// - Returns: seconds from `unixTime` on, 0 for a date that has passed; `nil` for anything else.
  package static func parse(_ value: String, unixTime: Double) -> Double? {
    if !value.isEmpty, value.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) {
      return value.utf8.count <= 9 ? Double(value) : 1e9
    }
    return HTTPDate.parse(value, unixTime: unixTime).map { max(0, Double($0) - unixTime) }
  }
}
