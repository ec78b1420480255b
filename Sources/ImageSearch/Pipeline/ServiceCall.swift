/// One call of a provider, as the pipeline needs to know it.
package struct ServiceCall<Value: Sendable>: Sendable {
  /// The name in the log, for instance `"search"`.
  package var operation: String
  /// A paid call is repeated only when it certainly was not counted.
  package var isPaid: Bool
  /// Makes the request; anew for every attempt, because a nonce and a date are good once.
  package var makeRequest: @Sendable () throws -> TransportRequest
  /// Reads the answer.
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

/// An error that a provider told, with what it means for a repetition.
package struct ProviderFailure: Error, Sendable {
  /// Whether asking again can help, and what it may cost.
  package enum Repetition: Sendable {
    /// Asking again brings the same answer.
    case never
    /// The provider refused before it did any work: it was not counted.
    case notCounted
    /// The provider failed at work: it may have been counted.
    case mayHaveBeenCounted
  }

  package var error: ImageSearchError
  package var repetition: Repetition
  /// The provider asks for fewer requests.
  package var isThrottling: Bool
  /// The provider asks for attempts of at least this length from now on.
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
}
