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
