import Glibc

@testable import ImageSearch

/// Any bytes as the response to every call of TMAPI; the first byte selects the HTTP status and the endpoint.
func fuzzTMAPIAnswers(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  let bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
  guard let first = bytes.first else { return 0 }
  let statuses = [200, 200, 200, 401, 422, 439, 499, 503]
  let response = TransportResponse(
    status: statuses[Int(first) % statuses.count], headers: [("retry-after", String(Int(first) * 977))],
    body: Array(bytes.dropFirst()))
  switch TMAPIErrors.read(response, unixTime: 1_500_000_000, TMAPISearchResponse.init) {
  case .success(let answer):
    guard response.status == 200 else { abort() }
    var request = TMAPISearchRequest(image: .url("https://cbu01.alicdn.com/a.jpg"))
    for page in [1, 2, Int.max] {
      request.page = page
      // No further page is paid for after an empty one.
      if answer.hasMore(after: request), answer.offers.isEmpty { abort() }
    }
    _ = answer.offers.map(\.common)
  case .failure(let failure):
    guard !failure.error.message.isEmpty, (failure.error.retryAfter ?? .zero) >= .zero else { abort() }
    if failure.repetition == .notCounted, !failure.isThrottling { abort() }
  }
  if case .success(let conversion) = TMAPIErrors.read(response, unixTime: 0, TMAPIConversion.init) {
    guard !conversion.path.isEmpty, !conversion.path.utf8.contains(where: { $0 <= 32 }) else { abort() }
    _ = try? TMAPIImage(.url(conversion.path))
  }
  return 0
}

func seedsOfTMAPIAnswers() -> [(String, [UInt8])] { numbered(answers) }

// The first character selects the status: a space is 200, # is 401.
private let answers = [
  #" {"code":200,"msg":"success","data":{"image_url":"/search/imgextra/i4/O1CN01.jpg"}}"#,
  #" {"code":200,"msg":"success","data":"/search/imgextra/i4/O1CN01.jpg"}"#,
  #" {"code":439,"msg":"insufficient balance","data":null}"#,
  ##"#{"message":"Missing API key found in request"}"##,
  "'<html>503 Service Temporarily Unavailable</html>",
]
