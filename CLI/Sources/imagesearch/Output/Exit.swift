@_spi(Command) import ImageSearch

/// Exit codes. The numbers are documented and never change their meaning.
enum Exit: Int32 {
  /// Something was found, or the command succeeded.
  case found = 0
  /// Nothing was found.
  case nothing = 1
  /// Invalid input: no such file, not an image, a wrong setting. The parser's own errors are 64.
  case usage = 2
  /// Some of the work failed.
  case partly = 3
  /// No key, a wrong one, or a quota that is used up.
  case account = 4
  /// The index cannot be opened, is locked or damaged.
  case index = 5
  /// A service cannot be reached, or responds with an error.
  case service = 6
  /// No memory, no disk space, an output that cannot be written.
  case system = 7

  init(_ code: ImageSearchError.Code) {
    switch code {
    case .unauthorized, .authenticationMethodRemoved, .signatureRejected, .clockSkew, .noSearchesLeft, .quotaExceeded,
      .permissionDenied, .capacityReached, .spendingCapReached, .instanceUnavailable:
      self = .account
    case .indexUnavailable, .indexCorrupt, .indexVersionMismatch: self = .index
    case .outOfMemory, .diskFull, .internalFailure, .closed: self = .system
    case .tooManyRequests, .serviceBusy, .providerTimeout, .connectionFailed, .hostNotFound, .tlsFailed,
      .connectionLost,
      .timedOut, .deadlineExceeded, .responseTooLarge, .redirectRefused, .proxyFailed, .malformedResponse,
      .providerError,
      .wrongEndpoint, .urlNotFetched:
      self = .service
    default: self = .usage
    }
  }
}

/// An error of the command itself: a line that says what to do, and the exit code.
struct CommandError: Error {
  var exit: Exit
  var message: String

  init(_ exit: Exit, _ message: String) {
    self.exit = exit
    self.message = message
  }
}

/// Ends the command without further output.
struct Ending: Error {
  var exit: Exit
}

/// An error in one line, with advice.
func explanation(_ error: ImageSearchError) -> String {
  var text = error.message
  if let provider = error.providerMessage, !text.contains(provider) { text += " (\(provider))" }
  if let hint = hint(error) { text += "; " + hint }
  if error.mayHaveBeenCharged { text += "; it may have been charged" }
  return displayable(text)
}

/// The reason of an error about a named object, without the name if the error already begins with it.
func complaint(_ name: String, _ error: ImageSearchError?) -> String {
  let name = displayable(name)
  guard let error else { return name }
  let text = explanation(error)
  return text.hasPrefix(name + " ") ? text : "\(name): \(text)"
}

private func hint(_ error: ImageSearchError) -> String? {
  switch error.code {
  case .unauthorized where error.httpStatus != nil: "check the key: imagesearch config show"
  case .indexVersionMismatch: "run: imagesearch index rebuild"
  case .indexCorrupt: "run: imagesearch index rebuild"
  case .noSearchesLeft, .quotaExceeded: "see: imagesearch quota"
  case .clockSkew: "set this machine's clock"
  case .unsupported where error.service == "TMAPI" && error.message.contains("upload"): "give it the image's URL"
  default: nil
  }
}
