import ImageSearch

/// The outcome of a call with a fault.
struct FaultOutcome: Sendable {
  /// Success, or the error.
  enum End: Hashable, Sendable {
    case succeeded
    case failed(ImageSearchError.Code)
    /// An error of another type, which no call may throw.
    case untyped(String)
  }

  var end: End
  var error: ImageSearchError?
  /// What the double charged, by the kind of request.
  var paid: [String: Int]
  /// Number of requests of the faulty kind that the double received.
  var requests: Int
  /// The duration of the call in seconds.
  var seconds: Double
  /// The maximum duration of the call in seconds.
  var deadline: Double
}

extension FaultOutcome.End: CustomStringConvertible {
  var description: String {
    switch self {
    case .succeeded: "ok"
    case .failed(let code): Self.short[code] ?? "\(code)"
    case .untyped(let text): "?\(text)"
    }
  }

  private static let short: [ImageSearchError.Code: String] = [
    .connectionLost: "lost", .timedOut: "timeout", .deadlineExceeded: "deadline", .malformedResponse: "malformed",
    .responseTooLarge: "too large", .redirectRefused: "redirect", .imageTooLarge: "413", .providerError: "provider",
    .urlNotFetched: "not fetched",
  ]
}
