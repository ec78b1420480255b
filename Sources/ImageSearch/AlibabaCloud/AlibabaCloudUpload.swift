/// Images on their way to the service: fetched, checked, if asked for re-encoded, and uploaded.
extension AlibabaCloud {
  /// Fetches an image that is behind a URL, checks it, and re-encodes it where that is asked for and needed.
  ///
  /// - Parameters:
  ///   - image: becomes the image to send.
  ///   - region: a part of the image as it was given; becomes the same part of the one to send.
  /// - Returns: the header of the image to send, and what the caller should know.
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
      // Too large, or turned by EXIF; nothing repairs a damaged image.
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

  /// A region of the original in the pixels of what is sent; one beyond every image stays, to be refused.
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
  /// - Returns: the address that the service reads it from.
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
    // As plain or safe as the way to the platform that named the bucket.
    let address = try grant.address(scheme: builder.endpoints.openPlatform.scheme)
    let body = try image.body()
    // A host that a response named: no private one, unless the platform itself is one's own or inside of a private network.
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

/// The response to `AuthorizeFileUpload`: leave to put one object into a temporary bucket (docs/sources/alibaba-image-search.md, 5.1).
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

  /// What the real call names as the image. Plain http is the vendor's own spelling: the service fetches it inside.
  var objectURL: String { "http://\(bucket).\(endpoint)/\(objectKey)" }

  /// Where the form goes; a response must not lead anywhere but to a host.
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

  /// The form in the order of the vendor's client; the file comes last, what follows it is ignored.
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

  /// The bucket answers 201, for which the form asked, or an error in XML. Another status that says yes is some other server's, a
  /// login page's for instance.
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
    default: failure = AnswerFailure.byStatus(response.status)
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

  /// The text of the first element of a name. The bucket's errors are flat; the five entities are left as they are.
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
