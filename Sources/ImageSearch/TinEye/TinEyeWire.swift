/// Builds the HTTP requests of TinEye.
struct TinEyeRequestBuilder: Sendable {
  let base: WebAddress
  let credentials: TinEyeCredentials
  let time: any TimeSource
  let random: any RandomSource

  /// A GET of `method`, for instance `search`.
  func get(_ method: String, _ parameters: [(name: String, value: String)]) throws -> TransportRequest {
    var query = parameters
    query += try signature("GET", method, parameters, upload: nil)
    var request = TransportRequest(method: .get, url: url(method, query))
    addKey(&request)
    return request
  }

  /// A POST of the image. With the key in the header, the parameters are in the form, as in TinEye's Python and PHP
  /// libraries; in a signed request they are in the query, as in the Python and Node libraries of that time.
  func upload(
    _ parameters: [(name: String, value: String)], fileName: String, mimeType: String, body: any TransportBody
  ) throws -> TransportRequest {
    var form = MultipartForm(boundary: "imagesearch-\(try random.hex(byteCount: 16))")
    var query: [(name: String, value: String)] = []
    switch credentials.method {
    case .header:
      for (name, value) in parameters { form.addField(name, value) }
    case .signature:
      query = parameters + (try signature("POST", "search", parameters, upload: (form.contentType, fileName)))
    }
    form.addFile("image_upload", fileName: fileName, contentType: mimeType, body: body)
    var request = TransportRequest(method: .post, url: url("search", query))
    request.headers.append(("Content-Type", form.contentType))
    request.body = form.body()
    addKey(&request)
    return request
  }

  private func addKey(_ request: inout TransportRequest) {
    if case .header(let key) = credentials.method { request.headers.append(("x-api-key", key.text)) }
  }

  private func signature(
    _ httpMethod: String, _ method: String, _ parameters: [(name: String, value: String)],
    upload: (contentType: String, fileName: String)?
  ) throws -> [(name: String, value: String)] {
    guard case .signature(let publicKey, let privateKey) = credentials.method else { return [] }
    // 32 digits: the server requires 8, TinEye's own libraries use 24 and more.
    let nonce = try random.hex(byteCount: 16)
    let date = Int64(min(max(time.unixTime, 0), 1e15))
    let signature = TinEyeSignature(
      privateKey: privateKey, method: httpMethod, url: url(method, []), date: date, nonce: nonce,
      parameters: parameters,
      upload: upload)
    return [
      ("api_key", publicKey), ("api_sig", try signature.sign()), ("nonce", nonce), ("date", String(date)),
    ]
  }

  private func url(_ method: String, _ query: [(name: String, value: String)]) -> String {
    // In bytes: appending that many short strings costs more than the rest of preparing a request.
    var url: [UInt8] = []
    url.reserveCapacity(256)
    url += base.text.utf8
    url.append(UInt8(ascii: "/"))
    url += method.utf8
    // The trailing slash is part of the path and is signed.
    url.append(UInt8(ascii: "/"))
    var separator = UInt8(ascii: "?")
    for parameter in query {
      url.append(separator)
      url += parameter.name.utf8
      url.append(UInt8(ascii: "="))
      if parameter.name == "api_key" {
        PercentEncoding.append(parameter.value, spaceAsPlus: false, to: &url)
      } else {
        TinEyeSignature.appendWireValue(parameter, to: &url)
      }
      separator = UInt8(ascii: "&")
    }
    return String(decoding: url, as: UTF8.self)
  }
}

/// The signature of 2017–2022: `HMAC-SHA256(private key, private key + method + … )` in lower-case hexadecimal.
package struct TinEyeSignature: Sendable {
  package var privateKey: Secret
  /// `GET` or `POST`.
  package var method: String
  /// The URL as called, without query.
  package var url: String
  /// Seconds since 1970.
  package var date: Int64
  package var nonce: String
  /// Everything that is sent, except the four parameters of the signature and the file.
  package var parameters: [(name: String, value: String)]
  /// For an upload, the full header `Content-Type` and the file's name.
  package var upload: (contentType: String, fileName: String)?

  package init(
    privateKey: Secret, method: String, url: String, date: Int64, nonce: String,
    parameters: [(name: String, value: String)], upload: (contentType: String, fileName: String)? = nil
  ) {
    self.privateKey = privateKey
    self.method = method
    self.url = url
    self.date = date
    self.nonce = nonce
    self.parameters = parameters
    self.upload = upload
  }

  package var stringToSign: String { privateKey.text + unsigned }

  /// What is signed behind the private key.
  private var unsigned: String {
    var text = method
    if let upload { text += upload.contentType + PercentEncoding.encodeForm(upload.fileName).lowercased() }
    return text + String(date) + nonce + url + Self.parameterString(parameters)
  }

  package func sign(_ digest: Digest = .sha256) throws -> String {
    let rest = unsigned.utf8
    var message: [UInt8] = []
    // All at once: an array that grows leaves the key behind.
    message.reserveCapacity(privateKey.count + rest.count)
    defer { Secret.overwrite(&message) }
    privateKey.withUnsafeBytes { message += $0 }
    message += rest
    return Hex.encode(try digest.hmac(key: privateKey, message: message))
  }

  /// `name=value` sorted by name. The URL of the image is signed as it is sent, with upper-case hexadecimal digits and
  /// its letters' case kept: only then does the worked example of docs/sources/tineye.md, section 8 match. The other
  /// values are not encoded (docs/sources/tineye.md, section 4).
  package static func parameterString(_ parameters: [(name: String, value: String)]) -> String {
    let unsigned: Set<String> = ["api_key", "api_sig", "nonce", "date", "image_upload"]
    return parameters.filter { !unsigned.contains($0.name) }
      .sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
      .map { "\($0.name)=\(wireValue($0))" }.joined(separator: "&")
  }

  /// The value as it is both signed and sent. TinEye's own clients sign every value except the image's URL unencoded,
  /// and the characters of `tags` and `domain` need no encoding in a query, so both forms are the same.
  package static func wireValue(_ parameter: (name: String, value: String)) -> String {
    var bytes: [UInt8] = []
    appendWireValue(parameter, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the same to the bytes of a URL.
  static func appendWireValue(_ parameter: (name: String, value: String), to bytes: inout [UInt8]) {
    if parameter.name == "image_url" {
      PercentEncoding.append(parameter.value, spaceAsPlus: true, to: &bytes)
    } else {
      bytes += parameter.value.utf8
    }
  }
}
