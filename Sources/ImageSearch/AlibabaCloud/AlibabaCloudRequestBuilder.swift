/// Builds and signs the HTTP requests of all three generations.
struct AlibabaCloudRequestBuilder: Sendable {
  typealias Pair = (name: String, value: String)

  /// A call in the style of 2020-12-14: an action with parameters in the query and in the form.
  struct Action: Sendable {
    var name: String
    var version: String
    var method = TransportRequest.Method.post
    var query: [Pair] = []
    var form: [Pair] = []
  }

  let credentials: AlibabaCloudCredentials
  let instance: String
  let version: AlibabaCloudVersion
  let endpoints: AlibabaCloudEndpoints
  let signatureMethod: AlibabaCloudSignatureMethod
  let time: any TimeSource
  let random: any RandomSource

  private var now: Int64 { Int64(min(max(time.unixTime, 0), 1e15)) }

  /// An action of this instance; `InstanceName` goes where the other parameters are.
  func instanceAction(_ name: String, query: [Pair] = [], form: [Pair] = []) -> Action {
    let own = [Pair("InstanceName", instance)]
    return form.isEmpty
      ? Action(name: name, version: version.rawValue, query: own + query)
      : Action(name: name, version: version.rawValue, query: query, form: own + form)
  }

  // MARK: - 2020-12-14

  /// - Parameter base: where to, the service or the open platform.
  func request(_ action: Action, base: WebAddress) throws -> TransportRequest {
    switch signatureMethod {
    case .acs3: try acs3(action, base)
    case .rpc: try rpc(action, base)
    }
  }

  private func acs3(_ action: Action, _ base: WebAddress) throws -> TransportRequest {
    let body = formBody(action)
    var signed: [Pair] = [
      ("host", base.hostHeader), ("x-acs-action", action.name), ("x-acs-version", action.version),
      ("x-acs-date", HTTPDate.formatISO(now)), ("x-acs-signature-nonce", try random.hex(byteCount: 16)),
      ("x-acs-content-sha256", Hex.encode(try Digest.sha256.hash(body ?? []))),
    ]
    if body != nil { signed.append(("content-type", Self.formType)) }
    if let token = credentials.securityToken { signed.append(("x-acs-security-token", token.text)) }
    let path = base.pathPrefix + "/"
    let signature = AlibabaCloudSignature.ACS3(
      method: action.method.rawValue, path: path, query: action.query, headers: signed, bodyHash: signed[5].value)
    var request = TransportRequest(method: action.method, url: Self.url(base, "/", action.query))
    // The transport writes `Host` itself, from the same URL.
    request.headers = signed.dropFirst() + [("Accept", "application/json")]
    request.headers.append(("Authorization", try signature.authorization(credentials)))
    if let body { request.body = BytesBody(body) }
    return request
  }

  private func rpc(_ action: Action, _ base: WebAddress) throws -> TransportRequest {
    var query: [Pair] = [
      ("Action", action.name), ("Version", action.version), ("Format", "json"),
      ("Timestamp", HTTPDate.formatISO(now)), ("SignatureNonce", try random.hex(byteCount: 16)),
      ("SignatureMethod", "HMAC-SHA1"), ("SignatureVersion", "1.0"), ("AccessKeyId", credentials.accessKeyID),
    ]
    if let token = credentials.securityToken { query.append(("SecurityToken", token.text)) }
    query += action.query
    let signature = AlibabaCloudSignature.RPC(method: action.method.rawValue, parameters: query + action.form)
    query.append(("Signature", try signature.sign(credentials.accessKeySecret)))
    var request = TransportRequest(method: action.method, url: Self.url(base, "/", query))
    request.headers = [("Accept", "application/json")]
    if let body = formBody(action) {
      request.headers.append(("Content-Type", Self.formType))
      request.body = BytesBody(body)
    }
    return request
  }

  private func formBody(_ action: Action) -> [UInt8]? {
    action.form.isEmpty
      ? nil : Array(PercentEncoding.query(AlibabaCloudSignature.sorted(action.form), form: true).utf8)
  }

  // MARK: - 2018-01-20 and 2019-03-25

  /// A body with what is signed of it.
  struct Content: Sendable {
    var contentType: String
    /// MD5 in base64.
    var md5: String
    var body: any TransportBody
  }

  /// The packed body of 2018. Passes through the images once, for the MD5.
  func content(_ packed: PackedBody) throws -> Content {
    let body = packed.body
    return Content(
      contentType: "application/octet-stream", md5: Base64.encode(try body.digest(.md5)), body: body)
  }

  /// The form of 2019, its image, if there is one, in base64. Passes through the image once, for length and MD5.
  func content(form: [Pair], image: (any TransportBody)? = nil) throws -> Content {
    let start = Array(PercentEncoding.query([("InstanceName", instance)] + form, form: true).utf8)
    guard let image else {
      return Content(contentType: Self.formType, md5: Base64.encode(try Digest.md5.hash(start)), body: BytesBody(start))
    }
    let head = start + Array("&PicContent=".utf8)
    var hash = try Digest.HashContext(.md5)
    try head.withUnsafeBytes { try hash.update($0) }
    let length = try FormBase64Body.length(of: image) { try hash.update($0) }
    let body = JoinedBody([BytesBody(head), FormBase64Body(image, length: length)])
    return Content(contentType: Self.formType, md5: Base64.encode(try hash.finish()), body: body)
  }

  /// - Parameter path: for instance `/item/add`.
  func request(path: String, query: [Pair], _ content: Content) throws -> TransportRequest {
    var headers: [Pair] = [
      ("Accept", "application/json"), ("Content-MD5", content.md5), ("Content-Type", content.contentType),
      ("Date", HTTPDate.format(now)), ("x-acs-version", version.rawValue),
      ("x-acs-signature-nonce", try random.hex(byteCount: 16)), ("x-acs-signature-method", "HMAC-SHA1"),
      ("x-acs-signature-version", "1.0"),
    ]
    if let token = credentials.securityToken { headers.append(("x-acs-security-token", token.text)) }
    let base = endpoints.service
    let signature = AlibabaCloudSignature.ROA(
      method: "POST", path: base.pathPrefix + path, query: query, headers: headers)
    headers.append(
      ("Authorization", "acs \(credentials.accessKeyID):\(try signature.sign(credentials.accessKeySecret))"))
    var request = TransportRequest(method: .post, url: Self.url(base, path, query))
    request.headers = headers
    request.body = content.body
    return request
  }

  private static let formType = "application/x-www-form-urlencoded"

  private static func url(_ base: WebAddress, _ path: String, _ query: [Pair]) -> String {
    base.origin + base.pathPrefix + path + (query.isEmpty ? "" : "?" + PercentEncoding.query(query))
  }
}
