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
