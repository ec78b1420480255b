/// What one call does otherwise than its client; what is `nil` is taken from the client.
public struct CallOptions: Sendable {
  /// For a connection to stand, name lookup and TLS included, 1 ms to 24 h.
  public var connectTimeout: Duration?
  /// For one attempt from the first byte sent to the last received, 1 ms to 24 h.
  public var attemptTimeout: Duration?
  /// For the whole call with every wait and retry, 1 ms to 24 h.
  public var totalTimeout: Duration?
  /// Told how far uploads and downloads are; `nil` asks for nothing. A local index moves no bytes and tells nothing.
  public var progress: ProgressHandler?
  /// When the call has to be over, once it has begun; see ``begun(_:_:)``.
  package private(set) var deadline: Deadline?
  /// What the call has cost, once it has begun.
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

  /// The options of a call that begins now: its deadline and its account are made here, once. A call that is part of another one
  /// keeps those of the whole.
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

  /// The options of a call whose parts have a deadline each.
  package func accounted() -> CallOptions {
    var options = self
    options.account = account ?? CallAccount()
    return options
  }

  /// The options of a part of a call whose deadline was made elsewhere; `nil` leaves it to the part, as the account is.
  package func begun(_ deadline: Deadline?) -> CallOptions {
    var options = self
    options.deadline = options.deadline ?? deadline
    return options
  }
}
