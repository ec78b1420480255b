import FoundationEssentials
import Testing

@testable import ImageSearch

/// Secrets are redacted in every encoding in which a server may return them.
@Suite struct RedactorTests {
  @Test func everySpellingOfOneKey() {
    let key = "6mm60lsCNIB,FwOWjJqA80QZHh9BMwc-ber4u=t^ +/é"
    let redactor = Redactor([Secret(key)])
    for spelling in Spelling.all {
      let text = spelling.write(key)
      guard spelling.canBeCut else { continue }
      #expect(
        redactor.redact("before \(text) after \(text)|\(text)") == "before [secret] after [secret]|[secret]",
        "\(spelling.name)")
    }
  }

  /// Keys of every alphabet and length, in every encoding and nested encodings, complete and truncated, inside other text.
  @Test func everySpellingOfAnyKey() {
    var generator = SeededGenerator(seed: 20_261_126)
    for number in 0..<400 {
      let key = Spelling.key(&generator)
      let redactor = Redactor([Secret("another-key-of-the-client"), Secret(key)])
      for spelling in Spelling.all {
        var text = spelling.write(key)
        var names = spelling.name
        if spelling.canBeWrapped, Bool.random(using: &generator),
          let outer = Spelling.wrappers.randomElement(using: &generator)
        {
          text = outer.write(text)
          names += " in \(outer.name)"
        }
        let message = "the key ‹\(text)› is wrong"
        let redacted = redactor.redact(message)
        // A base64 digit that also depends on the text after the key stays.
        let digits = spelling.canBeCut ? 0 : 4
        #expect(
          redacted.hasPrefix("the key ‹[secret]")
            && redacted.utf8.count <= "the key ‹[secret]› is wrong".utf8.count + digits,
          "key \(number) \(key), \(names): \(message)")
        #expect(String(decoding: redactor.redact(Array(message.utf8)), as: UTF8.self) == redacted)
      }
      for spelling in Spelling.all where spelling.canBeCut && key.utf8.count >= 16 && key.utf8.allSatisfy({ $0 < 128 })
      {
        let kept = Int.random(in: (key.utf8.count + 1) / 2..<key.utf8.count, using: &generator)
        for part in [String(key.prefix(kept)), String(key.suffix(kept))] {
          let redacted = redactor.redact("key: ‹\(spelling.write(part))›")
          #expect(redacted == "key: ‹[secret]›", "key \(key), \(spelling.name) of \(part)")
        }
      }
    }
  }

  @Test func inBase64BesideOthersAndCutShort() {
    let key = "s3cr3t-Proxy-Passw0rd"
    let redactor = Redactor([Secret(key)])
    for user in ["", "u", "us", "use", "user", "somebody.else"] {
      let basic = Data((user + ":" + key).utf8).base64EncodedString()
      let redacted = redactor.redact("Authorization: Basic \(basic), cut: \(basic.suffix(24))")
      #expect(!Self.shows(key, redacted), "\(redacted)")
      #expect(redacted.hasPrefix("Authorization: Basic "))
    }
    // Lines of 16 characters, as in mail.
    let lines = Data(("{\"password\": \"\(key)\"}").utf8).base64EncodedString()
      .enumerated().map { $0.offset % 16 == 15 ? "\($0.element)\r\n" : "\($0.element)" }.joined()
    #expect(redactor.redact(lines).contains("[secret]"))
  }

  /// Whether six base64 characters that depend on the key only are left.
  private static func shows(_ key: String, _ text: String) -> Bool {
    for before in ["", "a", "ab"] {
      let digits = Array(Data((before + key).utf8).base64EncodedString().dropFirst(before.isEmpty ? 0 : 4).dropLast(4))
      for start in 0..<max(0, digits.count - 10) where text.contains(String(digits[start..<start + 10])) { return true }
    }
    return text.contains(key)
  }

  @Test func everyPartOfAnError() {
    var error = ImageSearchError(.providerError, "bad key topsecret")
    error.providerMessage = "topsecret is wrong; server string to sign is: GET&%2F&AccessKeyId%3Dmine"
    error.providerCode = "E-topsecret"
    error.requestID = "id/topsecret"
    let redacted = Redactor([Secret("topsecret"), Secret("other")]).redact(error)
    #expect(!"\(redacted)\(String(reflecting: redacted))".contains("topsecret"))
    #expect(redacted.message == "bad key [secret]")
    #expect(redacted.providerMessage == "[secret] is wrong; server …")
    #expect(redacted.code == .providerError)
  }

  @Test func whatSignsARequestInIsASecretOfThatRequest() {
    var request = TransportRequest(
      method: .get,
      url:
        "https://a.example/?AccessKeyId=LTAI5tExample&Signature=abCD%2B123%2F45%3D&SignatureNonce=9f8e7d6c5b4a&q=public-words"
    )
    request.headers = [
      (
        "Authorization",
        "ACS3-HMAC-SHA256 Credential=STS.key12345,SignedHeaders=host;x-acs-date,Signature=0123456789abcdef"
      ),
      ("x-acs-security-token", "token-token-token"), ("Accept", "application/json"),
      ("x-acs-signature-method", "HMAC-SHA1"),
    ]
    let redactor = Redactor([]).adding(request)
    let echo = "LTAI5tExample abCD+123/45= 9f8e7d6c5b4a STS.key12345 0123456789abcdef token-token-token"
    #expect(redactor.redact(echo) == Array(repeating: "[secret]", count: 6).joined(separator: " "))
    let other = "public-words application/json HMAC-SHA1 ACS3-HMAC-SHA256"
    #expect(redactor.redact(other) == other)
  }

  @Test func whatIsNoSecretStays() {
    let redactor = Redactor([Secret("abcabd"), Secret("key"), Secret("")])
    #expect(redactor.redact("") == "")
    #expect(redactor.redact("abcabcabd") == "abc[secret]")
    #expect(redactor.redact("abcab") == "abcab")
    // A key of three characters would remove parts of ordinary text.
    #expect(redactor.redact("monkey") == "monkey")
    #expect(Redactor([]).redact("abcabd") == "abcabd")
    #expect(redactor.redact("é漢abcabdé漢") == "é漢[secret]é漢")
    // Less than half of a key, and less than eight characters.
    let long = Redactor([Secret("0123456789abcdefghij")])
    #expect(long.redact("012345678 bcdefghij") == "012345678 bcdefghij")
    #expect(long.redact("0123456789 abcdefghij") == "[secret] [secret]")
    // Texts full of apparent escapes.
    for text in [
      "100 % of \\ and &", "%", "\\", "&", "%4", "\\u12", "&#", "&#x", "&amp", "%%%", "\\\\", "&&#1114112;%zz\\q",
    ] {
      #expect(long.redact(text) == text)
    }
  }

  @Test func largeTextsTakeTimeInProportion() {
    // Texts in which every position looks like the beginning of the key, or of an escape.
    let redactor = Redactor([Secret(String(repeating: "a", count: 200) + "b"), Secret("0123456789abcdef")])
    for unit in ["a", "%25", "\\u005c", "&amp;", "<", "0123456789abcde"] {
      let body = Array(String(repeating: unit, count: 1_000_000 / unit.utf8.count).utf8)
      let begun = SystemTime().now
      _ = redactor.redact(body)
      // A second or two in a debug build; hours if the time was quadratic.
      #expect(SystemTime().now - begun < 60, "\(unit)")
    }
    var body = Array(repeating: UInt8(ascii: "x"), count: 600_000)
    let key = Array("0123456789abcdef".utf8)
    // Across the boundaries of the chunks that are read.
    for place in [0, (1 << 18) - 8, (1 << 18) + 300, (1 << 19) - 3, body.count - key.count] {
      body.replaceSubrange(place..<place + key.count, with: key)
    }
    let text = String(decoding: redactor.redact(body), as: UTF8.self)
    #expect(text.components(of: "[secret]") == 5)
    #expect(!text.contains("0123456789"))
  }

  @Test func aCopyOutlivesTheOriginal() {
    let secret = Secret("topsecret")
    let copy = secret.copy()
    secret.wipe()
    #expect(secret.text.isEmpty && secret.count == 0)
    #expect(copy.text == "topsecret")
    copy.wipe()
    copy.wipe()
    #expect(copy.text.isEmpty)
    #expect("\(copy)" == "[secret]" && String(reflecting: copy) == "[secret]")
  }

  @Test(arguments: [
    ("http://user:s3cr3t@x@127.0.0.1:3128", "s3cr3t@x"), ("http://user:s3cr3t/x@127.0.0.1:3128", "s3cr3t"),
    ("http://u:s3cr/etpw@127.0.0.1:9", "etpw"), ("socks5://user:p%40ss%2Fword@h:1", "p@ss/word"),
    ("longusername:password@h", "longusername"), ("http://u:geheim%2Fwort@h", "u:geheim/wort"),
  ])
  func aProxysCredentials(_ proxy: String, _ secret: String) {
    var configuration = TransportConfiguration()
    configuration.proxy = proxy
    let redactor = Redactor(ProxySecrets.all(configuration))
    #expect(!redactor.redact("Could not parse '\(proxy)' with \(secret) in it").contains(secret))
    configuration.proxy = "http://proxy.example:3128"
    #expect(ProxySecrets.all(configuration).isEmpty)
  }
}

