import Testing

@testable import ImageSearch

/// No secret passes, in whatever spelling a server gives it back.
@Suite struct RedactorTests {
  @Test func everySpelling() {
    let key = "6mm60lsCNIB,FwOWjJqA80QZHh9BMwc-ber4u=t^ +/é"
    let redactor = Redactor([Secret(key)])
    let encoded = PercentEncoding.encode(key)
    let form = PercentEncoding.encodeForm(key)
    let lower = encoded.replacing("%2C", with: "%2c").replacing("%5E", with: "%5e").replacing("%2F", with: "%2f")
      .replacing("%2B", with: "%2b").replacing("%3D", with: "%3d").replacing("%C3%A9", with: "%c3%a9")
    for spelling in [key, encoded, form, lower] {
      let text = redactor.redact("before \(spelling) after \(spelling)\(spelling)")
      #expect(text == "before [secret] after [secret][secret]")
    }
  }

  @Test func everyPartOfAnError() {
    var error = ImageSearchError(.providerError, "bad key topsecret")
    error.providerMessage = "topsecret is wrong"
    error.providerCode = "E-topsecret"
    error.requestID = "id/topsecret"
    let redacted = Redactor([Secret("topsecret"), Secret("other")]).redact(error)
    #expect(!"\(redacted)\(String(reflecting: redacted))".contains("topsecret"))
    #expect(redacted.message == "bad key [secret]")
    #expect(redacted.code == .providerError)
  }

  @Test func whatIsNoSecretStays() {
    let redactor = Redactor([Secret("abcabd"), Secret("key"), Secret("")])
    #expect(redactor.redact("") == "")
    #expect(redactor.redact("abcabcabd") == "abc[secret]")
    #expect(redactor.redact("abcab") == "abcab")
    // A key of three characters would tear holes into every sentence.
    #expect(redactor.redact("monkey") == "monkey")
    #expect(Redactor([]).redact("abcabd") == "abcabd")
    #expect(redactor.redact("é漢abcabdé漢") == "é漢[secret]é漢")
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
}
