import FoundationEssentials
import Testing

@testable import ImageSearch

/// Every signature published by TinEye or its libraries (Tests/Vectors/tineye.json).
@Suite struct TinEyeSignatureTests {
  struct File: Decodable {
    let vectors: [Vector]
    let param_string_vectors: [ParameterString]
    let image_url_lower_vs_keep: LowerOrKeep
  }

  struct Vector: Decodable {
    let id: String
    let algorithm: String
    let private_key: String
    let method: String
    let api_url: String
    let action: String
    let date: Int64?
    let nonce: String?
    let params: [String: String]?
    let content_type: String?
    let file_name: String?
    let string_to_sign: String
    let expected_signature: String
  }

  struct ParameterString: Decodable {
    let params: [String: String]
    let computed: String?
  }

  struct LowerOrKeep: Decodable { let seed_search_keep_case: String }

  private func file() throws -> File {
    try JSONDecoder().decode(File.self, from: try Vectors.load("tineye.json"))
  }

  @Test func everyPublishedSignatureComesOut() throws {
    let vectors = try file().vectors
    #expect(vectors.count >= 37)
    for vector in vectors {
      let digest = vector.algorithm == "hmac-sha256" ? Digest.sha256 : .sha1
      let key = Secret(vector.private_key)
      if vector.method == "RAW" {
        let signature = Hex.encode(try digest.hmac(key: key, message: Array(vector.string_to_sign.utf8)))
        #expect(signature == vector.expected_signature, "\(vector.id)")
        continue
      }
      let parameters = (vector.params ?? [:]).map { (name: $0.key, value: $0.value) }
      let upload = vector.file_name.map { (contentType: vector.content_type ?? "", fileName: $0) }
      let signature = TinEyeSignature(
        privateKey: key, method: vector.method, url: vector.api_url + vector.action + "/", date: vector.date ?? 0,
        nonce: vector.nonce ?? "", parameters: parameters, upload: upload)
      #expect(signature.stringToSign == vector.string_to_sign, "\(vector.id)")
      #expect(try signature.sign(digest) == vector.expected_signature, "\(vector.id)")
    }
  }

  /// TinEye's old libraries signed the image's URL in lower case; otherwise, their parameter strings are the same as ours.
  @Test func parameterStringsAreThoseOfTheLibrariesButForTheCase() throws {
    for vector in try file().param_string_vectors {
      guard let computed = vector.computed else { continue }
      let parameters = vector.params.map { (name: $0.key, value: $0.value) }
      #expect(TinEyeSignature.parameterString(parameters).lowercased() == computed)
    }
  }

  @Test func theSeedSignsTheURLOfTheImageAsItIsSent() throws {
    let signature = TinEyeSignature(
      privateKey: Secret("6mm60lsCNIB,FwOWjJqA80QZHh9BMwc-ber4u=t^"), method: "GET",
      url: "https://api.tineye.com/rest/search/", date: 1_490_029_747, nonce: "5e3800e6e1f1a301796da0fdea79cef7",
      parameters: [("limit", "2"), ("image_url", "https://tineye.com/images/meloncat.jpg")])
    #expect(try signature.sign() == file().image_url_lower_vs_keep.seed_search_keep_case)
  }

  @Test func theNameOfAnUploadIsFormEncodedAndLowerCase() {
    let signature = TinEyeSignature(
      privateKey: Secret("k"), method: "POST", url: "https://api.tineye.com/rest/search/", date: 1, nonce: "n",
      parameters: [], upload: ("multipart/form-data; boundary=b", "Pretty Image.jpg"))
    #expect(
      signature.stringToSign
        == "kPOSTmultipart/form-data; boundary=bpretty+image.jpg1nhttps://api.tineye.com/rest/search/")
  }

  @Test func keysDoNotShow() {
    let credentials = TinEyeCredentials.signature(publicKey: "public-part", privateKey: "private-part")
    var text = "\(credentials)" + String(reflecting: credentials) + "\(Secret("private-part"))"
    dump(credentials, to: &text)
    dump(Secret("private-part"), to: &text)
    #expect(!text.contains("private-part"))
  }
}
