/// Fetching, checking, re-encoding and uploading images.
extension AlibabaCloud {
  /// Fetches an image behind a URL, checks it, and re-encodes it if that is requested and needed.
  ///
  /// - Parameters:
  ///   - image: on return, the image to send.
  ///   - region: a part of the given image; on return, the same part of the image to send.
  /// - Returns: the header of the image to send, and a warning for the caller, if any.
  /// - Throws: ``ImageSearchError`` of the fetch or of the image, naming the field and the limit.
  func prepareImage(_ image: inout ImageSource, region: inout PixelRect?, _ options: CallOptions) async throws
    -> (header: ImageHeader, warning: String?)
  {
    if let url = image.url {
      let address = try WebAddress(url, field: "image URL")
      let call = ImageFetch.call(address, operation: "fetch", publicAddressesOnly: !allowsPrivateAddresses)
      image = .bytes(try await transfers.perform(call, options: options))
    }
    let rules = ImagePreflight.alibabaCloud(sides: self.options.imageSides)
    let header: ImageHeader
    do {
      header = try Self.header(of: image, rules)
    } catch let error as ImageSearchError {
      // Too large, or rotated by EXIF; a damaged image cannot be repaired.
      guard let preparation,
        error.code == .imageTooLarge || error.code == .unsupportedFormat, let original = try ImageHeader.of(image)
      else { throw error }
      image = try await preparation.prepare(image, rules: rules, deadline: options.deadline)
      let header = try Self.header(of: image, rules)
      let width = original.swapsSides ? original.height : original.width
      let scale = Double(header.width) / Double(max(1, width))
      region = region.map { Self.scaled($0, by: scale, in: header) }
      try AlibabaCloudLimits.region(region, in: header)
      let warning =
        scale == 1 ? nil : "the image was made smaller, to \(header.width) × \(header.height) pixels"
      return (header, warning)
    }
    try AlibabaCloudLimits.region(region, in: header)
    return (header, nil)
  }

  private static func header(of image: ImageSource, _ rules: ImagePreflight) throws -> ImageHeader {
    guard let header = try rules.check(image) else {
      throw ImageSearchError(.internalFailure, "a URL came where an image was expected")
    }
    return header
  }

  /// Scales a region of the original to the image to send; one that lies beyond any image is kept, to be refused.
  private static func scaled(_ region: PixelRect, by scale: Double, in header: ImageHeader) -> PixelRect {
    guard scale != 1, (try? AlibabaCloudLimits.region(region, in: nil)) != nil else { return region }
    let (x, y) = (Int(Double(region.x) * scale), Int(Double(region.y) * scale))
    return PixelRect(
      x: x, y: y, width: max(2, min(Int(Double(region.width) * scale), header.width - x)),
      height: max(2, min(Int(Double(region.height) * scale), header.height - y)))
  }

  // MARK: - The temporary bucket (docs/sources/alibaba-image-search.md, 5.1)

  /// Uploads an image.
  ///
  /// - Returns: the URL that the service reads it from.
  func upload(_ image: ImageSource, _ options: CallOptions) async throws -> String {
    guard let region = builder.endpoints.region else {
      throw ImageSearchError(.invalidArgument, "region is missing; it must be named, for uploads are authorized for it")
    }
    let action = AlibabaCloudRequestBuilder.Action(
      name: "AuthorizeFileUpload", version: "2019-12-19", method: .get,
      query: [("Product", "ImageSearch"), ("RegionId", region)])
    let grant: AlibabaCloudUploadGrant = try await request(
      action.name, by: transfers, requiring: "Bucket", options
    ) { [builder] in
      try builder.request(action, base: builder.endpoints.openPlatform)
    }
    // With the scheme of the platform that named the bucket.
    let address = try grant.address(scheme: builder.endpoints.openPlatform.scheme)
    let body = try image.body()
    // A host that a response named must be public, unless the platform itself is the user's own or in a private
    // network.
    let isJudged =
      !allowsPrivateAddresses && !self.options.usesVPC
      && builder.endpoints.openPlatform.host.hasSuffix(".aliyuncs.com")
    let call = ServiceCall<Void>(
      operation: "upload", isPaid: false,
      makeRequest: { [random = builder.random] in
        var request = try grant.request(address, body, boundary: "imagesearch-\(try random.hex(byteCount: 16))")
        request.publicAddressesOnly = isJudged
        return request
      }, interpret: AlibabaCloudUploadGrant.read)
    try await transfers.perform(call, options: options)
    return grant.objectURL
  }
}

