/// The header `Retry-After` (RFC 9110, 10.2.3): seconds, or a date in any form of RFC 9110, 5.6.7.
package enum RetryAfter {
  /// - Returns: how long from `unixTime` on, 0 for a date that has passed, at most ten years; `nil` for anything else.
  package static func parse(_ value: String, unixTime: Double) -> Duration? {
    if !value.isEmpty, value.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) {
      return .seconds(min(Double(value) ?? Duration.tenYears, Duration.tenYears))
    }
    return HTTPDate.parse(value).map {
      .seconds(min(max(0, Double($0) - unixTime), Duration.tenYears))
    }
  }
}
