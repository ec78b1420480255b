import Testing

@testable import ImageSearch

/// URLs as users write them, and their form on the wire, which is a browser's.
@Suite struct URLSpellingTests {
  @Test(arguments: [
    ("https://a.example/b c.jpg", "https://a.example/b%20c.jpg"),
    ("https://a.example/b%20c d.jpg", "https://a.example/b%20c%20d.jpg"),
    (
      "https://a.example/\u{56FE}/\u{E4}.jpg?q=\u{E4} \u{F6}",
      "https://a.example/%E5%9B%BE/%C3%A4.jpg?q=%C3%A4%20%C3%B6"
    ),
    ("  https://a.example/b.jpg\n", "https://a.example/b.jpg"),
    ("https://a.example/lo\n\tng.jpg", "https://a.example/long.jpg"),
    ("https://a.example\\b\\c.jpg?d\\e", "https://a.example/b/c.jpg?d\\e"),
    ("https://%61.example/b", "https://a.example/b"),
    ("https://a.example/\u{1}\u{7F}", "https://a.example/%01%7F"),
    ("https://a.example/100%", "https://a.example/100%"),
    ("https://b\u{FC}cher.example:8080/\u{E4}", "https://xn--bcher-kva.example:8080/%C3%A4"),
    ("HTTPS://A.Example/\u{E4}", "HTTPS://A.Example/%C3%A4"),
    ("https://a.example/already%C3%A4?x=1#y z", "https://a.example/already%C3%A4?x=1#y%20z"),
  ])
  func encoded(_ given: String, _ wire: String) throws {
    #expect(try WebAddress(given, field: "URL").text == wire)
    #expect(try WebAddress.check(given, field: "URL") == wire)
    // Encoding is idempotent.
    #expect(try WebAddress(wire, field: "URL").text == wire)
  }

  /// URLs that no browser would request; messages do not quote them.
  @Test(arguments: [
    "", " ", "a.example/secret", "//a.example/secret", "ftp://secret.example/", "file:///secret", "javascript:secret",
    "http://", "http:///", "https://user:secret@a.example/", "https://secret@a.example/", "https://a b.example/secret",
    "https://a.example:99999/secret", "https://a.example:x/secret", "https://[::1/secret",
    "https://a%00.example/secret",
    "https://a%2Fb.example/secret", "https://a%40b.example/secret", "data:image/png;base64,secret", "http:secret",
  ])
  func refused(_ text: String) {
    let error = #expect(throws: ImageSearchError.self) { try WebAddress(text, field: "image URL") }
    #expect(error?.code == .invalidURL)
    #expect(error?.message.hasPrefix("image URL ") == true)
    #expect(error?.message.contains("secret") != true)
  }

  @Test func addressesInOddSpellingsStayWhatTheyAre() throws {
    // They are checked when a connection is opened, by the resolved address.
    for host in ["0x7f.1", "2130706433", "127.0.0.1.", "017700000001"] {
      #expect(try WebAddress("http://\(host)/", field: "URL").text == "http://\(host)/")
    }
  }

  @Test func images() {
    #expect(DataURL.decode("data:image/png;base64,iVBORw0KGgo=") == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    #expect(DataURL.decode("DATA:;base64,aGk") == Array("hi".utf8))
    #expect(DataURL.decode("data:,a%20b") == Array("a b".utf8))
    #expect(DataURL.decode("data:image/png;charset=x;base64, aG\nk= ") == Array("hi".utf8))
    #expect(DataURL.decode("data:image/png;base64,a*b") == nil)
    #expect(DataURL.decode("data:image/png;base64") == nil)
    #expect(DataURL.decode("https://a.example/") == nil)
    #expect(DataURL.isOne(" Data:,") && !DataURL.isOne("date:,"))
  }
}
