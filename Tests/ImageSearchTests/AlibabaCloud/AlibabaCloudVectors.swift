import FoundationEssentials

@testable import ImageSearch

/// Requests captured from the vendor's own clients, and examples that the vendor published (Tests/Vectors).
struct AlibabaCloudVectors: Decodable {
  let vectors: [Vector]
  let published_vectors: [Published]
  let advance_flow: Flow

  struct Vector: Decodable {
    let id: String
    let scheme: String
    let method: String
    let url: String?
    let pathname: String?
    let query: [String: String]?
    let headers: [String: String]
    let body: String?
    let canonical_request: String?
    let string_to_sign: String
    let signature: String
  }

  struct Published: Decodable {
    let id: String
    let scheme: String
    let access_key_id: String
    let access_key_secret: String
    let method: String
    let headers: [String: String]?
    let query: String?
    let params: [String: String]?
    let canonical_request: String?
    let string_to_sign: String
    let expected_signature: String
  }

  struct Flow: Decodable {
    let requests: [Request]
  }

  struct Request: Decodable {
    let method: String
    let host: String
    let query: [String: String]
    let headers: [String: String]
    let body: String?
  }

  static func load() throws -> AlibabaCloudVectors {
    try JSONDecoder().decode(AlibabaCloudVectors.self, from: try Vectors.load("alibaba-image-search.json"))
  }

  static let credentials = AlibabaCloudCredentials(accessKeyID: "testid", accessKeySecret: "testsecret")

  static func pairs(_ dictionary: [String: String]?) -> [(name: String, value: String)] {
    (dictionary ?? [:]).map { (name: $0.key, value: $0.value) }
  }

  /// Decoded pairs of a query or form.
  static func pairs(ofQuery text: String) -> [(name: String, value: String)] {
    text.split(separator: "&").map { piece in
      let parts = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (name: decode(parts[0]), value: parts.count > 1 ? decode(parts[1]) : "")
    }
  }

  private static func decode(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? 32 : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
