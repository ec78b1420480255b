/// Failures that every provider can answer with, by nothing but the HTTP status and the shape of the body.
package enum AnswerFailure {
  /// The body is no JSON of the expected shape: a block page, a proxy's error, a cut answer.
  package static func notJSON(_ response: TransportResponse, retryAfter: Duration?) -> ProviderFailure {
    var failure: ProviderFailure
    if (200...299).contains(response.status) {
      // The provider did its work and the answer was lost on the way: it may have been counted, and asking again costs.
      failure = ProviderFailure(ImageSearchError(.malformedResponse, ""), .never)
    } else {
      failure = byStatus(response.status)
    }
    failure.error.message =
      "the answer with HTTP status \(response.status) is \(describe(response)), not the provider's JSON"
    failure.error.httpStatus = response.status
    failure.error.retryAfter = retryAfter
    return failure
  }

  /// A part that the documents promise is missing.
  package static func missing(_ part: String, _ response: TransportResponse) -> ProviderFailure {
    var error = ImageSearchError(.malformedResponse, "the answer has no \"\(part)\"")
    error.httpStatus = response.status
    return ProviderFailure(error, .never)
  }

  /// What a status means when nothing else is known.
  package static func byStatus(_ status: Int) -> ProviderFailure {
    func failure(
      _ code: ImageSearchError.Code, _ repetition: ProviderFailure.Repetition, isThrottling: Bool = false
    ) -> ProviderFailure {
      var error = ImageSearchError(code, "the provider answers with HTTP status \(status)")
      error.httpStatus = status
      return ProviderFailure(error, repetition, isThrottling: isThrottling)
    }
    return switch status {
    case 300...399: failure(.redirectRefused, .never)
    case 401: failure(.unauthorized, .never)
    case 402: failure(.noSearchesLeft, .never)
    case 403: failure(.permissionDenied, .never)
    case 404, 405, 410: failure(.wrongEndpoint, .never)
    case 407: failure(.proxyFailed, .never)
    case 408: failure(.providerTimeout, .mayHaveBeenCounted)
    case 413: failure(.imageTooLarge, .never)
    case 429: failure(.tooManyRequests, .notCounted, isThrottling: true)
    case 400...499: failure(.invalidRequest, .never)
    case 503: failure(.serviceBusy, .notCounted, isThrottling: true)
    case 504: failure(.providerTimeout, .mayHaveBeenCounted)
    case 500...599: failure(.providerError, .mayHaveBeenCounted)
    default: failure(.malformedResponse, .never)
    }
  }

  private static func describe(_ response: TransportResponse) -> String {
    if response.body.isEmpty { return "empty" }
    let start = String(decoding: response.body.prefix(512), as: UTF8.self).lowercased()
    if start.contains("<html") || start.contains("<!doctype html") { return "an HTML page" }
    if start.contains("<?xml") { return "XML" }
    return "not readable"
  }
}
