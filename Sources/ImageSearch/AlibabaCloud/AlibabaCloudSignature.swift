/// How a request of 2020-12-14 is signed; older generations have a scheme of their own.
public enum AlibabaCloudSignatureMethod: String, Sendable, CaseIterable {
  /// HMAC-SHA256 in the header `Authorization`, today's (docs/sources/alibaba-image-search.md, 5.2).
  case acs3 = "ACS3-HMAC-SHA256"
  /// HMAC-SHA1 in the query, which the vendor calls discontinued but serves (5.3).
  case rpc = "HMAC-SHA1"
}

/// The three signatures of Alibaba Cloud.
enum AlibabaCloudSignature {
  typealias Pair = (name: String, value: String)

  /// By bytes, as all three schemes sort.
  static func sorted(_ pairs: [Pair]) -> [Pair] {
    pairs.sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
  }

  /// ROA HMAC-SHA1 of 2018-01-20 and 2019-03-25 (docs/sources/alibaba-image-search.md, 2.3).
  struct ROA {
    var method: String
    var path: String
    /// A pair with an empty value is a key without one.
    var query: [Pair]
    /// Everything that is sent: `Accept`, `Content-MD5`, `Content-Type`, `Date`, and `x-acs-…` in any case.
    var headers: [Pair]

    var stringToSign: String {
      func header(_ name: String) -> String { headers.first { $0.name.lowercased() == name }?.value ?? "" }
      var lines = [method, header("accept"), header("content-md5"), header("content-type"), header("date")]
      let own = headers.map { ($0.name.lowercased(), $0.value) }.filter { $0.0.hasPrefix("x-acs-") }
      lines += sorted(own).map { "\($0.name):\($0.value)" }
      // The values are signed as they are, not as they travel.
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
      // The key of this scheme ends in an ampersand.
      let key = Secret(secret.text + "&")
      return Base64.encode(try Digest.sha1.hmac(key: key, message: Array(stringToSign.utf8)))
    }
  }
}
