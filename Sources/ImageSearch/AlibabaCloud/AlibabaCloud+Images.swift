/// Images on their way to the service: fetched, checked, if asked for re-encoded, and uploaded.
extension AlibabaCloud {
  /// An image that the service takes, and what happened to its pixels.
  struct ReadyImage: Sendable {
    let source: ImageSource
    let header: ImageHeader
    /// Pixels of the sent image per pixel of the upright original; 1 unless it was re-encoded smaller.
    let scale: Double
    var warning: String? {
      scale == 1 ? nil : "the image was made smaller, to \(header.width) × \(header.height) pixels"
    }

    /// A region of the original in the pixels of what is sent.
    func region(_ region: PixelRect?) throws -> PixelRect? {
      guard var region else { return nil }
      if scale != 1 {
        region.x = Int(Double(region.x) * scale)
        region.y = Int(Double(region.y) * scale)
        region.width = max(2, min(Int(Double(region.width) * scale), header.width - region.x))
        region.height = max(2, min(Int(Double(region.height) * scale), header.height - region.y))
      }
      try AlibabaCloudLimits.region(region, in: header)
      return region
    }
  }

  /// Fetches an image that is behind a URL, and checks it.
  ///
  /// - Throws: ``ImageSearchError`` of the fetch or of the image, naming the field and the limit.
  func ready(_ source: ImageSource, _ options: CallOptions) async throws -> ReadyImage {
    guard let url = source.url else { return try checked(source, options) }
    let address = try WebAddress(url, field: "image URL")
    let call = ImageFetch.call(address, operation: "fetch", publicAddressesOnly: !allowsPrivateAddresses)
    return try checked(.bytes(try await transfers.perform(call, options: options)), options)
  }

  private func checked(_ source: ImageSource, _ options: CallOptions) throws -> ReadyImage {
    let rules = ImagePreflight.alibabaCloud(sides: self.options.imageSides)
    do {
      return ReadyImage(source: source, header: try header(source, rules), scale: 1)
    } catch let error as ImageSearchError {
      guard let preparation = self.options.preparation, Self.canBePrepared(error),
        let original = try ImageHeader.of(source)
      else { throw error }
      let prepared = try preparation.prepare(source, rules: rules) {
        if Task.isCancelled { throw ImageSearchError(.cancelled, "the call was cancelled") }
        try options.deadline?.check()
      }
      let header = try header(prepared, rules)
      let width = original.swapsSides ? original.height : original.width
      return ReadyImage(source: prepared, header: header, scale: Double(header.width) / Double(max(1, width)))
    }
  }

  private func header(_ source: ImageSource, _ rules: ImagePreflight) throws -> ImageHeader {
    guard let header = try rules.check(source) else {
      throw ImageSearchError(.internalFailure, "a URL came where an image was expected")
    }
    return header
  }

  /// Too large, or turned by EXIF; nothing repairs a damaged image.
  private static func canBePrepared(_ error: ImageSearchError) -> Bool {
    error.code == .imageTooLarge || error.code == .unsupportedFormat
  }

  // MARK: - The temporary bucket (docs/sources/alibaba-image-search.md, 5.1)

  /// Uploads an image.
  ///
  /// - Returns: the address that the service reads it from.
  func upload(_ source: ImageSource, _ options: CallOptions) async throws -> String {
    guard let region = builder.endpoints.region else {
      throw ImageSearchError(.invalidArgument, "region is missing; uploads are authorized for a region")
    }
    let action = AlibabaCloudRequestBuilder.Action(
      name: "AuthorizeFileUpload", version: "2019-12-19", method: .get,
      query: [("Product", "ImageSearch"), ("RegionId", region)])
    let grant: AlibabaCloudUploadGrant = try await perform(
      action.name, by: transfers, part: "Bucket", options: options
    ) { [builder] in
      try builder.request(action, base: builder.endpoints.openPlatform)
    }
    // As plain or safe as the way to the platform that named the bucket.
    let address = try grant.address(scheme: builder.endpoints.openPlatform.scheme)
    let image = try source.body()
    let call = ServiceCall<Void>(
      operation: "upload", isPaid: false,
      makeRequest: { [random = builder.random] in
        try grant.request(address, image, boundary: "imagesearch-\(try random.hex(byteCount: 16))")
      }, interpret: AlibabaCloudUploadGrant.read)
    try await transfers.perform(call, options: options)
    return grant.objectURL
  }
}
