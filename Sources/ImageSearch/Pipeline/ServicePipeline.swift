/// Everything between a service of your own and its provider's server: limits, retries that never pay twice, deadlines,
/// cancellation, redaction, the log, the check of an image before it is sent, and the transport. The services of this
/// library use the same pipeline.
///
/// ```swift
/// final class Example: SearchService {
///   let pipeline = try ServicePipeline("Example", secrets: [key])
///
///   func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage {
///     try await pipeline.call("search", options) { call in
///       try pipeline.check(request.image, .init(formats: [.jpeg, .png], maximumBytes: 4 << 20))
///       let form = try pipeline.multipart(fields: [("limit", "10")], file: request.image, named: "image")
///       return try await call.send(isPaid: true, request: { … }, response: { … })
///     }
///   }
/// }
/// ```
public final class ServicePipeline: Sendable {
  private let caller: ServiceCaller
  private let allowsPrivateAddresses: Bool

  /// - Parameters:
  ///   - service: the name in errors and in the log.
  ///   - configuration: timeouts, retries, proxy and log, from the user of the service.
  ///   - limits: the provider's, used unless the configuration has limits.
  ///   - secrets: keys and tokens, which are removed from every error, log line, warning and recording in all their
  ///     spellings, and wiped when the pipeline is closed.
  /// - Throws: ``ImageSearchError/Code/invalidArgument`` for values out of range in the configuration, and errors of
  ///   the transport.
  public init(
    _ service: String, configuration: ClientConfiguration = .init(), limits: RequestLimits = .init(concurrent: 4),
    secrets: [String] = []
  ) throws {
    try limits.validate()
    caller = try ServiceCaller(
      service: service, configuration: configuration, limits: limits, secrets: secrets.map(Secret.init))
    allowsPrivateAddresses = configuration.allowsPrivateAddresses
  }

  deinit { close() }

  /// Ends running calls and wipes the secrets. Safe to call twice.
  public func close() { caller.close() }

  /// Runs a call of the service with all its requests: one deadline, one line of the log at its end, and an error with
  /// the service's name, without secrets, that says what may have been charged for all its parts.
  ///
  /// - Parameters:
  ///   - operation: the name in the log, for instance `"search"`.
  ///   - options: those passed to the method of the service.
  ///   - body: makes the requests of the call.
  /// - Throws: ``ImageSearchError``.
  public nonisolated(nonsending) func call<Value>(
    _ operation: String, _ options: CallOptions, _ body: nonisolated(nonsending) (Call) async throws -> Value
  ) async throws -> Value {
    try await caller.call(operation, options) { options in
      try await body(
        Call(caller: caller, operation: operation, options: options, allowsPrivateAddresses: allowsPrivateAddresses))
    }
  }

  /// A running call.
  public struct Call: Sendable {
    fileprivate let caller: ServiceCaller
    fileprivate let operation: String
    fileprivate let options: CallOptions
    fileprivate let allowsPrivateAddresses: Bool

    /// Time left until the call's deadline.
    public var remaining: Duration { options.deadline?.remaining ?? .zero }

    /// Sends a request and reads the response; repeats it according to the client's retry policy.
    ///
    /// - Parameters:
    ///   - name: the name of this request in the log; `nil` takes that of the call.
    ///   - isPaid: whether the request is charged; if so, it is repeated only if the provider certainly did not charge
    ///     it.
    ///   - request: makes the request; called for every attempt, because a nonce and a date are valid once.
    ///   - response: reads the response. It throws ``Refusal`` for an error that the provider reports, and
    ///     ``ImageSearchError`` for one that a repetition cannot fix.
    /// - Throws: ``ImageSearchError``.
    public nonisolated(nonsending) func send<Value: Sendable>(
      _ name: String? = nil, isPaid: Bool, request: @escaping @Sendable () throws -> TransportRequest,
      response: @escaping @Sendable (TransportResponse) throws -> Value
    ) async throws -> Value {
      let call = ServiceCall<Value>(operation: name ?? operation, isPaid: isPaid, makeRequest: request) { answer in
        do { return .success(try response(answer)) } catch let refusal as Refusal {
          return .failure(refusal.failure)
        } catch {
          let known = error as? ImageSearchError
          var failure = known ?? ImageSearchError(.malformedResponse, "the response cannot be read: \(type(of: error))")
          failure.httpStatus = failure.httpStatus ?? answer.status
          return .failure(ProviderFailure(failure, .never))
        }
      }
      return try await caller.perform(call, options: options)
    }

    /// Fetches the image behind a URL. Redirects are followed, no key is sent along, and addresses that are not public are refused
    /// unless the configuration allows them.
    ///
    /// - Throws: ``ImageSearchError``, for instance ``ImageSearchError/Code/invalidURL``,
    ///   ``ImageSearchError/Code/urlNotFetched``, ``ImageSearchError/Code/addressRefused``.
    public nonisolated(nonsending) func fetch(_ url: String) async throws -> [UInt8] {
      let address = try WebAddress(url, field: "image URL")
      let call = ImageFetch.call(address, operation: "fetch", publicAddressesOnly: !allowsPrivateAddresses)
      return try await caller.perform(call, options: options)
    }

