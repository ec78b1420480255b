/// Builds and signs the HTTP requests of all three versions.
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
  let version: AlibabaCloud.Version
  let endpoints: AlibabaCloudEndpoints
  let signatureMethod: AlibabaCloud.SignatureMethod
  let time: any TimeSource
  let random: any RandomSource

  private var now: Int64 { Int64(min(max(time.unixTime, 0), 1e15)) }

  /// An action of this instance; `InstanceName` is placed with the other parameters.
  func instanceAction(_ name: String, query: [Pair] = [], form: [Pair] = []) -> Action {
    let own = [Pair("InstanceName", instance)]
    return form.isEmpty
      ? Action(name: name, version: version.rawValue, query: own + query)
      : Action(name: name, version: version.rawValue, query: query, form: own + form)
  }

  // MARK: - 2020-12-14

  /// - Parameter base: the base URL of the service or of the open platform.
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
    // The transport adds `Host` itself, from the same URL.
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

  /// The form of 2019, with the image, if any, in base64. Reads the image once, for length and MD5.
  ///
  /// - Returns: the body and its MD5.
  func form(_ fields: [Pair], image: (any TransportBody)? = nil) throws -> (body: any TransportBody, md5: [UInt8]) {
    let start = Array(PercentEncoding.query([("InstanceName", instance)] + fields, form: true).utf8)
    guard let image else { return (BytesBody(start), try Digest.md5.hash(start)) }
    let head = start + Array("&PicContent=".utf8)
    var hash = try Digest.HashContext(.md5)
    try head.withUnsafeBytes { try hash.update($0) }
    let length = try FormBase64Body.length(of: image) { try hash.update($0) }
    return (JoinedBody([BytesBody(head), FormBase64Body(image, length: length)]), try hash.finish())
  }

  /// A POST; in 2018, the instance is named in the query, and the body is packed.
  ///
  /// - Parameters:
  ///   - path: for instance `/item/add`.
  ///   - md5: the MD5 of the body, which is signed.
  func request(path: String, body: any TransportBody, md5: [UInt8]) throws -> TransportRequest {
    let isPacked = version == .v20180120
    let query: [Pair] = isPacked ? [("instanceName", instance)] : []
    var headers: [Pair] = [
      ("Accept", "application/json"), ("Content-MD5", Base64.encode(md5)),
      ("Content-Type", isPacked ? Self.packedType : Self.formType),
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
    request.body = body
    return request
  }

  private static let formType = "application/x-www-form-urlencoded"
  private static let packedType = "application/octet-stream"

  private static func url(_ base: WebAddress, _ path: String, _ query: [Pair]) -> String {
    base.origin + base.pathPrefix + path + (query.isEmpty ? "" : "?" + PercentEncoding.query(query))
  }
}

// MARK: - Signatures

/// The three signatures of Alibaba Cloud.
enum AlibabaCloudSignature {
  typealias Pair = (name: String, value: String)

  /// Sorts by bytes, as all three schemes do.
  static func sorted(_ pairs: [Pair]) -> [Pair] {
    pairs.sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
  }

  /// ROA HMAC-SHA1 of 2018-01-20 and 2019-03-25 (docs/sources/alibaba-image-search.md, 2.3).
  struct ROA {
    var method: String
    var path: String
    /// A pair with an empty value is a key without a value.
    var query: [Pair]
    /// All headers that are sent: `Accept`, `Content-MD5`, `Content-Type`, `Date`, and `x-acs-…` in any case.
    var headers: [Pair]

    var stringToSign: String {
      func header(_ name: String) -> String { headers.first { $0.name.lowercased() == name }?.value ?? "" }
      var lines = [method, header("accept"), header("content-md5"), header("content-type"), header("date")]
      let own = headers.map { ($0.name.lowercased(), $0.value) }.filter { $0.0.hasPrefix("x-acs-") }
      lines += sorted(own).map { "\($0.name):\($0.value)" }
      // The values are signed before encoding.
      let pairs = sorted(query).map { $0.value.isEmpty ? $0.name : "\($0.name)=\($0.value)" }
      lines.append(pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&"))
      return lines.joined(separator: "\n")
    }

    func sign(_ secret: Secret) throws -> String {
      Base64.encode(try Digest.sha1.hmac(key: secret, message: Array(stringToSign.utf8)))
    }
  }

  /// ACS3-HMAC-SHA256 (5.2).
  struct ACS3 {
    static let algorithm = "ACS3-HMAC-SHA256"

    var method: String
    var path: String
    var query: [Pair]
    /// The headers to sign.
    var headers: [Pair]
    /// SHA-256 of the body in hexadecimal.
    var bodyHash: String

    private var lowerHeaders: [Pair] { sorted(headers.map { ($0.name.lowercased(), $0.value) }) }

    var signedHeaders: String { lowerHeaders.map(\.name).joined(separator: ";") }

    var canonicalRequest: String {
      let lines = lowerHeaders.map { "\($0.name):\(trimmed($0.value))\n" }.joined()
      let canonicalQuery = PercentEncoding.query(sorted(query))
      return [method, path, canonicalQuery, lines, signedHeaders, bodyHash].joined(separator: "\n")
    }

