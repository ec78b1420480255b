/// How to sign in to TinEye.
public struct TinEyeCredentials: Sendable {
  enum Method: Sendable {
    case header(Secret)
    case signature(publicKey: String, privateKey: Secret)
  }

  let method: Method

  /// Today's way: the key travels in the header `x-api-key` (docs/sources/tineye.md, section 3).
  ///
  /// - Parameter key: the API key, formerly called the private key.
  public static func apiKey(_ key: String) -> TinEyeCredentials { TinEyeCredentials(method: .header(Secret(key))) }

  /// The signature of 2017–2022, HMAC-SHA256 over the whole request (docs/sources/tineye.md, section 4). The live service refuses
  /// it since; it serves replays and servers of one's own.
  public static func signature(publicKey: String, privateKey: String) -> TinEyeCredentials {
    TinEyeCredentials(method: .signature(publicKey: publicKey, privateKey: Secret(privateKey)))
  }

  /// The same keys in memory of their own, for a client to wipe.
  func copy() -> TinEyeCredentials {
    switch method {
    case .header(let key): TinEyeCredentials(method: .header(key.copy()))
    case .signature(let publicKey, let privateKey):
      TinEyeCredentials(method: .signature(publicKey: publicKey, privateKey: privateKey.copy()))
    }
  }

  var secrets: [Secret] {
    switch method {
    case .header(let key): [key]
    case .signature(_, let privateKey): [privateKey]
    }
  }

  func validate() throws {
    switch method {
    case .header(let key):
      try Self.check("API key", key.text)
    case .signature(let publicKey, let privateKey):
      try Self.check("public key", publicKey)
      try Self.check("private key", privateKey.text)
    }
  }

  // The message must not quote the key.
  private static func check(_ field: String, _ key: String) throws {
    guard !key.isEmpty else { throw ImageSearchError(.invalidArgument, "the \(field) is empty") }
    guard key.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
      throw ImageSearchError(.invalidArgument, "the \(field) contains a space or a character outside of ASCII")
    }
  }
}

extension TinEyeCredentials: CustomStringConvertible, CustomReflectable {
  /// Without the keys.
  public var description: String {
    switch method {
    case .header: "TinEyeCredentials(API key)"
    case .signature: "TinEyeCredentials(signature)"
    }
  }

  /// Without the keys.
  public var customMirror: Mirror { Mirror(self, children: []) }
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
  /// Everything that is sent beside the four parameters of the signature and the file.
  package var parameters: [(name: String, value: String)]
  /// Of an upload: the full header `Content-Type`, and the file's name.
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

  package var stringToSign: String {
    var text = privateKey.text + method
    if let upload { text += upload.contentType + PercentEncoding.encodeForm(upload.fileName).lowercased() }
    return text + String(date) + nonce + url + Self.parameterString(parameters)
  }

  package func sign(_ digest: Digest = .sha256) throws -> String {
    Hex.encode(try digest.hmac(key: privateKey, message: Array(stringToSign.utf8)))
  }

  /// `name=value` sorted by name. The URL of the image is signed as it goes on the wire, upper-case hexadecimal and letters
  /// kept: only so does the worked search of docs/sources/tineye.md, section 8 come out. The other values are plain (docs/sources/tineye.md, section 4).
  package static func parameterString(_ parameters: [(name: String, value: String)]) -> String {
    let unsigned: Set<String> = ["api_key", "api_sig", "nonce", "date", "image_upload"]
    return parameters.filter { !unsigned.contains($0.name) }
      .sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
      .map { "\($0.name)=\(wireValue($0))" }.joined(separator: "&")
  }

  /// The value as it is both signed and sent. TinEye's own clients sign every value but the image's URL unencoded, and the
  /// characters of `tags` and `domain` are allowed in a query as they are; so the two texts are one.
  package static func wireValue(_ parameter: (name: String, value: String)) -> String {
    var bytes: [UInt8] = []
    appendWireValue(parameter, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The same, behind other bytes of a URL.
  static func appendWireValue(_ parameter: (name: String, value: String), to bytes: inout [UInt8]) {
    if parameter.name == "image_url" {
      PercentEncoding.append(parameter.value, spaceAsPlus: true, to: &bytes)
    } else {
      bytes += parameter.value.utf8
    }
  }
}