extension String {
  fileprivate func components(of part: String) -> Int {
    var count = 0
    var rest = self[...]
    while let place = rest.firstRange(of: part) {
      count += 1
      rest = rest[place.upperBound...]
    }
    return count
  }
}

/// An encoding that software uses to embed a text in another one.
struct Spelling: Sendable {
  var name: String
  /// Whether the encoding of half of the text is half of the encoding of the whole.
  var canBeCut = true
  var canBeWrapped = true
  var write: @Sendable (String) -> String

  /// Encodings that are applied to a whole text again.
  static let wrappers = all.filter {
    ["percent", "percent lower", "form", "json", "json with slashes", "html"].contains($0.name)
  }

  static let all: [Spelling] = [
    Spelling(name: "plain") { $0 },
    Spelling(name: "upper case") { ascii($0) { $0.uppercased() } },
    Spelling(name: "lower case") { ascii($0) { $0.lowercased() } },
    Spelling(name: "percent") { PercentEncoding.encode($0) },
    Spelling(name: "percent lower") { lowerDigits(PercentEncoding.encode($0)) },
    Spelling(name: "form") { PercentEncoding.encodeForm($0) },
    Spelling(name: "every byte") { $0.utf8.map { "%" + hex(UInt32($0), 2) }.joined() },
    Spelling(name: "percent twice") { PercentEncoding.encode(PercentEncoding.encode($0)) },
    Spelling(name: "percent thrice", canBeWrapped: false) { text in
      PercentEncoding.encode(PercentEncoding.encode(PercentEncoding.encode(text)))
    },
    Spelling(name: "old escape()") {
      escaped($0) { $0.value < 256 ? "%" + hex($0.value, 2) : "%u" + hex($0.value, 4) }
    },
    Spelling(name: "json") { text in
      let data = (try? JSONEncoder().encode([text])) ?? Data()
      return String(String(decoding: data, as: UTF8.self).dropFirst(2).dropLast(2))
    },
    Spelling(name: "json with slashes") { $0.map { "/\"\\".contains($0) ? "\\\($0)" : "\($0)" }.joined() },
    Spelling(name: "json of ASCII") { escaped($0) { "\\u" + hex($0.value, 4).lowercased() } },
    Spelling(name: "json of all") { $0.utf16.map { "\\u" + hex(UInt32($0), 4) }.joined() },
    Spelling(name: "C") {
      escaped($0) { scalar in String(scalar).utf8.map { "\\x" + hex(UInt32($0), 2).lowercased() }.joined() }
    },
    Spelling(name: "octal") { escaped($0) { scalar in String(scalar).utf8.map { "\\" + octal($0) }.joined() } },
    Spelling(name: "html") { escaped($0, only: "&<>\"'") { named[$0] ?? "&#\($0.value);" } },
    Spelling(name: "html of all names") { escaped($0) { named[$0] ?? "&#\($0.value);" } },
    Spelling(name: "html decimal") { escaped($0) { "&#\($0.value);" } },
    Spelling(name: "html hex") { escaped($0) { "&#x\(String($0.value, radix: 16));" } },
    Spelling(name: "html hex padded") { escaped($0) { "&#X\(hex($0.value, 4));" } },
    Spelling(name: "base64", canBeCut: false) { base64($0) },
    Spelling(name: "base64 of the net", canBeCut: false) { text in
      String(base64(text).map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
    },
    Spelling(name: "base64 in a query", canBeCut: false) { PercentEncoding.encode(base64($0)) },
    Spelling(name: "hex") { Hex.encode(Array($0.utf8)) },
    Spelling(name: "HEX") { Hex.encode(Array($0.utf8)).uppercased() },
  ]

  /// A key as made by providers, proxies and users.
  static func key(_ generator: inout SeededGenerator) -> String {
    let alphabets = [
      "abcdefghijklmnopqrstuvwxyz0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789abcdef",
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=",
      "abcdefghijklmnop!#$%&'()*+,-./:;<=>?@[]^_`{|}~ ",
      "abcdefghijklmnopqrstuvwxyzäöüßéñ漢😀",
    ]
    let alphabet = Array(alphabets.randomElement(using: &generator) ?? "a")
    let length = Int.random(in: 12...72, using: &generator)
    // A space at the beginning or end is removed by readers.
    let ends = Array("abcdefghijkmnpqrstuvwxyz")
    let middle = (2..<length).compactMap { _ in alphabet.randomElement(using: &generator) }
    return String(
      [ends.randomElement(using: &generator) ?? "a"] + middle + [ends.randomElement(using: &generator) ?? "a"])
  }

  private static let named: [Unicode.Scalar: String] = [
    "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&apos;", "+": "&plus;", "/": "&sol;", "=": "&equals;",
    ",": "&comma;", "^": "&Hat;", ":": "&colon;", ";": "&semi;", "!": "&excl;", "#": "&num;", "$": "&dollar;",
    "%": "&percnt;", "(": "&lpar;", ")": "&rpar;", "*": "&ast;", "?": "&quest;", "@": "&commat;", "[": "&lbrack;",
    "]": "&rsqb;", "_": "&lowbar;", "`": "&grave;", "{": "&lcub;", "|": "&vert;", "}": "&rcub;", ".": "&period;",
  ]

  private static func ascii(_ text: String, _ change: (Character) -> String) -> String {
    text.map { $0.isASCII ? change($0) : String($0) }.joined()
  }

  private static func escaped(
    _ text: String, only: String? = nil, _ write: (Unicode.Scalar) -> String
  ) -> String {
    text.unicodeScalars.map { scalar in
      let isPlain = scalar.properties.isAlphabetic && scalar.isASCII || ("0"..."9").contains(scalar)
      let isMeant = only.map { $0.unicodeScalars.contains(scalar) } ?? !isPlain
      guard isMeant else { return String(scalar) }
      guard scalar.value < 0x10000 else { return String(scalar) }
      return write(scalar)
    }.joined()
  }

  private static func lowerDigits(_ text: String) -> String {
    var digits = 0
    return String(
      text.map { character in
        defer { digits = character == "%" ? 2 : max(0, digits - 1) }
        return digits > 0 ? Character(character.lowercased()) : character
      })
  }

  private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString().filter { $0 != "=" } }

  private static func hex(_ value: UInt32, _ digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  private static func octal(_ byte: UInt8) -> String {
    let text = String(byte, radix: 8)
    return String(repeating: "0", count: max(0, 3 - text.count)) + text
  }
}
