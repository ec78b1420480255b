import Synchronization

/// Fetches images with the core's own HTTP client: redirects are followed, no key is sent, size and format are checked,
/// and private, loopback and reserved addresses are refused unless the configuration allows them, because this code may
/// run in a server.
package final class WebImageFetcher: ImageFetching {
  private let configuration: ClientConfiguration
  // Created at the first fetch: an index that is never searched by URL needs no transfer thread.
  private let caller = Mutex<ServiceCaller?>(nil)

  package init(_ configuration: ClientConfiguration = .init()) { self.configuration = configuration }

  deinit { close() }

  package func fetch(_ url: String, options: CallOptions) async throws -> [UInt8] {
    let address = try WebAddress(url, field: "image URL")
    let call = ImageFetch.call(
      address, operation: "fetch", publicAddressesOnly: !configuration.allowsPrivateAddresses)
    return try await open().perform(call, options: options)
  }

  package func close() { caller.withLock { $0?.close() } }

  private func open() throws -> ServiceCaller {
    try caller.withLock { caller in
      if let caller { return caller }
      let opened = try ServiceCaller(
        service: "web", configuration: configuration, limits: RequestLimits(concurrent: 8), secrets: [])
      caller = opened
      return opened
    }
  }
}

/// The call that fetches an image from the web: redirects are followed, no key is sent, and the response must be an
/// image.
package enum ImageFetch {
  /// The largest image that any service accepts.
  package static let maximumBytes = 64 << 20

  /// - Parameters:
  ///   - publicAddressesOnly: refuse private, loopback and reserved addresses.
  ///   - isProviders: whether the URL came from a provider's response, which is then to blame if the image cannot be
  ///     read.
  package static func call(
    _ address: WebAddress, operation: String, publicAddressesOnly: Bool, isProviders: Bool = false
  ) -> ServiceCall<[UInt8]> {
    var request = TransportRequest(method: .get, url: address.text)
    request.followsRedirects = true
    request.publicAddressesOnly = publicAddressesOnly
    request.acceptsCompression = false
    request.maximumResponseBytes = maximumBytes
    var call = ServiceCall<[UInt8]>(operation: operation, isPaid: false, makeRequest: { [request] in request }) {
      response in
      guard response.status == 200 else {
        var failure = ResponseFailure.byStatus(response.status)
        failure.error.retryAfter = response.header("retry-after")
          .flatMap { RetryAfter.parse($0, unixTime: SystemTime().unixTime) }
        if failure.repetition == .never {
          failure.error.code = .urlNotFetched
          failure.error.message = "the server of the image responds with HTTP status \(response.status)"
        }
        return .failure(failure)
      }
      guard let error = refusal(of: response.body) else { return .success(response.body) }
      // An image gets the same error as one from a file; if it is not an image, the server is to blame.
      if !isProviders, [.unsupportedFormat, .corruptImage].contains(error.code) {
        return .failure(ProviderFailure(error, .never))
      }
      return .failure(
        ProviderFailure(
          ImageSearchError(.malformedResponse, "the response of the address is not an image: \(error.message)"), .never)
      )
    }
    call.foreignHost = address.origin
    return call
  }

  /// The error if the bytes are not a readable image, otherwise `nil`.
  private static func refusal(of bytes: [UInt8]) -> ImageSearchError? {
    do {
      _ = try ImageHeader.of(.bytes(bytes))
      return nil
    } catch let error as ImageSearchError {
      return error
    } catch {
      return ImageSearchError(.internalFailure, "the header cannot be read")
    }
  }
}
