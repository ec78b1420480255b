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
    makeRequest: @escaping @Sendable () throws -> TransportRequest
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
}
