import Testing

@testable import ImageSearch

/// Addresses that are requested, and addresses that are rejected before.
@Suite struct WebAddressTests {
  @Test func parts() throws {
    let address = try WebAddress("HTTPS://Example.ORG:8443/A/b.jpg?x=1#y", field: "URL")
    #expect(address.scheme == "https")
    #expect(address.host == "example.org")
    #expect(address.port == "8443")
    #expect(address.path == "/A/b.jpg")
    #expect(address.hasQuery)
    #expect(address.origin == "https://example.org:8443")
    #expect(address.text == "HTTPS://Example.ORG:8443/A/b.jpg?x=1#y")
    let short = try WebAddress("http://example.org", field: "URL")
    #expect(short.path == "/" && short.port == nil && !short.hasQuery)
    #expect(try WebAddress("http://[::1]:80/", field: "URL").host == "[::1]")
    #expect(try WebAddress("https://example.org/#f", field: "URL").hasQuery)
  }

  @Test func refused() {
    let wrong = [
      "", " ", "example.org", "//example.org/a", "/search/a", "ftp://example.org/", "file:///etc/passwd", "gopher://h/",
      "javascript:alert(1)", "https://", "http:///", "https://user@example.org/", "https://user:pw@example.org/",
      "https://exa mple.org/", "https://example.org:99999/", "https://example.org:x/", "https://[::1/",
      "https://example.org/" + String(repeating: "a", count: 8192),
    ]
    for text in wrong {
      let error = #expect(throws: ImageSearchError.self, "\(text.prefix(60))") {
        try WebAddress(text, field: "image URL")
      }
      #expect(error?.code == .invalidURL)
      #expect(throws: ImageSearchError.self, "\(text.prefix(60))") { try WebAddress.check(text, field: "image URL") }
      #expect(error?.message.hasPrefix("image URL ") == true)
      // A password must not get into a log through the error message.
      #expect(error?.message.contains("pw") != true)
    }
  }

  @Test func theBaseKeepsItsPath() throws {
    #expect(try WebAddress.base("https://api.tineye.com/rest/").text == "https://api.tineye.com/rest")
    #expect(try WebAddress.base("http://127.0.0.1:8080///").text == "http://127.0.0.1:8080")
    #expect(try WebAddress.base("https://proxy.example/a/b").path == "/a/b")
    for text in [
      "https://example.org/?a=b", "https://example.org/#x", "https://example.org/a?", "https://example.org#", "http://",
      "///", "example.org/rest",
    ] {
      let error = #expect(throws: ImageSearchError.self) { try WebAddress.base(text) }
      #expect(error?.code == .invalidURL)
    }
  }

  @Test func thePlainestNeedNoParser() {
    for text in ["https://example.org/", "http://1.a/b?c=%zz#[d]", "https://EXAMPLE.org/a//../b\\c"] {
      #expect(WebAddress.isPlain(text) && (try? WebAddress(text, field: "URL")) != nil)
    }
    for text in [
      "https://example.org", "https://127.0.0.1/", "https://a.example:80/", "HTTPS://a.example/",
      "https://\u{E4}.example/",
    ] {
      #expect(!WebAddress.isPlain(text))
    }
  }

  @Test func noTextTraps() {
    var state: UInt64 = 42
    var plain = 0
    let alphabet = Array("ht:/p@[]%?#.\\ a1\u{0}\u{7F}ü漢\n&=;")
    for _ in 0..<3000 {
      var text = ["http://", "https://", ""][Int(state % 3)]
      for _ in 0..<Int(state >> 8 & 31) {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text.append(alphabet[Int(state >> 33) % alphabet.count])
      }
      state = state &* 6_364_136_223_846_793_005 &+ 1
      let address = try? WebAddress(text, field: "URL")
      if WebAddress.isPlain(text) {
        plain += 1
        #expect(address != nil, "\(text)")
      }
      if let address {
        #expect(!address.host.isEmpty)
        #expect(address.scheme == "http" || address.scheme == "https")
        _ = try? WebAddress.base(text)
      }
    }
    #expect(plain > 0)
  }
}
