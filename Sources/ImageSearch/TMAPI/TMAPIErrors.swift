/// The meaning of TMAPI's responses: the table in docs/sources/tmapi-1688.md, section 5.
///
/// It is not documented whether a failed call is charged. Certainly free are calls that were refused before any work:
/// by the gateway (401, 403, 404, 429), for lack of funds (439), and because of too many concurrent calls (503). Of
/// those only 503 and 429 are temporary, and only they are repeated. With 417, 499 and 500, work had begun; their text
/// says to try again, but not that the first try was free, so a paid call is not repeated automatically: the error says
/// that it may have been charged, and ``RetryPolicy/repeatsUncertainPaidCalls`` enables the repetition.
enum TMAPIErrors {
  /// A row of the table.
  struct Row: Sendable {
    var kind: ImageSearchError.Code
    var repetition: ProviderFailure.Repetition
    var isThrottling = false
    var leastAttemptTimeout: Duration?
  }

  /// By the provider's code, which is the HTTP status, the `code` of the body, or both.
  static let table: [Int: Row] = [
    401: Row(kind: .unauthorized, repetition: .never),
    402: Row(kind: .noSearchesLeft, repetition: .never),
    403: Row(kind: .permissionDenied, repetition: .never),
    404: Row(kind: .wrongEndpoint, repetition: .never),
    417: Row(kind: .providerError, repetition: .mayHaveBeenCounted),
    422: Row(kind: .invalidRequest, repetition: .never),
    429: Row(kind: .tooManyRequests, repetition: .notCounted, isThrottling: true),
    439: Row(kind: .noSearchesLeft, repetition: .never),
    499: Row(kind: .providerTimeout, repetition: .mayHaveBeenCounted, leastAttemptTimeout: .seconds(60)),
    500: Row(kind: .providerError, repetition: .mayHaveBeenCounted),
    503: Row(kind: .tooManyRequests, repetition: .notCounted, isThrottling: true),
    4011: Row(kind: .unauthorized, repetition: .never),
  ]

  /// Reads the part `data` of a response. An error within HTTP 200 is an error, and so is a body that is not JSON.
  ///
  /// - Parameter make: converts that part; returns `nil` when it is not the expected result.
  static func read<Value>(
    _ response: TransportResponse, unixTime: Double, _ make: (JSONValue) -> Value?
  ) -> Result<Value, ProviderFailure> {
    let retryAfter = response.header("retry-after").flatMap { RetryAfter.parse($0, unixTime: unixTime) }
    guard let envelope = (try? JSONDocument(response.body)).flatMap({ TMAPIEnvelope($0.root) }) else {
      return .failure(notJSON(response, retryAfter: retryAfter))
    }
    let code = envelope.code ?? response.status
    if response.status == 200, code == 200 {
      guard let data = envelope.data.flatMap(make) else { return .failure(ResponseFailure.missing("data", response)) }
      return .success(data)
    }
    // Without a code of its own it is the response of a gateway, which does not know what the provider did.
    guard envelope.code != nil else {
      var failure = notJSON(response, retryAfter: retryAfter)
      if let words = envelope.message { (failure.error.message, failure.error.providerMessage) = (words, words) }
      return .failure(failure)
    }
    var failure = classify(status: response.status, code: code)
    failure.error.message = envelope.message ?? "TMAPI responds with the code \(code) and no message"
    failure.error.providerMessage = envelope.message
    failure.error.providerCode = String(code)
    failure.error.httpStatus = response.status
    failure.error.retryAfter = retryAfter
    return .failure(failure)
  }

  /// The code of the body is more specific than the status, unless it means success.
  private static func classify(status: Int, code: Int) -> ProviderFailure {
    if let row = table[code] ?? table[status] { return failure(row) }
    guard status == 200 else { return ResponseFailure.byStatus(status, isOwn: true) }
    // An undocumented code within HTTP 200: neither its meaning nor its cost is known.
    return ProviderFailure(ImageSearchError(.providerError, ""), .mayHaveBeenCounted)
  }

  /// Bodies that are not TMAPI's: the status says what happened, according to the table, but not what was charged.
  private static func notJSON(_ response: TransportResponse, retryAfter: Duration?) -> ProviderFailure {
    var told = ResponseFailure.notJSON(response, retryAfter: retryAfter)
    guard let row = table[response.status] else { return told }
    // An HTML page with 503 means a gateway without a service rather than the limit of the account.
    if response.status != 503 { told.error.code = row.kind }
    told.leastAttemptTimeout = row.leastAttemptTimeout
    told.error.providerCode = String(response.status)
    if let words = String(validating: response.body.prefix(400), as: UTF8.self), !words.isEmpty, !words.contains("<") {
      told.error.providerMessage = words
    }
    return told
  }

  private static func failure(_ row: Row) -> ProviderFailure {
    ProviderFailure(
      ImageSearchError(row.kind, ""), row.repetition, isThrottling: row.isThrottling,
      leastAttemptTimeout: row.leastAttemptTimeout)
  }
}
