import CImageSearchHeader
import ImageSearch

extension Reading {
  /// The contents of `imagesearch_client_options`, for a client of any service.
  struct Client {
    var configuration: ClientConfiguration
    var baseURL: String?
    /// `nil` for the service's default.
    var totalTimeout: Duration?
  }

  /// - Parameters:
  ///   - limits: the service's own limits, used unless the options have some.
  ///   - callbacks: the thread that delivers the log.
  static func client(
    _ pointer: UnsafePointer<imagesearch_client_options>?, limits: RequestLimits, _ callbacks: CallbackThread
  ) throws -> Client {
    let options = try options(pointer, imagesearch_client_options())
    try reserved(options.reserved)
    var configuration = ClientConfiguration()
    if let time = try seconds(options.connect_timeout, "connect_timeout") { configuration.connectTimeout = time }
    if let time = try seconds(options.attempt_timeout, "attempt_timeout") { configuration.attemptTimeout = time }
    let totalTimeout = try seconds(options.total_timeout, "total_timeout")
    if let totalTimeout { configuration.totalTimeout = totalTimeout }
    try readRetry(options, &configuration.retry)
    if options.maximum_paid_calls != 0 { configuration.maximumPaidCalls = integer(options.maximum_paid_calls) }
    configuration.allowsPrivateAddresses = options.allow_private_addresses != 0
    configuration.recording = try recording(options)
    if options.maximum_concurrent != 0 || options.requests_per_minute != 0 {
      var limits = limits
      if options.maximum_concurrent != 0 { limits.concurrent = Int(options.maximum_concurrent) }
      if options.requests_per_minute != 0 {
        // The caller's rate replaces the service's, whatever its unit.
        limits.perMinute = Int(options.requests_per_minute)
        limits.perSecond = nil
      }
      configuration.limits = limits
    }
    try readTransport(options, &configuration.transport)
    try readLog(options, &configuration, callbacks)
    return Client(
      configuration: configuration, baseURL: try text(options.base_url, "base_url"), totalTimeout: totalTimeout)
  }

  private static func readRetry(_ options: imagesearch_client_options, _ retry: inout RetryPolicy) throws {
    if options.maximum_attempts != 0 { retry.maximumAttempts = Int(options.maximum_attempts) }
    if let time = try seconds(options.base_delay, "base_delay") { retry.baseDelay = time }
    if let time = try seconds(options.maximum_delay, "maximum_delay") { retry.maximumDelay = time }
    if let time = try seconds(options.maximum_retry_after, "maximum_retry_after") { retry.maximumRetryAfter = time }
    retry.repeatsUncertainPaidCalls = options.repeat_uncertain_paid_calls != 0
  }

  private static func recording(_ options: imagesearch_client_options) throws -> ExchangeRecording? {
    switch (try text(options.record_folder, "record_folder"), try text(options.replay_folder, "replay_folder")) {
    case (nil, nil): return nil
    case (let folder?, nil): return .record(folder: try absolute(folder))
    case (nil, let folder?): return .replay(folder: try absolute(folder))
    default: throw ImageSearchError(.invalidArgument, "give record_folder or replay_folder, not both")
    }
  }

  private static func readTransport(
    _ options: imagesearch_client_options, _ transport: inout TransportConfiguration
  ) throws {
    func file(_ pointer: UnsafePointer<CChar>?, _ field: String) throws -> String? {
      try text(pointer, field).map(absolute)
    }
    transport.proxy = try text(options.proxy, "proxy")
    transport.noProxy = try text(options.no_proxy, "no_proxy")
    transport.certificateAuthorityFile = try file(options.certificate_authority_file, "certificate_authority_file")
    transport.clientCertificateFile = try file(options.client_certificate_file, "client_certificate_file")
    transport.clientKeyFile = try file(options.client_key_file, "client_key_file")
    transport.resolve = (try text(options.resolve, "resolve") ?? "").split(separator: " ").map(String.init)
    if let agent = try text(options.user_agent, "user_agent") { transport.userAgent = agent }
    if options.maximum_response_bytes != 0 {
      try Validation.range("maximum_response_bytes", options.maximum_response_bytes, 1...Int64(Int.max))
      transport.maximumResponseBytes = integer(options.maximum_response_bytes)
    }
    if options.maximum_connections != 0 {
      try Validation.range("maximum_connections", options.maximum_connections, 1...1000)
      transport.maximumConnections = Int(options.maximum_connections)
    }
  }

  private static func readLog(
    _ options: imagesearch_client_options, _ configuration: inout ClientConfiguration, _ callbacks: CallbackThread
  ) throws {
    let number = options.log_level == 0 ? Int32(IMAGESEARCH_LOG_INFO) : options.log_level
    guard let level = LogEvent.Level(rawValue: number) else {
      throw ImageSearchError(.invalidArgument, "log_level is \(number); it must be one of IMAGESEARCH_LOG_*")
    }
    guard let callback = options.log else { return }
    configuration.logLevel = level
    try callbacks.register(.init(callback: callback, userData: options.log_user_data))
    configuration.logHandler = { callbacks.enqueue($0) }
  }
}
