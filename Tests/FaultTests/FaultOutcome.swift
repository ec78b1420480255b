import ImageSearch

/// How a call under a fault ended.
struct FaultOutcome: Sendable {
  /// With an answer, or with which error.
  enum End: Hashable, Sendable {
    case succeeded
    case failed(ImageSearchError.Code)
    /// An error that no caller should ever see.
    case untyped(String)
  }

  var end: End
  var error: ImageSearchError?
  /// What the double charged, by the kind of request.
  var paid: [String: Int]
  /// Requests of the spoiled kind that the double received.
  var requests: Int
  /// How long the call took, in seconds.
  var seconds: Double
  /// What the call may take at most, in seconds.
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
