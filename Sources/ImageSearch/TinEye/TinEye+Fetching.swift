/// What TinEye cannot fetch, fetched here.
extension TinEye {
  /// A search; the image behind a URL that TinEye cannot reach is fetched and uploaded when the configuration says so.
  nonisolated(nonsending) func searchOrFetch(_ request: TinEyeSearchRequest, _ options: CallOptions) async throws
    -> TinEyeSearchResponse
  {
    guard uploadsUnfetchedImages, let url = request.image.url else {
      return try await searchOnce(request, options: options)
    }
    let end = caller.time.now + (options.deadline ?? standardDeadline)
    do {
      return try await searchOnce(request, options: options)
    } catch let error as ImageSearchError where error.code == .urlNotFetched {
      var request = request
      request.image = .bytes(try await fetch(url, instead: error, try rest(options, end)))
      return try await searchOnce(request, options: try rest(options, end))
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

  /// The options with what is left of the deadline.
  private func rest(_ options: CallOptions, _ end: Double) throws -> CallOptions {
    var options = options
    let left = end - caller.time.now
    guard left >= 0.001 else { throw ImageSearchError(.deadlineExceeded, "the deadline has passed") }
    options.deadline = left
    return options
  }
}
