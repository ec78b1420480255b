import Glibc

@testable import ImageSearch

/// Any bytes as the response to every call of TinEye; the first byte selects the HTTP status and the kind of search, and the
/// rest of the first line is the header `Retry-After`.
func fuzzTinEyeAnswers(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  let bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
  guard let first = bytes.first else { return 0 }
  let head = bytes.dropFirst().prefix { $0 != 10 }
  let statuses = [200, 200, 400, 401, 402, 429, 502, 503]
  let response = TransportResponse(
    status: statuses[Int(first) % statuses.count], headers: [("retry-after", String(decoding: head, as: UTF8.self))],
    body: Array(bytes.dropFirst(head.count + 2)))
  switch TinEyeErrors.read(response, isURLSearch: first & 8 != 0, unixTime: 1_500_000_000) {
  case .success(let envelope):
    guard response.status == 200, let results = envelope.results else { abort() }
    if let quota = Quota(tinEye: results) { _ = quota.bundles.map(\.remaining) }
    _ = results.integer
    guard let base = try? WebAddress.base(TinEye.defaultBaseURL) else { abort() }
    for var match in TinEyeSearchResults(results).matches ?? [] {
      match.resolveOverlay(base: base)
      let common = match.common
      // What a call for an overlay would do with it.
      _ = common.overlayURL.map { try? WebAddress($0, field: "overlay") }
      _ = common.transform?.determinant
    }
  case .failure(let failure):
    guard !failure.error.message.isEmpty, (failure.error.retryAfter ?? .zero) >= .zero else { abort() }
    // Only an uncharged refusal may be followed by another paid request.
    if failure.repetition == .notCounted, !failure.isThrottling { abort() }
  }
  return 0
}

func seedsOfTinEyeAnswers() -> [(String, [UInt8])] { numbered(answers) }

// The first character selects the status: of the letters from h on, h is 200, j 400, m 429.
private let answers = [
  """
  h
  {"stats": {"timestamp": "1490029747.12", "query_time": "0.42", "total_backlinks": 4, "total_collection": 0,
  "total_results": 1, "total_stock": 0, "total_filtered_results": 1}, "code": 200, "messages": [], "results": {"matches": [
  {"image_url": "https://img.tineye.com/result/0", "domain": "a.example", "score": 99.5, "top_level_domain": "a.example",
  "width": 800, "height": 600, "size": 480000, "filesize": 9000, "format": "JPEG", "query_hash": "aa", "tags": ["stock"],
  "overlay": "overlay/aa/bb?m21=-0.0001&m22=1.0&m23=0.01&m11=1.0&m13=0.02&m12=0.0001", "contributor": false,
  "backlinks": [{"url": "https://a.example/1.jpg", "crawl_date": "2025-01-10", "backlink": "https://a.example/1"}]}]}}
  """,
  """
  h
  {"stats": {}, "code": 200, "messages": [], "results": {"bundles": [{"remaining_searches": 719, "start_date":
  "2016-12-17 03:42:50 UTC", "expire_date": "2018-12-17 03:42:50 UTC"}], "total_remaining_searches": 719}}
  """,
  "h\n{\"stats\": {}, \"code\": 200, \"messages\": [], \"results\": \"16999999999\"}",
  "h\n{\"code\": 400, \"messages\": [\"NO_SIGNATURE_ERROR\", \"The image is too simple or too small.\"], \"results\": []}",
  "m120\n{\"code\": 429, \"messages\": [\"Too many requests.\"], \"result\": []}",
  "mSun, 06 Nov 1994 08:49:37 GMT\n<html>busy</html>",
  "j\n{\"code\": 400, \"messages\": [\"You have exceeded your daily quota. It will reset on 2017-06-01 00:00:00 UTC\"]}",
  "j\n{\"code\": 400, \"messages\": [\"Quota exceeded, it will be renewed on 2017-06-01 00:00 UTC\"], \"results\": []}",
]
