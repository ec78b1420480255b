import Synchronization

/// Takes calls through limiter, transport, retry and log. One per client, used concurrently by all its callers.
///
/// The steps of a call are `nonisolated(nonsending)`: they run where the public method runs, never on an actor, and
/// without passing through the scheduler at each step.
package final class ServiceCaller: Sendable {
  package let service: String
  package let time: any TimeSource
  package let random: any RandomSource
  private let configuration: ClientConfiguration
  private let transport: any HTTPTransport
  private let limiter: RequestLimiter
  private let hosts: HostLimiters
  private let budget: RetryBudget
  private let redactor: Redactor
  private let secrets: [Secret]
  private let log: CallLog
  private let cap: PaidCallCap
  /// The least attempt timeout that the provider asked for.
  private let leastAttemptTimeout = Mutex(Duration.zero)
  private let token: CancellationToken

  /// - Parameters:
  ///   - limits: the service's own limits, used unless the configuration has others.
  ///   - secrets: keys and tokens, which are redacted everywhere and wiped on close.
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
    // A copy of the proxy's password lives as long as the client, like the keys.
    self.secrets = secrets + ProxySecrets.all(configuration.transport)
    redactor = Redactor(self.secrets)
    log = CallLog(service: service, configuration: configuration, time: time)
    budget = RetryBudget()
    token = CancellationToken()
    cap = PaidCallCap(configuration.maximumPaidCalls, of: "client")
    limiter = RequestLimiter(
      configuration.limits ?? limits, longestWait: configuration.retry.maximumRetryAfter, time: time, token: token)
    hosts = HostLimiters(longestWait: configuration.retry.maximumRetryAfter, time: time, token: token)
    let redactor = redactor
    func open() throws -> any HTTPTransport {
      do {
        return try transport ?? configuration.customTransport ?? CurlTransport(configuration: configuration.transport)
      } catch let error as ImageSearchError {
        throw redactor.redact(error)
      }
    }
    self.transport =
      try configuration.recording?.transport(service, secrets: self.secrets, over: open) ?? open()
  }

  private init(sharing other: ServiceCaller, limits: RequestLimits) {
    service = other.service
    configuration = other.configuration
    time = other.time
    random = other.random
    secrets = other.secrets
    redactor = other.redactor
    log = other.log
    budget = other.budget
    token = other.token
    cap = other.cap
    transport = other.transport
    hosts = other.hosts
    limiter = RequestLimiter(
      limits, longestWait: configuration.retry.maximumRetryAfter, time: time, token: token)
  }

  /// Returns a caller over the same connections with its own limits, for calls that the provider's limits do not cover.
  package func sharing(limits: RequestLimits) -> ServiceCaller { ServiceCaller(sharing: self, limits: limits) }

  /// Number of paid calls that were or may have been charged.
  package var paidCallCount: Int { cap.count }

  /// Ends running calls and wipes the keys.
  package func close() {
    token.cancel()
    limiter.close()
    hosts.close()
    transport.close()
    for secret in secrets { secret.wipe() }
  }

  // MARK: - Calls

  /// The options of a call that begins now, with its deadline and its account; see ``CallOptions/begun(_:_:)``.
  package func begun(_ options: CallOptions) throws -> CallOptions {
    try options.begun(configuration.totalTimeout, time)
  }

  /// Runs a call of the interface with all its parts: it begins here, with one deadline for all, and ends with one line
  /// of the log. A call within another one is a part of that.
  ///
  /// - Parameter hasTimeoutForEach: whether the client's total timeout applies to each part; one given in the options
  ///   always applies to the whole.
  /// - Throws: ``ImageSearchError`` with the service's name, without secrets, and with what may have been charged for all parts.
  package nonisolated(nonsending) func call<Value>(
    _ operation: String, _ options: CallOptions, hasTimeoutForEach: Bool = false,
    _ body: nonisolated(nonsending) (CallOptions) async throws -> Value
  ) async throws -> Value {
    func begun(_ options: CallOptions) throws -> CallOptions {
      try hasTimeoutForEach && options.totalTimeout == nil ? options.accounted() : self.begun(options)
    }
    if options.account != nil {
      do { return try await body(begun(options)) } catch { throw reported(error, options.account) }
    }
    let begin = time.now
    var account: CallAccount?
    do {
      let options = try begun(options)
      account = options.account
      // Before anything is sent that costs money: there is no memory for what little things a call needs one by one.
      try Memory.checkForCall()
      let value = try await body(options)
      if log.wants(.info) { log.end(operation, begun: begin, waited: account?.waited ?? .zero) }
      return value
    } catch {
      let failure = reported(error, account)
      log.end(operation, begun: begin, waited: account?.waited ?? .zero, failure)
      throw failure
    }
  }

  /// Makes one request, repeated as the retry policy says.
  ///
  /// - Returns: what ``ServiceCall/interpret`` made of the response.
  /// - Throws: ``ImageSearchError`` without secrets.
  package nonisolated(nonsending) func perform<Value>(_ call: ServiceCall<Value>, options: CallOptions) async throws
    -> Value
  {
    try await self.call(call.operation, options) { try await send(call, $0) }
  }

  /// Waits between two steps of a call.
  package nonisolated(nonsending) func sleep(_ wait: Duration, _ options: CallOptions) async throws {
    if let deadline = options.deadline, !deadline.allows(wait) {
      throw ImageSearchError(.deadlineExceeded, "the total timeout comes before the next step of the call")
    }
    try await token.sleep(wait, time)
  }

  /// Returns any error as this service reports it: with its name, without secrets, and with what was charged so far.
  package func reported(_ error: any Error, _ account: CallAccount? = nil) -> ImageSearchError {
    var failure =
      error as? ImageSearchError
      ?? (error is CancellationError
        ? ImageSearchError(.cancelled, "the call was cancelled")
        : ImageSearchError(.internalFailure, "\(type(of: error))"))
    failure.service = service
    failure = redactor.redact(failure)
    if account?.mayHaveBeenCharged == true { failure.mayHaveBeenCharged = true }
    // The keys may have just been wiped, in which case nothing was redacted.
    if token.isCancelled, failure.code != .closed {
      failure.code = .closed
      failure.message = "the client was closed"
      (failure.providerMessage, failure.providerCode, failure.requestID) = (nil, nil, nil)
    }
    return failure
  }

  /// A provider's messages without secrets, cut and escaped, for warnings.
  package func cleaned(_ words: [String]) -> [String] {
    token.isCancelled ? [] : words.map { redactor.redact(Redactor.withoutSignedText($0)).excerpt }
  }

  // MARK: - Attempts

  private nonisolated(nonsending) func send<Value>(_ call: ServiceCall<Value>, _ options: CallOptions) async throws
    -> Value
  {
    let deadline = options.deadline ?? .never
    let host = call.foreignHost.map(hosts.limiter)
    let budget = host?.budget ?? budget
    var retry = RetryState(configuration.retry, isPaid: call.isPaid)
    /// An error between two attempts, with the number of those that were sent.
    func between(_ error: any Error) -> any Error {
      guard var error = error as? ImageSearchError, retry.sent > 1 else { return error }
      error.attempts = max(error.attempts, retry.sent - 1)
      return error
    }
    while true {
      let attempt = retry.begin()
      let failure: ProviderFailure
      let isThrottled: Bool
      do {
        switch try await send(call, attempt, options, deadline, host) {
        case .value(let value): return value
        case .failure(let told, let throttled): (failure, isThrottled) = (told, throttled)
        }
      } catch { throw between(error) }
      var error = failure.error
      error.attempts = attempt
      let decision = retry.decide(
        after: failure, isThrottled: isThrottled, deadline: deadline, fraction: random.fraction(), spend: budget.spend)
      switch decision {
      case .giveUp(let reason):
        if let reason { error.message += "; " + reason }
        throw error
      case .again(let delay):
        noteRepetition(error, delay, call.operation, attempt)
        do { try await token.sleep(delay, time) } catch {
          _ = retry.begin()
          throw between(error)
        }
      }
    }
  }

  private func noteRepetition(_ error: ImageSearchError, _ delay: Duration, _ operation: String, _ attempt: Int) {
    guard !token.isCancelled else { return }
    log.write(
      .warning, "\(error.code): \(error.message); again in \(delay.milliseconds) ms", operation, attempt: attempt,
      httpStatus: error.httpStatus, requestID: error.requestID)
  }

  private enum Attempt<Value> {
    case value(Value)
    /// - Parameter isThrottled: see ``RequestLimiter/refused(_:retryAfter:)``.
    case failure(ProviderFailure, isThrottled: Bool)
  }

  private nonisolated(nonsending) func send<Value>(
    _ call: ServiceCall<Value>, _ attempt: Int, _ options: CallOptions, _ deadline: Deadline,
    _ host: HostLimiters.Entry?
  ) async throws -> Attempt<Value> {
    let payment = try call.isPaid ? Payment(caps: [cap, options.cap], options.account) : nil
    defer { payment?.settle() }
    guard !token.isCancelled else { throw ImageSearchError(.closed, "the client was closed") }
    let hostPermit = try await host?.limiter.acquire(deadline: deadline)
    defer { if hostPermit != nil { host?.limiter.release() } }
    let permit = try await limiter.acquire(deadline: deadline)
    defer { limiter.release() }
    if permit.waited > .zero { options.account?.wait(permit.waited) }
    var request = try call.makeRequest()
    request.sendOnce = call.isPaid
    let begun = time.now
    try deadline.check()
    let remaining = deadline.remaining
    let least = leastAttemptTimeout.withLock { $0 }
    let attemptLimit = min(max(options.attemptTimeout ?? configuration.attemptTimeout, least), remaining)
    let timeouts = AttemptTimeouts(
      connect: min(options.connectTimeout ?? configuration.connectTimeout, attemptLimit), total: attemptLimit)
    let meter = options.progress.map { self.meter($0, call.operation, attempt, request) }
    if let meter { request.progress = { meter.update($0) } }
    defer { meter?.finish() }
    do throws(TransportFailure) {
      let response = try await transport.send(request, timeouts: timeouts)
      // What is made of a response takes a multiple of it.
      do { try Memory.check(8 * response.body.count, for: "the response") } catch {
        throw TransportFailure(error.code, error.message, requestMayHaveBeenSent: true)
      }
      switch call.interpret(response) {
      case .success(let value):
        payment?.state = .charged
        budget(host).refill()
        limiter.succeeded()
        host?.limiter.succeeded()
        log.write(
          .debug, "succeeded", call.operation, attempt: attempt, begun: begun, receivedBytes: response.body.count,
          httpStatus: response.status)
        return .value(value)
      case .failure(var failure):
        payment?.state = failure.mayHaveBeenCharged ? .charged : failure.repetition == .notCounted ? .notSent : .refused
        failure.error = cleaned(failure.error, request, isPaid: call.isPaid)
        if let least = failure.leastAttemptTimeout { leastAttemptTimeout.withLock { $0 = max($0, least) } }
        budget(host).refill()
        var isThrottled = false
        if failure.isThrottling {
          let asked = failure.error.retryAfter
          isThrottled =
            if let host, let hostPermit { host.limiter.refused(hostPermit, retryAfter: asked) } else {
              limiter.refused(permit, retryAfter: asked)
            }
        }
        note(failure.error, call.operation, attempt, begun: begun, response)
        return .failure(failure, isThrottled: isThrottled)
      }
    } catch {
      payment?.state = error.requestMayHaveBeenSent ? .charged : .notSent
      // After a connection that exceeded its own limit there is time for another attempt.
      let isConnecting =
        !error.requestMayHaveBeenSent && timeouts.connect < attemptLimit
        && time.now < begun + attemptLimit.inSeconds - 0.05
      let failure = failure(
        error, request, isPaid: call.isPaid, isLast: attemptLimit >= remaining && !isConnecting)
      note(failure.error, call.operation, attempt, begun: begun, nil)
      return .failure(failure, isThrottled: false)
    }
  }

  private func budget(_ host: HostLimiters.Entry?) -> RetryBudget { host?.budget ?? budget }

  private func meter(
    _ handler: @escaping ProgressHandler, _ operation: String, _ attempt: Int, _ request: TransportRequest
  ) -> ProgressMeter {
    ProgressMeter(
      handler,
      TransferProgress(
        service: service, operation: operation, attempt: attempt, sentBytes: 0,
        bytesToSend: request.body?.length ?? 0, receivedBytes: 0),
      time: time)
  }

  /// The error of a provider or a transport, without the request's credentials, cut and escaped.
  private func cleaned(_ error: ImageSearchError, _ request: TransportRequest, isPaid: Bool) -> ImageSearchError {
    var error = redactor.adding(request).redact(error)
    error.message = error.message.excerpt
    error.providerMessage = error.providerMessage?.excerpt
    error.providerCode = error.providerCode?.excerpt
    error.requestID = error.requestID?.excerpt
    if !isPaid { error.mayHaveBeenCharged = false }
    return error
  }

  private func note(
    _ error: ImageSearchError, _ operation: String, _ attempt: Int, begun: Double, _ response: TransportResponse?
  ) {
    guard !token.isCancelled else { return }
    log.write(
      .debug, "\(error.code): \(error.message)", operation, attempt: attempt, begun: begun,
      receivedBytes: response?.body.count, httpStatus: response?.status, requestID: error.requestID)
  }

  private func failure(_ failure: TransportFailure, _ request: TransportRequest, isPaid: Bool, isLast: Bool)
    -> ProviderFailure
  {
    var error = ImageSearchError(failure.code, failure.message)
    error.mayHaveBeenCharged = isPaid && failure.requestMayHaveBeenSent
    var repetition: ProviderFailure.Repetition = failure.requestMayHaveBeenSent ? .mayHaveBeenCounted : .notCounted
    switch failure.code {
    case .timedOut where isLast:
      error.code = .deadlineExceeded
      repetition = .never
    case .cancelled, .closed, .fileNotReadable, .invalidURL, .invalidArgument, .internalFailure,
      .tlsFailed,
      .responseTooLarge, .redirectRefused, .addressRefused, .notFound:
      // A repetition would get the same response; what was sent may have been charged.
      repetition = .never
    default: break
    }
    return ProviderFailure(cleaned(error, request, isPaid: isPaid), repetition)
  }
}
