/// One event of the log. It contains no key, token or signature, and no URL's query string.
public struct LogEvent: Sendable {
  /// Its severity.
  public enum Level: Int32, Sendable, Comparable {
    /// Every attempt.
    case debug = 10
    /// Every call, when it ends.
    case info = 20
    /// A repetition, or something unusual.
    case warning = 30
    /// A final failure.
    case error = 40

    /// ``debug`` is the lowest.
    public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  /// Its severity.
  public var level: Level
  /// One sentence.
  public var message: String
  /// The service.
  public var service: String
  /// The call, for instance `"search"`.
  public var operation: String
  /// The attempt, from 1; 0 when the event concerns the call as a whole.
  public var attempt: Int
  /// How long the attempt or call took.
  public var duration: Duration?
  /// Bytes of the response's body.
  public var receivedBytes: Int?
  /// The HTTP status.
  public var httpStatus: Int?
  /// The provider's identifier of the request.
  public var requestID: String?

  /// The whole event as one line of text.
  public var line: String {
    var text = "\(service) \(operation)"
    if attempt > 0 { text += " attempt \(attempt)" }
    text += ": \(message)"
    var details: [String] = []
    if let httpStatus { details.append("HTTP \(httpStatus)") }
    if let duration { details.append("\(duration.milliseconds) ms") }
    if let receivedBytes { details.append("\(receivedBytes) bytes") }
    if let requestID { details.append("request \(requestID)") }
    return details.isEmpty ? text : text + " (" + details.joined(separator: ", ") + ")"
  }
}

/// Receives the log. Called where the event arises, on any thread, while no lock of the library is held. It must return
/// soon, because the call waits for it; longer work belongs on another thread.
public typealias LogHandler = @Sendable (LogEvent) -> Void

/// The log of one service.
package struct CallLog: Sendable {
  private let service: String
  private let level: LogEvent.Level
  private let handler: LogHandler?
  private let time: any TimeSource

  package init(service: String, configuration: ClientConfiguration, time: any TimeSource = SystemTime()) {
    self.service = service
    level = configuration.logLevel
    handler = configuration.logHandler
    self.time = time
  }

  package func wants(_ level: LogEvent.Level) -> Bool { handler != nil && level >= self.level }

  /// Writes an event if its level is enabled; its texts are evaluated only then.
  ///
  /// - Parameter begun: when the attempt or the call began, on the time source's ``TimeSource/now``.
  package func write(
    _ level: LogEvent.Level, _ message: @autoclosure () -> String, _ operation: String, attempt: Int = 0,
    begun: Double? = nil, receivedBytes: Int? = nil, httpStatus: Int? = nil, requestID: String? = nil
  ) {
    guard let handler, level >= self.level else { return }
    handler(
      LogEvent(
        level: level, message: OutsideText.clean(message(), limit: OutsideText.messageLimit), service: service,
        operation: operation.excerpt, attempt: attempt, duration: begun.map { .seconds(max(0, time.now - $0)) },
        receivedBytes: receivedBytes, httpStatus: httpStatus, requestID: requestID?.excerpt))
  }

  /// Writes the event at the end of a call.
  package func end(_ operation: String, begun: Double, waited: Duration = .zero, _ error: ImageSearchError? = nil) {
    let wait = waited >= .milliseconds(1) ? ", waited \(waited.milliseconds) ms for its turn" : ""
    guard let error else { return write(.info, "succeeded" + wait, operation, begun: begun) }
    let isAsked = error.code == .cancelled || error.code == .closed
    let charge = error.mayHaveBeenCharged ? ", may have been charged" : ""
    write(
      isAsked ? .info : .error, "\(error.code): \(error.message)" + charge + wait, operation, begun: begun,
      httpStatus: error.httpStatus, requestID: error.requestID)
  }

  /// Runs a call that needs no provider, and writes one event when it ends, successfully or not.
  package nonisolated(nonsending) func call<Value>(
    _ operation: String, _ body: nonisolated(nonsending) () async throws -> Value
  ) async throws -> Value {
    guard handler != nil else { return try await body() }
    let begun = time.now
    do {
      let value = try await body()
      end(operation, begun: begun)
      return value
    } catch {
      end(
        operation, begun: begun,
        error as? ImageSearchError
          ?? ImageSearchError(error is CancellationError ? .cancelled : .internalFailure, "\(type(of: error))"))
      throw error
    }
  }
}

extension Duration {
  /// Whole milliseconds, for display.
  var milliseconds: Int { Int(min(max(inSeconds, 0), 1e9) * 1000) }
}
