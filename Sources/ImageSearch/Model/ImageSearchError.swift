import FoundationEssentials

/// An error of this library. It never contains a key, token or signature, so it can be logged.
public struct ImageSearchError: Error, Sendable, Hashable {
  /// The kind of failure; open, so compare with `==` and expect unknown values.
  public var code: Code
  /// One human-readable sentence, with the field and the limit where there is one; at most 1000 characters, no control
  /// characters.
  public var message: String { didSet { message = OutsideText.clean(message, limit: OutsideText.messageLimit) } }
  /// The service that failed, for instance `"TinEye"`; empty when the error arose before one was chosen.
  public var service: String
  /// The HTTP status of the response; `nil` when there was none.
  public var httpStatus: Int?
  /// The provider's own code, for instance `"NO_SIGNATURE_ERROR"` or `"DeniedRequest"`.
  public var providerCode: String?
  /// The provider's own message; at most 300 characters, no control characters.
  public var providerMessage: String?
  /// The provider's identifier of the request, to quote to its support.
  public var requestID: String?
  /// How long the provider asked to wait.
  public var retryAfter: Duration?
  /// Number of times a request was sent; 0 when nothing left this machine.
  public var attempts: Int
  /// Whether anything was or may have been charged for the call: the search itself if its response was lost or was not
  /// the provider's own, or a conversion or a page that was paid for before. `false` only if certainly nothing was
  /// charged.
  public var mayHaveBeenCharged: Bool

  /// - Parameters:
  ///   - code: the kind of failure.
  ///   - message: one human-readable sentence, without secrets.
  ///   - service: the service that failed.
  public init(_ code: Code, _ message: String, service: String = "") {
    self.code = code
    self.message = OutsideText.clean(message, limit: OutsideText.messageLimit)
    self.service = service
    httpStatus = nil
    providerCode = nil
    providerMessage = nil
    requestID = nil
    retryAfter = nil
    attempts = 0
    mayHaveBeenCharged = false
  }
}

extension ImageSearchError: CustomStringConvertible, LocalizedError {
  /// `TinEye: noSearchesLeft: You have no more searches available (HTTP 402)`.
  public var description: String {
    var text = service.isEmpty ? "" : service + ": "
    text += "\(code): \(message)"
    if let httpStatus { text += " (HTTP \(httpStatus))" }
    if let requestID { text += " [request \(requestID)]" }
    return text
  }

  /// The ``description``.
  public var errorDescription: String? { description }
}
