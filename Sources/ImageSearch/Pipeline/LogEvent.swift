/// One line of the log. It holds no key, token or signature and no query of a URL.
public struct LogEvent: Sendable {
  /// How much it matters.
  public enum Level: Int32, Sendable, Comparable {
    /// Every attempt.
    case debug = 10
    /// Every call.
    case info = 20
    /// What was repeated or is odd.
    case warning = 30
    /// What failed for good.
    case error = 40

    /// Debug is the least.
    public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  /// How much it matters.
  public var level: Level
  /// One sentence.
  public var message: String
  /// The service.
  public var service: String
  /// The call, for instance `"search"`.
  public var operation: String
  /// The attempt, from 1; 0 when it concerns the call as a whole.
  public var attempt: Int
  /// How long the attempt or call took.
  public var duration: Duration?
  /// Bytes of the answer's body.
  public var receivedBytes: Int?
  /// The HTTP status.
  public var httpStatus: Int?
  /// The provider's identifier of the request.
  public var requestID: String?

  /// Everything in one line, for a log of text.
  public var line: String {
    var text = "\(service) \(operation)"
    if attempt > 0 { text += " attempt \(attempt)" }
    text += ": \(message)"
    var details: [String] = []
    if let httpStatus { details.append("HTTP \(httpStatus)") }
    if let duration { details.append("\(Int(min(duration.inSeconds, 1e9) * 1000)) ms") }
    if let receivedBytes { details.append("\(receivedBytes) bytes") }
    if let requestID { details.append("request \(requestID)") }
    return details.isEmpty ? text : text + " (" + details.joined(separator: ", ") + ")"
  }
}

/// Receives the log; called on any thread, and must return soon.
public typealias LogHandler = @Sendable (LogEvent) -> Void
