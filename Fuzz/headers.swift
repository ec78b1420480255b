import Glibc

@testable import ImageSearch

/// Any text as the header `Retry-After` and as a date of HTTP.
func fuzzHeaders(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  let text = String(decoding: UnsafeBufferPointer(start: data, count: size), as: UTF8.self)
  for now in [-1.0, 0, 1_763_000_000, 1e18, .infinity, .nan] {
    guard let wait = RetryAfter.parse(text, unixTime: now) else { continue }
    // No response may lead to a negative wait, and an invalid date to none at all.
    if now.isFinite, wait < .zero { abort() }
  }
  guard let time = HTTPDate.parse(text) else { return 0 }
  guard time >= 0 else { abort() }
  // Up to the year 9999, formatting it leads to the same time.
  if time < 253_402_300_800, HTTPDate.parse(HTTPDate.format(time)) != time { abort() }
  return 0
}

func seedsOfHeaders() -> [(String, [UInt8])] {
  numbered([
    "120", "0", "999999999999", "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994", "Fri, 31 Dec 9999 23:59:60 GMT", "Tue, 29 Feb 2000 00:00:00 GMT",
  ])
}
