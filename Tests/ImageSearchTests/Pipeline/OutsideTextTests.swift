import Testing

@testable import ImageSearch

/// External text is truncated, and control sequences in it are escaped.
@Suite struct OutsideTextTests {
  @Test(arguments: [
    ("plain words", "plain words"), ("a\nb\r\tc", "a\\nb\\r\\tc"), ("\u{1b}[31mred\u{7}", "\\u{1b}[31mred\\u{7}"),
    ("safe\u{202E}gnp.exe\u{2066}", "safe\\u{202e}gnp.exe\\u{2066}"),
    ("\u{85}\u{2028}\u{2029}", "\\u{85}\\u{2028}\\u{2029}"),
    ("\u{200B}\u{FEFF}\u{AD}", "\\u{200b}\\u{feff}\\u{ad}"), ("é漢😀 ü", "é漢😀 ü"), ("", ""), ("\u{0}", "\\u{0}"),
    ("\u{E0041}", "\\u{e0041}"), ("\u{7F}\u{9B}31m", "\\u{7f}\\u{9b}31m"),
  ])
  func controlsAreShown(_ text: String, _ expected: String) {
    #expect(text.excerpt == expected)
    // Cleaning is idempotent.
    #expect(expected.excerpt == expected)
  }

  @Test func nothingGrows() {
    for unit in ["x", "é", "\n", "a\u{301}", "👨‍👩‍👧‍👦", "\u{202E}"] {
      let text = String(repeating: unit, count: 100_000)
      #expect(text.excerpt.unicodeScalars.count <= 300 * 8 + 1)
      #expect(text.excerpt.hasSuffix("…"))
      // A character with a hundred thousand combining marks does not bypass the limit.
      #expect(("a" + String(repeating: "\u{301}", count: 100_000)).excerpt.unicodeScalars.count <= 301)
      let error = ImageSearchError(.invalidArgument, text)
      #expect(error.message.unicodeScalars.count <= 1000 * 8 + 1)
    }
    #expect(OutsideText.clean([0x61, 0xFF, 0xC3, 0x28, 0x0A]) == "a\u{FFFD}\u{FFFD}(\\n")
    #expect(OutsideText.clean([UInt8](repeating: 0x61, count: 1 << 20)).utf8.count <= 303)
  }

  @Test func everyPartOfAProvidersErrorIsCleaned() async throws {
    let words = "no\\n2026-01-01 ERROR forged \\u001b[31mline " + String(repeating: "x", count: 5000)
    let transport = ScriptedTransport([.json("{\"code\": 400, \"messages\": [\"\(words)\"]}", status: 400)])
    let lines = Shared<[String]>([])
    var configuration = ClientConfiguration()
    configuration.logLevel = .debug
    configuration.logHandler = { event in lines.change { $0.append(event.line) } }
    let tineye = try TinEye(
      .apiKey("key-of-the-test"), configuration: configuration, transport: transport, time: InstantTime())
    let error = try #require(
      await thrown { try await tineye.search(SearchRequest(image: .url("https://a.example/b.jpg"))) })
    for text in [error.message, error.providerMessage ?? "", "\(error)"] + lines.value {
      #expect(text.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 })
      #expect(text.unicodeScalars.count < 500, "\(text)")
    }
    #expect(error.message.hasPrefix("no\\n2026-01-01 ERROR forged \\u{1b}[31mline"))
    #expect(error.errorDescription == "\(error)")
  }
}
