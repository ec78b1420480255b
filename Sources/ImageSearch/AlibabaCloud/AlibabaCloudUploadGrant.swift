/// The answer to `AuthorizeFileUpload`: leave to put one object into a temporary bucket (docs/sources/alibaba-image-search.md, 5.1).
struct AlibabaCloudUploadGrant: AlibabaCloudResponse {
  var answer = AlibabaCloudAnswer()
  let accessKeyID: String
  let bucket: String
  let encodedPolicy: String
  let endpoint: String
  let objectKey: String
  let signature: String

  init?(_ json: JSONValue) {
    func text(_ key: StaticString) -> String? { json.member(key)?.string }
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

  /// Where the form goes; an answer must not lead anywhere but to a host.
  ///
  /// - Throws: ``ImageSearchError/Code/malformedResponse``.
  func address(scheme: String) throws -> WebAddress {
    guard !bucket.isEmpty, !endpoint.isEmpty,
      let address = try? WebAddress("\(scheme)://\(bucket).\(endpoint)/", field: "bucket"), address.path == "/",
      !address.hasQuery
    else {
      throw ImageSearchError(.malformedResponse, "the answer's Bucket and Endpoint are no host")
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
    request.body = form.body()
    request.secrets = [accessKeyID, signature, encodedPolicy]
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
      failure.error.message = "the bucket answers with HTTP status \(response.status) where 201 was asked for"
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
