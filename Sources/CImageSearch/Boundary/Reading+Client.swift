import CImageSearchHeader
import ImageSearch

extension Reading {
  /// - Parameter limits: the service's own, used where the options name none.
  static func client(
    _ pointer: UnsafePointer<imagesearch_client_options>?, limits: RequestLimits
  ) throws -> (configuration: ClientConfiguration, baseURL: String?, uploadsUnfetchedImages: Bool) {
    let options = try options(
      pointer, imagesearch_client_options(), minimumSize: MemoryLayout<imagesearch_client_options>.size,
      "imagesearch_client_options")
    guard options.reserved == 0 else { throw ImageSearchError(.invalidArgument, "reserved is not 0") }
    var configuration = ClientConfiguration()
    if let time = try duration(options.connect_timeout, "connect_timeout") { configuration.connectTimeout = time }
    if let time = try duration(options.attempt_timeout, "attempt_timeout") { configuration.attemptTimeout = time }
    if let time = try duration(options.deadline, "deadline") { configuration.totalTimeout = time }
    try readRetry(options, &configuration.retry)
    if options.maximum_paid_calls != 0 { configuration.maximumPaidCalls = integer(options.maximum_paid_calls) }
    configuration.allowsPrivateAddresses = options.allow_private_addresses != 0
    configuration.recording = try recording(options)
    if options.maximum_concurrent != 0 || options.requests_per_minute != 0 {
      var limits = limits
      if options.maximum_concurrent != 0 { limits.concurrent = Int(options.maximum_concurrent) }
      if options.requests_per_minute != 0 {
        // The caller's rate takes the place of the service's, whatever that is counted in.
        limits.perMinute = Int(options.requests_per_minute)
        limits.perSecond = nil
      }
      configuration.limits = limits
    }
    try readTransport(options, &configuration.transport)
    try readLog(options, &configuration)
    return (configuration, try text(options.base_url, "base_url"), options.upload_unfetched_images != 0)
  }

  private static func readRetry(_ options: imagesearch_client_options, _ retry: inout RetryPolicy) throws {
    if options.maximum_attempts != 0 { retry.maximumAttempts = Int(options.maximum_attempts) }
    if let time = try duration(options.base_delay, "base_delay") { retry.baseDelay = time }
    if let time = try duration(options.maximum_delay, "maximum_delay") { retry.maximumDelay = time }
    if let time = try duration(options.maximum_retry_after, "maximum_retry_after") { retry.maximumRetryAfter = time }
    retry.repeatsUncertainPaidCalls = options.repeat_uncertain_paid_calls != 0
  }

  private static func recording(_ options: imagesearch_client_options) throws -> ExchangeRecording? {
    switch (try text(options.record_folder, "record_folder"), try text(options.replay_folder, "replay_folder")) {
    case (nil, nil): return nil
    case (let folder?, nil): return .record(folder: folder)
    case (nil, let folder?): return .replay(folder: folder)
    default: throw ImageSearchError(.invalidArgument, "give record_folder or replay_folder, not both")
    }
  }

  private static func readTransport(
    _ options: imagesearch_client_options, _ transport: inout TransportConfiguration
  ) throws {
    transport.proxy = try text(options.proxy, "proxy")
    transport.noProxy = try text(options.no_proxy, "no_proxy")
    transport.certificateAuthorityFile = try text(options.certificate_authority_file, "certificate_authority_file")
    transport.clientCertificateFile = try text(options.client_certificate_file, "client_certificate_file")
    transport.clientKeyFile = try text(options.client_key_file, "client_key_file")
    transport.resolve = (try text(options.resolve, "resolve") ?? "").split(separator: " ").map(String.init)
  }

  private static func readLog(
    _ options: imagesearch_client_options, _ configuration: inout ClientConfiguration
  ) throws {
    guard let callback = options.log else { return }
    let level = options.log_level == 0 ? LogEvent.Level.info : LogEvent.Level(rawValue: options.log_level)
    guard let level else {
      throw ImageSearchError(.invalidArgument, "log_level is \(options.log_level); it must be 10, 20, 30 or 40")
    }
    configuration.logLevel = level
    // The header demands that the callback may be called on any thread and outlives the client.
    nonisolated(unsafe) let userData = options.log_user_data
    configuration.logHandler = { $0.pass(to: callback, userData) }
  }
}
