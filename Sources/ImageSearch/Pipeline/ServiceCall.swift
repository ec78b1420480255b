/// One request to a provider, as the pipeline needs to know it.
package struct ServiceCall<Value: Sendable>: Sendable {
  /// The name in the log, for instance `"search"`.
  package var operation: String
  /// A paid call is repeated only if it certainly was not charged.
  package var isPaid: Bool
  /// The host of the request if it is not the provider's; throttling then applies to that host alone.
  package var foreignHost: String?
  /// Makes the request; called for every attempt, because a nonce and a date are valid once.
  package var makeRequest: @Sendable () throws -> TransportRequest
  /// Reads the response.
  package var interpret: @Sendable (TransportResponse) -> Result<Value, ProviderFailure>

  package init(
    operation: String, isPaid: Bool, makeRequest: @escaping @Sendable () throws -> TransportRequest,
    interpret: @escaping @Sendable (TransportResponse) -> Result<Value, ProviderFailure>
  ) {
    self.operation = operation
    self.isPaid = isPaid
    self.makeRequest = makeRequest
    self.interpret = interpret
  }
}

/// An error that a provider reported, with what it means for a repetition.
package struct ProviderFailure: Error, Sendable {
  /// Whether asking again can help, and what it may cost.
  package enum Repetition: Sendable {
    /// A repetition would get the same response. Whether a paid call may have been charged is in the error.
    case never
    /// The provider refused before it did any work: not charged.
    case notCounted
    /// The provider failed while working, or something in front of it responded: may have been charged.
    case mayHaveBeenCounted
  }

  package var error: ImageSearchError
  package var repetition: Repetition
  /// The provider asks for fewer requests.
  package var isThrottling: Bool
  /// The least attempt timeout that the provider asks for from now on.
  package var leastAttemptTimeout: Duration?

  package init(
    _ error: ImageSearchError, _ repetition: Repetition, isThrottling: Bool = false,
    leastAttemptTimeout: Duration? = nil
  ) {
    self.error = error
    self.repetition = repetition
    self.isThrottling = isThrottling
    self.leastAttemptTimeout = leastAttemptTimeout
  }

  /// Whether a paid call that ended so may have been charged.
  var mayHaveBeenCharged: Bool {
    switch repetition {
    case .notCounted: false
    case .mayHaveBeenCounted: true
    // A response was received but cannot be read: the provider has done its work.
    case .never: error.mayHaveBeenCharged || error.code == .malformedResponse
    }
  }
}

/// Responses that are not the provider's own: the page of a gateway, a proxy or a firewall, a truncated text. Whatever
/// such a response says, the provider behind it may have done its work, and only the provider itself can say that it
/// charged nothing.
package enum ResponseFailure {
  /// The body is not JSON of the provider's shape.
  package static func notJSON(_ response: TransportResponse, retryAfter: Duration?) -> ProviderFailure {
    var failure: ProviderFailure
    if (200...299).contains(response.status) {
      failure = ProviderFailure(ImageSearchError(.malformedResponse, ""), .never)
    } else {
      failure = byStatus(response.status)
    }
    failure.error.message =
      "the response with HTTP status \(response.status) is \(describe(response)), not the provider's JSON"
    failure.error.httpStatus = response.status
    failure.error.retryAfter = retryAfter
    return failure
  }

  /// A documented part is missing.
  package static func missing(_ part: String, _ response: TransportResponse) -> ProviderFailure {
    var error = ImageSearchError(.malformedResponse, "the response has no \"\(part)\"")
    error.httpStatus = response.status
    return ProviderFailure(error, .never)
  }

  /// The meaning of a status when nothing else is known. A 429 or 503 asks for fewer requests whoever sends it; it
  /// means that nothing was charged only if the provider itself sent it.
  ///
  /// - Parameter isOwn: whether the response is the provider's own, by its body.
  package static func byStatus(_ status: Int, isOwn: Bool = false) -> ProviderFailure {
    let refused: ProviderFailure.Repetition = isOwn ? .notCounted : .mayHaveBeenCounted
    func failure(
      _ code: ImageSearchError.Code, _ repetition: ProviderFailure.Repetition, isThrottling: Bool = false
    ) -> ProviderFailure {
      var error = ImageSearchError(code, "the provider responds with HTTP status \(status)")
      error.httpStatus = status
      error.mayHaveBeenCharged = !isOwn
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
    case 429: failure(.tooManyRequests, refused, isThrottling: true)
    case 400...499: failure(.invalidRequest, .never)
    case 503: failure(.serviceBusy, refused, isThrottling: true)
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
