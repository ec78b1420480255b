import Synchronization

/// Fetches images with the core's own HTTP client: redirects are followed, no key is sent, size and kind are checked, and
/// private, loopback and reserved addresses are refused unless the configuration allows them, for this code may run inside
/// somebody's server.
package final class WebImageFetcher: ImageFetching {
  private let configuration: ClientConfiguration
  // Made at the first fetch: an index that is never asked by URL needs no thread for transfers.
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

/// Fetching an image from the web: redirects are followed, no key is sent, and what comes must be an image.
package enum ImageFetch {
  /// No image that a service takes is larger.
  package static let maximumBytes = 64 << 20

  /// - Parameter publicAddressesOnly: refuse private, loopback and reserved addresses.
  package static func call(
    _ address: WebAddress, operation: String, publicAddressesOnly: Bool
  ) -> ServiceCall<[UInt8]> {
    var request = TransportRequest(method: .get, url: address.text)
    request.followsRedirects = true
    request.publicAddressesOnly = publicAddressesOnly
    request.acceptsCompression = false
    request.maximumResponseBytes = maximumBytes
    return ServiceCall(operation: operation, isPaid: false, makeRequest: { [request] in request }) { response in
      guard response.status == 200 else {
        var failure = AnswerFailure.byStatus(response.status)
        if failure.repetition == .never {
          failure.error.code = .urlNotFetched
          failure.error.message = "the server of the image answers with HTTP status \(response.status)"
        }
        return .failure(failure)
      }
      guard (try? ImageHeader.read(from: ImageBytes(response.body))) != nil else {
        return .failure(
          ProviderFailure(ImageSearchError(.malformedResponse, "what the address answers with is no image"), .never))
      }
      return .success(response.body)
    }
  }
}
