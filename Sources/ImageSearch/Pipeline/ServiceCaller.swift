import Synchronization

/// Takes a call through limiter, transport, retry and log. One per client, used by all its callers at once.
///
/// What a call consists of is `nonisolated(nonsending)`: it goes on where the public method runs, never on an actor, without
/// a visit to the scheduler at each step.
package final class ServiceCaller: Sendable {
  package let service: String
  package let time: any TimeSource
  package let random: any RandomSource
  private let configuration: ClientConfiguration
  private let transport: any HTTPTransport
  private let limiter: RequestLimiter
  private let budget: RetryBudget
  private let redactor: Redactor
  private let secrets: [Secret]
  private let paidCalls = Mutex(0)
  /// What the provider asked an attempt to be allowed at least.
  private let leastAttemptTimeout = Mutex(Duration.zero)
  private let token: CancellationToken

  /// - Parameters:
  ///   - limits: the service's own limits, used unless the configuration has others.
  ///   - secrets: what must never show, and is wiped on close.
  package init(
    service: String, configuration: ClientConfiguration, limits: RequestLimits, secrets: [Secret],
    transport: (any HTTPTransport)? = nil, time: any TimeSource = SystemTime(),
    random: any RandomSource = SecureRandom()
  ) throws {
    try configuration.validate()
    self.service = service
    self.configuration = configuration
    self.time = time
    self.random = random
    self.secrets = secrets
    redactor = Redactor(secrets)
    budget = RetryBudget()
    token = CancellationToken()
    limiter = RequestLimiter(configuration.limits ?? limits, time: time, token: token)
    func open() throws -> any HTTPTransport {
      try transport ?? configuration.customTransport ?? CurlTransport(configuration: configuration.transport)
    }
    self.transport =
      try configuration.recording?.transport(service, secrets: secrets, over: open) ?? open()
  }

  private init(sharing other: ServiceCaller, limits: RequestLimits) {
    service = other.service
    configuration = other.configuration
    time = other.time
    random = other.random
    secrets = other.secrets
    redactor = other.redactor
    budget = other.budget
    token = other.token
    transport = other.transport
    limiter = RequestLimiter(limits, time: time, token: token)
  }

  /// A caller over the same connections with limits of its own: for calls that the provider's limits do not count.
  package func sharing(limits: RequestLimits) -> ServiceCaller { ServiceCaller(sharing: self, limits: limits) }

  /// An error with the service's name and without secrets.
  package func owned(_ error: any Error) -> ImageSearchError {
    var failure = (error as? ImageSearchError) ?? ImageSearchError(.internalFailure, "\(type(of: error))")
    failure.service = service
    failure = redactor.redact(failure)
    // The keys may have been wiped just before: then nothing was taken out of the words.
    if token.isCancelled, failure.code != .closed {
      failure.code = .closed
      failure.message = "the client was closed"
      (failure.providerMessage, failure.providerCode, failure.requestID) = (nil, nil, nil)
    }
    return failure
  }

  /// Ends what is running and wipes the keys.
  package func close() {
    token.cancel()
    limiter.close()
    transport.close()
    for secret in secrets { secret.wipe() }
  }

  /// Makes the call.
  ///
  /// - Returns: what ``ServiceCall/interpret`` made of the answer.
  /// - Throws: ``ImageSearchError`` without secrets.
  package nonisolated(nonsending) func perform<Value>(_ call: ServiceCall<Value>, options: CallOptions) async throws
    -> Value
  {
    do {
      let options = try begun(options)
      return try await send(call, options: options, deadline: options.deadline ?? .never)
    } catch {
      let failure = owned(error)
      log(.error, failure.message, call.operation, attempt: 0)
      throw failure
    }
  }

  /// The options of a call that begins now, with its deadline; see ``CallOptions/begun(_:_:)``.
  package func begun(_ options: CallOptions) throws -> CallOptions {
    try options.begun(configuration.totalTimeout, time)
  }

  private nonisolated(nonsending) func send<Value>(_ call: ServiceCall<Value>, options: CallOptions, deadline: Deadline)
    async throws -> Value
  {
    var attempt = 0
    var mayHaveBeenCharged = false
    /// An error between two attempts: what the earlier ones did is still so.
    func late(_ error: any Error) -> any Error {
      guard var error = error as? ImageSearchError, attempt > 1 else { return error }
      error.attempts = max(error.attempts, attempt - 1)
      error.mayHaveBeenCharged = error.mayHaveBeenCharged || mayHaveBeenCharged
      return error
    }
    while true {
      attempt += 1
      let outcome: Result<Value, ProviderFailure>
      do {
        outcome = try await attemptOnce(call, attempt: attempt, options: options, deadline: deadline)
      } catch { throw late(error) }
      let failure: ProviderFailure
      switch outcome {
      case .success(let value): return value
      case .failure(let told): failure = told
      }
      if call.isPaid, failure.repetition == .mayHaveBeenCounted { mayHaveBeenCharged = true }
      let delay = try delay(
        before: failure, isPaid: call.isPaid, mayHaveBeenCharged: mayHaveBeenCharged, attempt: attempt,
        deadline: deadline)
      log(
        .warning, "\(failure.error.code): again in \(Int(delay.inSeconds * 1000)) ms", call.operation, attempt: attempt)
      do { try await token.sleep(delay, time) } catch {
        attempt += 1
        throw late(error)
      }
    }
  }

  /// Decides whether there is another attempt.
  ///
  /// - Returns: how long to wait before it.
  /// - Throws: the failure, when there is none.
  private func delay(
    before failure: ProviderFailure, isPaid: Bool, mayHaveBeenCharged: Bool, attempt: Int, deadline: Deadline
  ) throws -> Duration {
    var error = failure.error
    error.attempts = attempt
    // An answer that came and cannot be read: the provider has done its work.
    let isLost = isPaid && error.code == .malformedResponse && failure.repetition != .notCounted
    error.mayHaveBeenCharged = error.mayHaveBeenCharged || mayHaveBeenCharged || isLost
    switch failure.repetition {
    case .never: throw error
    case .notCounted: break
    case .mayHaveBeenCounted:
      guard !isPaid || configuration.retry.repeatsUncertainPaidCalls else { throw error }
    }
    guard attempt < configuration.retry.maximumAttempts else { throw error }
    guard (error.retryAfter ?? .zero) <= configuration.retry.maximumRetryAfter else { throw error }
    let delay = configuration.retry.delay(
      afterAttempt: attempt, retryAfter: error.retryAfter, fraction: random.fraction())
    guard deadline.allows(delay), budget.spend() else { throw error }
    return delay
  }

  private nonisolated(nonsending) func attemptOnce<Value>(
    _ call: ServiceCall<Value>, attempt: Int, options: CallOptions, deadline: Deadline
  ) async throws -> Result<Value, ProviderFailure> {
    if call.isPaid { try reservePaidCall() }
    var isCharged = false
    defer { if call.isPaid, !isCharged { paidCalls.withLock { $0 -= 1 } } }
    guard !token.isCancelled else { throw ImageSearchError(.closed, "the client was closed") }
    try await limiter.acquire(deadline: deadline)
    defer { limiter.release() }
    var request = try call.makeRequest()
    request.sendOnce = call.isPaid
    let begun = time.now
    try deadline.check()
    let remaining = deadline.remaining
    let least = leastAttemptTimeout.withLock { $0 }
    let attemptLimit = min(max(options.attemptTimeout ?? configuration.attemptTimeout, least), remaining)
    let timeouts = AttemptTimeouts(
      connect: min(options.connectTimeout ?? configuration.connectTimeout, attemptLimit), total: attemptLimit)
    let meter = options.progress.map { handler in
      ProgressMeter(
        handler,
        TransferProgress(
          service: service, operation: call.operation, attempt: attempt, sentBytes: 0,
          bytesToSend: request.body?.length ?? 0, receivedBytes: 0),
        time: time)
    }
    if let meter { request.progress = { meter.update($0) } }
    defer { meter?.finish() }
    do throws(TransportFailure) {
      let response = try await transport.send(request, timeouts: timeouts)
      let result = call.interpret(response)
      var failure: ProviderFailure?
      if case .failure(let told) = result { failure = told }
      if let least = failure?.leastAttemptTimeout { leastAttemptTimeout.withLock { $0 = max($0, least) } }
      isCharged = failure?.repetition != .notCounted
      note(response, failure, call.operation, attempt: attempt, begun: begun)
      return result
    } catch {
      isCharged = error.requestMayHaveBeenSent
      // A connection that took longer than its own limit leaves time for another attempt.
      let isConnecting =
        !error.requestMayHaveBeenSent && timeouts.connect < attemptLimit
        && time.now < begun + attemptLimit.inSeconds - 0.05
      return .failure(
        try interpret(
          error, call.operation, isPaid: call.isPaid, attempt: attempt, begun: begun,
          isLast: attemptLimit >= remaining && !isConnecting))
    }
  }

  private func note(
    _ response: TransportResponse, _ failure: ProviderFailure?, _ operation: String, attempt: Int, begun: Double
  ) {
    budget.refill()
    if let failure, failure.isThrottling {
      limiter.throttled(retryAfter: failure.error.retryAfter, begun: begun)
    } else if failure == nil {
      limiter.succeeded()
    }
    log(
      .debug, failure.map { "\($0.error.code)" } ?? "answered", operation, attempt: attempt, begun: begun,
      receivedBytes: response.body.count, httpStatus: response.status, requestID: failure?.error.requestID)
  }

  private func interpret(
    _ failure: TransportFailure, _ operation: String, isPaid: Bool, attempt: Int, begun: Double, isLast: Bool
  ) throws -> ProviderFailure {
    log(.debug, "\(failure.code): \(failure.message)", operation, attempt: attempt, begun: begun)
    var error = ImageSearchError(failure.code, failure.message)
    error.attempts = attempt
    if failure.code == .timedOut, isLast {
      error.code = .deadlineExceeded
      error.mayHaveBeenCharged = isPaid && failure.requestMayHaveBeenSent
      throw error
    }
    switch failure.code {
    case .cancelled, .closed, .fileNotReadable, .invalidURL, .invalidArgument, .internalFailure, .tlsFailed,
      .responseTooLarge, .redirectRefused, .addressRefused, .notFound:
      // Asking again brings the same; what was sent may have been counted.
      error.mayHaveBeenCharged = isPaid && failure.requestMayHaveBeenSent
      return ProviderFailure(error, .never)
    default:
      return ProviderFailure(error, failure.requestMayHaveBeenSent ? .mayHaveBeenCounted : .notCounted)
    }
  }

  private func reservePaidCall() throws {
    guard let cap = configuration.maximumPaidCalls else {
      paidCalls.withLock { $0 += 1 }
      return
    }
    try paidCalls.withLock { count in
      guard count < cap else {
        throw ImageSearchError(
          .spendingCapReached, "the client's cap of \(cap) paid calls is reached; nothing was sent")
      }
      count += 1
    }
  }

  /// Paid calls that were made or may have been.
  package var paidCallCount: Int { paidCalls.withLock { $0 } }

  private func log(
    _ level: LogEvent.Level, _ message: @autoclosure () -> String, _ operation: String, attempt: Int,
    begun: Double? = nil,
    receivedBytes: Int? = nil, httpStatus: Int? = nil, requestID: String? = nil
  ) {
    guard let handler = configuration.logHandler, level >= configuration.logLevel else { return }
    let words = redactor.redact(message())
    let requestID = requestID.map(redactor.redact)
    let isSafe = !token.isCancelled
    handler(
      LogEvent(
        level: level, message: isSafe ? words : "the client was closed", service: service, operation: operation,
        attempt: attempt, duration: begun.map { .seconds(time.now - $0) }, receivedBytes: receivedBytes,
        httpStatus: httpStatus,
        requestID: isSafe ? requestID : nil))
  }
}