/// The response to `AuthorizeFileUpload`: authorization to put one object into a temporary bucket
/// (docs/sources/alibaba-image-search.md, 5.1).
struct AlibabaCloudUploadGrant: AlibabaCloudResponse {
  var envelope = AlibabaCloudEnvelope()
  let accessKeyID: String
  let bucket: String
  let encodedPolicy: String
  let endpoint: String
  let objectKey: String
  let signature: String

  init?(_ json: JSONValue) {
    func text(_ key: StaticString) -> String? { json[key].string }
    guard let accessKeyID = text("AccessKeyId"), let bucket = text("Bucket"), let encodedPolicy = text("EncodedPolicy"),
      let endpoint = text("Endpoint"), let objectKey = text("ObjectKey"), let signature = text("Signature")
    else { return nil }
    self.accessKeyID = accessKeyID
    self.bucket = bucket
    self.encodedPolicy = encodedPolicy
    self.endpoint = endpoint
    self.objectKey = objectKey
    self.signature = signature
  }

  /// The image's URL in the actual call. Plain http, as in the vendor's client: the service fetches it internally.
  var objectURL: String { "http://\(bucket).\(endpoint)/\(objectKey)" }

  /// The URL that the form is sent to; the response may only name a host.
  ///
  /// - Throws: ``ImageSearchError/Code/malformedResponse``.
  func address(scheme: String) throws -> WebAddress {
    guard !bucket.isEmpty, !endpoint.isEmpty,
      let address = try? WebAddress("\(scheme)://\(bucket).\(endpoint)/", field: "bucket"), address.path == "/",
      !address.hasQuery
    else {
      throw ImageSearchError(.malformedResponse, "the response's Bucket and Endpoint are no host")
    }
    return address
  }

  /// The form in the order of the vendor's client. The file must come last: what follows it is ignored.
  func request(_ address: WebAddress, _ image: any TransportBody, boundary: String) throws -> TransportRequest {
    var form = MultipartForm(boundary: boundary)
    form.addField("OSSAccessKeyId", accessKeyID)
    form.addField("Signature", signature)
    form.addField("host", endpoint)
    form.addField("key", objectKey)
    form.addField("policy", encodedPolicy)
    form.addField("success_action_status", "201")
    form.addFile("file", fileName: objectKey, contentType: "", body: image)
    var request = TransportRequest(method: .post, url: address.text)
    request.headers = [("Content-Type", form.contentType)]
    request.secrets = [accessKeyID, signature, encodedPolicy]
    request.body = form.body()
    return request
  }

  /// The bucket responds with 201, as the form requests, or with an error in XML. Another successful status is from
  /// some other server, for instance a login page.
  static func read(_ response: TransportResponse) -> Result<Void, ProviderFailure> {
    if response.status == 201 { return .success(()) }
    let text = String(decoding: response.body.prefix(4096), as: UTF8.self)
    let code = element("Code", in: text)
    var failure: ProviderFailure
    switch code {
    case "RequestTimeout", "ConnectionTimeout":
      failure = ProviderFailure(ImageSearchError(.providerTimeout, ""), .mayHaveBeenCounted)
    case "EntityTooLarge": failure = ProviderFailure(ImageSearchError(.imageTooLarge, ""), .never)
    case "RequestTimeTooSkewed": failure = ProviderFailure(ImageSearchError(.clockSkew, ""), .never)
    default: failure = ResponseFailure.byStatus(response.status)
    }
    if (200...299).contains(response.status) {
      failure.error.message = "the bucket responds with HTTP status \(response.status) where 201 was asked for"
      return .failure(failure)
    }
    let words = element("Message", in: text)
    failure.error.message =
      "the upload was refused" + (words.map { ": \($0)" } ?? " with HTTP status \(response.status)")
    failure.error.providerMessage = words
    failure.error.providerCode = code
    failure.error.requestID = element("RequestId", in: text)
    failure.error.httpStatus = response.status
    return .failure(failure)
  }

  /// The text of the first element of a name. The bucket's errors are not nested; the five entities are not decoded.
  private static func element(_ name: String, in text: String) -> String? {
    let opening = Array("<\(name)>".utf8)
    let closing = Array("</\(name)>".utf8)
    let bytes = Array(text.utf8)
    guard let start = position(of: opening, in: bytes[...]) else { return nil }
    let rest = bytes[(start + opening.count)...]
    guard let end = position(of: closing, in: rest) else { return nil }
    return String(decoding: rest[..<end], as: UTF8.self)
  }

  private static func position(of pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
    bytes.indices.first { bytes[$0...].starts(with: pattern) }
  }
}
