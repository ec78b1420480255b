import Synchronization

/// Calls and what they share.
extension AlibabaCloud {
  /// An action of 2020-12-14.
  func perform<Response: AlibabaCloudResponse>(
    _ action: AlibabaCloudRequestBuilder.Action, by caller: ServiceCaller, part: String, options: CallOptions
  ) async throws -> Response {
    do {
      guard apiVersion == .v20201214 else {
        throw ImageSearchError(.unsupported, "the API version \(apiVersion.rawValue) has no \(action.name)")
      }
      return try await perform(action.name, by: caller, part: part, options: options) { [builder] in
        try builder.request(action, base: builder.endpoints.service)
      }
    } catch {
      throw caller.owned(error)
    }
  }

  /// A call of any generation; adding and removing are idempotent and searching costs no money, so that all may be repeated.
  func perform<Response: AlibabaCloudResponse>(
    _ operation: String, by caller: ServiceCaller, part: String, options: CallOptions,
    makeRequest: @escaping @Sendable () throws -> HTTPRequest
  ) async throws -> Response {
    let imageErrors = Mutex(0)
    let call = ServiceCall<Response>(operation: operation, isPaid: false, makeRequest: makeRequest) { response in
      let result = AlibabaCloudAnswer.read(response, as: Response.self, part: part)
      guard case .failure(var failure) = result, failure.error.providerCode == "PictureError" else { return result }
      // The service could not read the image: worth one more try, for it may have been the way there.
      let count = imageErrors.withLock { count in
        count += 1
        return count
      }
      if count > 1 { failure.repetition = .never }
      return .failure(failure)
    }
    return try await caller.perform(call, options: options)
  }

  /// What is left of a call that consists of several.
  struct Allowance: Sendable {
    private let options: CallOptions
    private let time: any TimeSource
    private let end: Double

    init(_ options: CallOptions, default deadline: Double, time: any TimeSource) throws {
      try Validation.seconds("deadline", options.deadline)
      self.options = options
      self.time = time
      end = time.now + (options.deadline ?? deadline)
    }

    /// The options for the next part.
    ///
    /// - Throws: ``ImageSearchError/Code/deadlineExceeded`` when nothing is left.
    func rest() throws -> CallOptions {
      var rest = options
      let left = end - time.now
      guard left >= 0.001 else { throw ImageSearchError(.deadlineExceeded, "the deadline has passed") }
      rest.deadline = min(left, 86_400)
      return rest
    }
  }

  func allowance(_ options: CallOptions) throws -> Allowance {
    try Allowance(options, default: defaultDeadline, time: searches.time)
  }
}
