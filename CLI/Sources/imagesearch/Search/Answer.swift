@_spi(Command) import ImageSearch

/// The response of a service to one query.
struct Answer: Sendable {
  /// The failure, if there is no response.
  struct Failure: Sendable {
    var code: String
    /// One line, with advice.
    var message: String
    var mayHaveBeenCharged = false
    var exit: Exit

    init(_ error: ImageSearchError) {
      code = error.code.description
      message = explanation(error)
      mayHaveBeenCharged = error.mayHaveBeenCharged
      exit = Exit(error.code)
    }

    init(code: String, message: String, mayHaveBeenCharged: Bool, exit: Exit) {
      self.code = code
      self.message = message
      self.mayHaveBeenCharged = mayHaveBeenCharged
      self.exit = exit
    }
  }

  var service: ServiceName
  var matches: [Match] = []
  var total: Int?
  var warnings: [String] = []
  var requestID: String?
  var failure: Failure?
  /// Number of paid calls that were or may have been charged.
  var paidCalls = 0
  /// When it began, in seconds since 1970.
  var began = 0.0
  var seconds = 0.0
  /// Whether it is from an earlier run.
  var isFromJournal = false

  init(_ service: ServiceName) { self.service = service }

  init(_ service: ServiceName, failure: Failure) {
    self.service = service
    self.failure = failure
  }

  init(_ service: ServiceName, _ page: SearchPage) {
    self.service = service
    matches = page.matches
    total = page.total
    warnings = page.warnings
    requestID = page.requestID
  }
}

extension Answer {
  /// The JSON output.
  var json: JSON {
    var members: [JSON.Member] = [.init("service", .text(service.rawValue))]
    if let failure {
      members.append(
        .init(
          "error",
          .object([
            .init("code", .text(failure.code)), .init("message", .text(failure.message)),
            .init("may_have_been_charged", .flag(failure.mayHaveBeenCharged)),
          ])))
    } else {
      members.append(.init("total", JSON(total)))
      members.append(.init("matches", .list(matches.map(\.json))))
    }
    if !warnings.isEmpty { members.append(.init("warnings", JSON(warnings))) }
    if let requestID { members.append(.init("request_id", .text(requestID))) }
    if service.isPaid { members.append(.init("paid_calls", JSON(paidCalls))) }
    if isFromJournal { members.append(.init("from_journal", true)) }
    return .object(members)
  }

  /// The form in a journal.
  var stored: JSON {
    var members = json.members.filter { $0.name != "from_journal" }
    members.append(.init("began", JSON(began)))
    members.append(.init("seconds", JSON(seconds)))
    if let failure { members.append(.init("exit", JSON(Int(failure.exit.rawValue)))) }
    return .object(members)
  }

  /// - Returns: `nil` if it is not a valid journal entry.
  init?(stored: JSON) {
    guard let service = stored["service"].string.flatMap(ServiceName.init(rawValue:)) else { return nil }
    self.init(service)
    matches = stored["matches"].elements.map(Match.init(json:))
    total = stored["total"].integer
    warnings = stored["warnings"].elements.compactMap(\.string)
    requestID = stored["request_id"].string
    paidCalls = stored["paid_calls"].integer ?? 0
    began = stored["began"].double ?? 0
    seconds = stored["seconds"].double ?? 0
    // Until the year 9999, which the date of a report can be.
    let times = 0...253_402_300_799.0
    guard SearchJournal.calls.contains(paidCalls), times.contains(began), times.contains(seconds) else { return nil }
    isFromJournal = true
    let error = stored["error"]
    if let code = error["code"].string {
      failure = Failure(
        code: code, message: error["message"].string ?? code,
        mayHaveBeenCharged: error["may_have_been_charged"].bool ?? false,
        exit: stored["exit"].integer.flatMap { Exit(rawValue: Int32(truncatingIfNeeded: $0)) } ?? .service)
    }
  }
}
