/// Why a request got no answer.
public struct TransportFailure: Error, Sendable {
  /// What happened: ``ImageSearchError/Code/connectionFailed``, ``ImageSearchError/Code/hostNotFound``,
  /// ``ImageSearchError/Code/timedOut``, ``ImageSearchError/Code/connectionLost`` and ``ImageSearchError/Code/proxyFailed`` may
  /// pass and are tried again as the table in `docs/errors.md` says.
  public var code: ImageSearchError.Code
  /// One sentence for the caller.
  public var message: String
  /// Whether any byte of the request may have reached the provider. When in doubt it is `true`: what was certainly not sent is
  /// sent again, and a search would be paid for twice.
  public var requestMayHaveBeenSent: Bool

  /// A failure.
  public init(_ code: ImageSearchError.Code, _ message: String, requestMayHaveBeenSent: Bool) {
    self.code = code
    self.message = message
    self.requestMayHaveBeenSent = requestMayHaveBeenSent
  }
}
