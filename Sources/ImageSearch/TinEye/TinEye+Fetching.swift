/// What TinEye cannot fetch, fetched here.
extension TinEye {
  /// A search; the image behind a URL that TinEye cannot reach is fetched and uploaded when the configuration says so.
  nonisolated(nonsending) func searchOrFetch(_ request: TinEyeSearchRequest, _ options: CallOptions) async throws
    -> TinEyeSearchResponse
  {
    guard uploadsUnfetchedImages, let url = request.image.url else {
      return try await searchOnce(request, options: options)
    }
    do {
      return try await searchOnce(request, options: options)
    } catch let error as ImageSearchError where error.code == .urlNotFetched {
      var request = request
      request.image = .bytes(try await fetch(url, instead: error, options))
      return try await searchOnce(request, options: options)
    }
  }

  private func fetch(_ url: String, instead first: ImageSearchError, _ options: CallOptions) async throws -> [UInt8] {
    let address = try WebAddress(url, field: "image URL")
    let call = ImageFetch.call(address, operation: "fetch", publicAddressesOnly: !allowsPrivateAddresses)
    do {
      return try await freeCaller.perform(call, options: options)
    } catch var error as ImageSearchError {
      error.message = "TinEye cannot fetch the image (\(first.message)), nor can this client: \(error.message)"
      throw error
    }
  }
}