    /// Waits, for instance between two polls of a job; ends early when the client is closed or the task is cancelled.
    ///
    /// - Throws: ``ImageSearchError/Code/deadlineExceeded`` at once when the wait would be too long,
    ///   ``ImageSearchError/Code/cancelled``, ``ImageSearchError/Code/closed``.
    public nonisolated(nonsending) func sleep(_ time: Duration) async throws {
      try await caller.sleep(time, options)
    }
  }

  // MARK: - Images

  /// The images that a provider accepts.
  public struct ImageRules: Sendable, Hashable {
    /// The accepted formats.
    public var formats: [ImageFormat]
    /// Maximum size of the encoded image in bytes; `nil` for no limit.
    public var maximumBytes: Int?
    /// Range of width and height in pixels; `nil` for no limit.
    public var sides: ClosedRange<Int>?
    /// Whether images with several frames are accepted.
    public var allowsAnimation: Bool

    /// Rules; by default, every image of a known format is accepted.
    public init(
      formats: [ImageFormat] = ImageFormat.all, maximumBytes: Int? = nil, sides: ClosedRange<Int>? = nil,
      allowsAnimation: Bool = true
    ) {
      self.formats = formats
      self.maximumBytes = maximumBytes
      self.sides = sides
      self.allowsAnimation = allowsAnimation
    }
  }

  /// Checks an image by its header before anything is sent.
  ///
  /// - Returns: the header; `nil` for a URL, whose bytes are not available.
  /// - Throws: ``ImageSearchError`` that names the field and the limit.
  @discardableResult
  public func check(_ image: ImageSource, _ rules: ImageRules) throws -> ImageHeader? {
    try ImagePreflight(
      service: caller.service, formats: rules.formats, allowsAnimation: rules.allowsAnimation,
      maximumBytes: rules.maximumBytes, sides: rules.sides
    ).check(image)
  }

  /// The bytes of an image as the body of a request; a file is read while it is sent.
  ///
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``; ``ImageSearchError/Code/invalidArgument`` for a URL.
  public func body(of image: ImageSource) throws -> any TransportBody { try image.body() }

  /// A form with an image (`multipart/form-data`), which is produced while it is sent.
  ///
  /// - Returns: the body, and the value of its header `Content-Type`.
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``; ``ImageSearchError/Code/invalidArgument`` for a URL.
  public func multipart(
    fields: [(name: String, value: String)], file: ImageSource, named name: String
  ) throws -> (body: any TransportBody, contentType: String) {
    var form = MultipartForm(boundary: "imagesearch-\(try caller.random.hex(byteCount: 16))")
    for field in fields { form.addField(field.name, field.value) }
    let format = try ImageHeader.of(file)?.format
    form.addFile(
      name, fileName: file.fileName ?? "image.\(format?.fileExtension ?? "bin")", contentType: format?.mimeType,
      body: try file.body())
    return (form.body(), form.contentType)
  }

  // MARK: - Refusals

  /// An error that a provider reports, with what it means for a repetition.
  public struct Refusal: Error, Sendable {
    /// Whether a repetition can help, and what was charged.
    public enum Cost: Sendable {
      /// A repetition would get the same response, and nothing was charged.
      case final
      /// The provider refused before any work: nothing was charged, and the request may be repeated.
      case notCharged
      /// The provider failed while working: it may have been charged. Repeated only if the request is not paid.
      case mayHaveBeenCharged
    }

    /// The error, whose ``ImageSearchError/httpStatus``, ``ImageSearchError/providerCode`` and
    /// ``ImageSearchError/retryAfter`` may be set.
    public var error: ImageSearchError {
      get { failure.error }
      set { failure.error = newValue }
    }
    fileprivate var failure: ProviderFailure

    /// - Parameters:
    ///   - code: the kind of failure.
    ///   - message: the provider's message, which is cut, escaped and redacted.
    ///   - slowsDown: whether the provider asks for fewer requests.
    ///   - cost: whether it was charged and may be repeated.
    ///   - retryAfter: how long the provider asks to wait.
    public init(
      _ code: ImageSearchError.Code, _ message: String, _ cost: Cost, slowsDown: Bool = false,
      retryAfter: Duration? = nil
    ) {
      let repetition: ProviderFailure.Repetition =
        switch cost {
        case .final: .never
        case .notCharged: .notCounted
        case .mayHaveBeenCharged: .mayHaveBeenCounted
        }
      failure = ProviderFailure(ImageSearchError(code, message), repetition, isThrottling: slowsDown)
      failure.error.providerMessage = message
      failure.error.retryAfter = retryAfter
    }

    /// The refusal for a response that is not the provider's own – the page of a gateway, a truncated text – by its
    /// HTTP status. Whatever it says, a paid request may have been charged.
    public init(of response: TransportResponse) {
      failure = ResponseFailure.notJSON(
        response,
        retryAfter: response.header("retry-after").flatMap { RetryAfter.parse($0, unixTime: SystemTime().unixTime) })
    }
  }
}
