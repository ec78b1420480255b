import Testing

@testable import ImageSearch

/// Every signature that the vendor's clients made or the vendor published.
@Suite struct AlibabaCloudSignatureTests {
  private let secret = Secret("testsecret")

  @Test func roaSignaturesAreThoseOfTheVendorsClient() throws {
    let vectors = try AlibabaCloudVectors.load().vectors.filter { $0.scheme == "ROA HMAC-SHA1" }
    #expect(vectors.count == 7)
    for vector in vectors {
      let url = try #require(vector.url)
      let parts = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)[2]
        .split(separator: "?", maxSplits: 1)
      // The SDK signs before it adds these two.
      let headers = AlibabaCloudVectors.pairs(vector.headers).filter { $0.name != "Authorization" }
      let signature = AlibabaCloudSignature.ROA(
        method: vector.method, path: "/" + parts[0], query: AlibabaCloudVectors.pairs(ofQuery: String(parts[1])),
        headers: headers)
      #expect(signature.stringToSign == vector.string_to_sign, "\(vector.id)")
      #expect(try signature.sign(secret) == vector.signature, "\(vector.id)")
      let body = Array(try #require(vector.body).utf8)
      #expect(Base64.encode(try BytesBody(body).digest(.md5)) == vector.headers["Content-MD5"], "\(vector.id)")
    }
  }

  @Test func acs3SignaturesAreThoseOfTheVendorsClient() throws {
    let vectors = try AlibabaCloudVectors.load().vectors.filter { $0.scheme == "ACS3-HMAC-SHA256" }
    #expect(vectors.count == 7)
    for vector in vectors {
      let signature = AlibabaCloudSignature.ACS3(
        method: vector.method, path: vector.pathname ?? "", query: AlibabaCloudVectors.pairs(vector.query),
        headers: AlibabaCloudVectors.pairs(vector.headers).filter { $0.name != "Authorization" },
        bodyHash: Hex.encode(try Digest.sha256.hash(Array((vector.body ?? "").utf8))))
      #expect(signature.canonicalRequest == vector.canonical_request, "\(vector.id)")
      #expect(try signature.stringToSign() == vector.string_to_sign, "\(vector.id)")
      #expect(try signature.sign(secret) == vector.signature, "\(vector.id)")
      #expect(
        try signature.authorization(AlibabaCloudVectors.credentials) == vector.headers["Authorization"], "\(vector.id)")
    }
  }

  @Test func rpcSignaturesAreThoseOfTheVendorsClient() throws {
    let vectors = try AlibabaCloudVectors.load().vectors.filter { $0.scheme.hasPrefix("RPC") }
    #expect(vectors.count == 3)
    for vector in vectors {
      let query = AlibabaCloudVectors.pairs(vector.query).filter { $0.name != "Signature" }
      let signature = AlibabaCloudSignature.RPC(
        method: vector.method, parameters: query + AlibabaCloudVectors.pairs(ofQuery: vector.body ?? ""))
      #expect(signature.stringToSign == vector.string_to_sign, "\(vector.id)")
      #expect(try signature.sign(secret) == vector.signature, "\(vector.id)")
    }
  }

  @Test func publishedExamplesComeOut() throws {
    let vectors = try AlibabaCloudVectors.load().published_vectors
    #expect(vectors.count == 3)
    for vector in vectors {
      let key = Secret(vector.access_key_secret)
      if let canonical = vector.canonical_request {
        let signature = AlibabaCloudSignature.ACS3(
          method: vector.method, path: "/", query: AlibabaCloudVectors.pairs(ofQuery: vector.query ?? ""),
          headers: AlibabaCloudVectors.pairs(vector.headers), bodyHash: Hex.encode(try Digest.sha256.hash([])))
        #expect(signature.canonicalRequest == canonical, "\(vector.id)")
        #expect(try signature.stringToSign() == vector.string_to_sign, "\(vector.id)")
        #expect(try signature.sign(key) == vector.expected_signature, "\(vector.id)")
      } else {
        let signature = AlibabaCloudSignature.RPC(
          method: vector.method, parameters: AlibabaCloudVectors.pairs(vector.params))
        #expect(signature.stringToSign == vector.string_to_sign, "\(vector.id)")
        #expect(try signature.sign(key) == vector.expected_signature, "\(vector.id)")
      }
    }
  }

  @Test func aQueryKeyWithoutAValueIsSignedBare() {
    let signature = AlibabaCloudSignature.ROA(
      method: "POST", path: "/item/add", query: [("b", ""), ("a", "x y")], headers: [("X-Acs-Version", "1")])
    #expect(signature.stringToSign == "POST\n\n\n\n\nx-acs-version:1\n/item/add?a=x y&b")
  }

  @Test func keysDoNotShowAndAreChecked() throws {
    let credentials = AlibabaCloudCredentials(
      accessKeyID: "id", accessKeySecret: "hidden-secret", securityToken: "hidden-token")
    var text = "\(credentials)" + String(reflecting: credentials)
    dump(credentials, to: &text)
    #expect(!text.contains("hidden"))
    try credentials.validate()
    let bad = AlibabaCloudCredentials(accessKeyID: "id", accessKeySecret: "hidden\nsecret")
    let error = #expect(throws: ImageSearchError.self) { try bad.validate() }
    #expect(error?.message.contains("hidden") == false)
    #expect(throws: ImageSearchError.self) {
      try AlibabaCloudCredentials(accessKeyID: "", accessKeySecret: "s").validate()
    }
  }

  @Test func theEnvironmentGivesAKey() throws {
    var environment = ["ALIBABA_CLOUD_ACCESS_KEY_ID": "id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "secret"]
    #expect(try AlibabaCloudCredentials.from(environment).securityToken == nil)
    environment["ALIBABA_CLOUD_SECURITY_TOKEN"] = "token"
    let credentials = try AlibabaCloudCredentials.from(environment)
    #expect(credentials.accessKeyID == "id")
    #expect(credentials.accessKeySecret.text == "secret")
    #expect(credentials.securityToken?.text == "token")
    environment["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = ""
    let error = #expect(throws: ImageSearchError.self) { try AlibabaCloudCredentials.from(environment) }
    #expect(error?.message == "the environment variable ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set")
  }
}
