/// Options of one call, which override those of its client; `nil` means the client's.
public struct CallOptions: Sendable {
  /// Time to establish a connection, including name lookup and TLS, 1 ms to 24 h.
  public var connectTimeout: Duration?
  /// Time for one attempt, from the first byte sent to the last received, 1 ms to 24 h.
  public var attemptTimeout: Duration?
  /// Time for the whole call, including waits and retries, 1 ms to 24 h.
  public var totalTimeout: Duration?
  /// Receives the progress of uploads and downloads. A local index transfers nothing and does not call it.
  public var progress: ProgressHandler?
  /// The call's deadline, once it has begun; see ``begun(_:_:)``.
  package private(set) var deadline: Deadline?
  /// What the call has been charged, once it has begun.
  package private(set) var account: CallAccount?
  /// The cap on paid calls of the batch that the call is part of.
  package var cap: PaidCallCap?

  /// Options of one call.
  public init(
    connectTimeout: Duration? = nil, attemptTimeout: Duration? = nil, totalTimeout: Duration? = nil,
    progress: ProgressHandler? = nil
  ) {
    self.connectTimeout = connectTimeout
    self.attemptTimeout = attemptTimeout
    self.totalTimeout = totalTimeout
    self.progress = progress
  }

  /// Returns the options of a call that begins now, with its deadline and its account. A call that is part of another
  /// one keeps those of the whole.
  ///
  /// - Parameter timeout: the client's, used where the options have none.
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` when a timeout is out of range.
  package func begun(_ timeout: Duration, _ time: any TimeSource) throws -> CallOptions {
    guard account == nil || deadline == nil else { return self }
    try Validation.timeout("connect timeout", connectTimeout)
    try Validation.timeout("attempt timeout", attemptTimeout)
    try Validation.timeout("total timeout", totalTimeout)
    var options = accounted()
    options.deadline = deadline ?? .after(totalTimeout ?? timeout, time)
    return options
  }

  /// Returns the options of a call whose parts each have a deadline of their own.
  package func accounted() -> CallOptions {
    var options = self
    options.account = account ?? CallAccount()
    return options
  }

  /// Returns the options of a part of a call with the deadline of the whole; if that is `nil`, the part makes its own.
  /// The part also makes its own account.
  package func begun(_ deadline: Deadline?) -> CallOptions {
    var options = self
    options.deadline = options.deadline ?? deadline
    return options
  }
}