    func stringToSign() throws -> String {
      Self.algorithm + "\n" + Hex.encode(try Digest.sha256.hash(Array(canonicalRequest.utf8)))
    }

    func sign(_ secret: Secret) throws -> String {
      Hex.encode(try Digest.sha256.hmac(key: secret, message: Array(try stringToSign().utf8)))
    }

    func authorization(_ credentials: AlibabaCloudCredentials) throws -> String {
      let signature = try sign(credentials.accessKeySecret)
      let credential = "Credential=\(credentials.accessKeyID)"
      return "\(Self.algorithm) \(credential),SignedHeaders=\(signedHeaders),Signature=\(signature)"
    }

    private func trimmed(_ text: String) -> String {
      let bytes = Array(text.utf8)
      guard let first = bytes.firstIndex(where: { $0 > 32 }), let last = bytes.lastIndex(where: { $0 > 32 }) else {
        return ""
      }
      return String(decoding: bytes[first...last], as: UTF8.self)
    }
  }

  /// RPC HMAC-SHA1 (5.3).
  struct RPC {
    var method: String
    /// Query and form together, without the signature.
    var parameters: [Pair]

    var stringToSign: String {
      "\(method)&%2F&" + PercentEncoding.encode(PercentEncoding.query(sorted(parameters)))
    }

    func sign(_ secret: Secret) throws -> String {
      // This scheme appends an ampersand to the key.
      var key: [UInt8] = []
      key.reserveCapacity(secret.count + 1)
      defer { Secret.overwrite(&key) }
      secret.withUnsafeBytes { key += $0 }
      key.append(UInt8(ascii: "&"))
      return Base64.encode(try Digest.sha1.hmac(key: Secret(bytes: key), message: Array(stringToSign.utf8)))
    }
  }
}

// MARK: - Addresses

/// The endpoints of a client's requests.
struct AlibabaCloudEndpoints: Sendable {
  static let openPlatform = "openplatform.aliyuncs.com"

  let service: WebAddress
  let openPlatform: WebAddress
  /// The region's id, which only the upload needs; `nil` when neither the caller nor the endpoint's name gives it.
  let region: String?

  /// - Throws: ``ImageSearchError/Code/invalidArgument``, ``ImageSearchError/Code/invalidURL``.
  init(region: String?, options: AlibabaCloud.Options) throws {
    let region = region.flatMap { $0.isEmpty ? nil : $0 }
    if let region { try Self.check(region) }
    if let endpoint = options.endpoint, !endpoint.isEmpty {
      service = try Self.address(endpoint, field: "endpoint")
    } else {
      service = try Self.address(Self.host(of: region, options), field: "endpoint")
    }
    self.region = region ?? Self.region(ofHost: service.host)
    if let platform = options.openPlatformEndpoint, !platform.isEmpty {
      openPlatform = try Self.address(platform, field: "open platform endpoint")
    } else if service.host.hasSuffix(".aliyuncs.com") {
      openPlatform = try Self.address("\(service.scheme)://\(Self.openPlatform)", field: "open platform endpoint")
    } else {
      openPlatform = service
    }
  }

  /// The regions in the documentation, and the last two from the vendor's client (docs/sources/alibaba-image-search.md,
  /// section 4).
  static let regions = [
    "cn-hangzhou", "cn-shanghai", "cn-beijing", "cn-shenzhen", "cn-hongkong", "ap-southeast-1", "ap-northeast-1",
    "eu-central-1", "ap-southeast-2", "ap-south-1",
  ]

  private static func host(of region: String?, _ options: AlibabaCloud.Options) throws -> String {
    let allowed = "one of \(regions.joined(separator: ", ")), unless the options name an endpoint"
    guard let region else {
      throw ImageSearchError(.invalidArgument, "region is missing; it must be \(allowed)")
    }
    guard regions.contains(region) else { throw Validation.refusal("region", region, allowed) }
    return "imagesearch\(options.usesVPC ? "-vpc" : "").\(region).aliyuncs.com"
  }

  private static func check(_ region: String) throws {
    let isName = region.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    guard isName, region.utf8.count <= 63 else {
      throw Validation.refusal("region", region, "up to 63 small letters, digits and hyphens")
    }
  }

  /// A host alone is reached over https; plain http must be given explicitly.
  private static func address(_ text: String, field: String) throws -> WebAddress {
    try WebAddress.base(text.contains("://") ? text : "https://" + text, field: field)
  }

  private static func region(ofHost host: String) -> String? {
    let parts = host.split(separator: ".")
    guard parts.count == 4, parts[0] == "imagesearch" || parts[0] == "imagesearch-vpc", parts[2] == "aliyuncs" else {
      return nil
    }
    return String(parts[1])
  }
}

extension WebAddress {
  /// The header `Host` as sent: with the port unless it is the scheme's default.
  var hostHeader: String {
    guard let port, !(scheme == "https" && port == "443"), !(scheme == "http" && port == "80") else { return host }
    return "\(host):\(port)"
  }

  /// The path without a trailing slash, `""` for none.
  var pathPrefix: String { path == "/" ? "" : path }
}
