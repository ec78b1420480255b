import FoundationEssentials
import ImageSearch
import TestSupport
import Testing

/// Every error of the table in docs/sources/tineye.md, section 6, in every format of the double.
@Suite(.serialized) struct TinEyeErrorTests {
  private static let shared = Result { try ProviderDouble("tineye") }
  private let double: ProviderDouble

  init() throws {
    double = try Self.shared.get()
    try double.reset()
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var code: ImageSearchError.Code
    /// The error of an upload, if the text does not distinguish it from a URL that cannot be fetched.
    var uploadCode: ImageSearchError.Code?
    /// The text in the format of 2017, if it differs.
    var oldCode: ImageSearchError.Code?
    var testDescription: String { name }
  }

  static let rows: [Row] = [
    Row(name: "bad_url", code: .invalidURL),
    Row(name: "nothing_to_search", code: .invalidRequest),
    Row(name: "cannot_download", code: .urlNotFetched, uploadCode: .notAnImage, oldCode: .urlNotFetched),
    Row(name: "cannot_identify", code: .urlNotFetched, uploadCode: .notAnImage, oldCode: .notAnImage),
    Row(name: "too_simple", code: .imageTooSimple),
    Row(name: "animated", code: .corruptImage),
    Row(name: "invalid_key", code: .unauthorized),
    Row(name: "old_authentication", code: .authenticationMethodRemoved),
    Row(name: "forbidden", code: .unauthorized),
    Row(name: "no_searches_left", code: .noSearchesLeft),
    Row(name: "too_many_requests", code: .tooManyRequests),
    Row(name: "too_many_concurrent", code: .tooManyRequests),
    Row(name: "busy", code: .serviceBusy),
    Row(name: "unavailable", code: .serviceBusy),
    Row(name: "quota_30", code: .quotaExceeded),
    Row(name: "clock_skew", code: .clockSkew),
    Row(name: "bad_signature", code: .signatureRejected),
    Row(name: "nonce_short", code: .invalidRequest),
    Row(name: "nonce_used", code: .invalidRequest),
    Row(name: "bad_parameter", code: .invalidRequest),
    Row(name: "bad_form", code: .invalidRequest),
  ]

  /// A scripted response as listed by the double.
  private struct Script: Decodable {
    struct Body: Decodable {
      var code: Int
      var messages: [String]
    }
    var status: Int
    var body: Body

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Keys.self)
      status = try container.decode(Int.self, forKey: .status)
      body = try container.decode(Body.self, forKey: .body)
    }

    enum Keys: String, CodingKey { case status, body }
  }

  private struct Scripts: Decodable {
    var byName: [String: Script] = [:]

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Name.self)
      for key in container.allKeys { byName[key.stringValue] = try? container.decode(Script.self, forKey: key) }
    }

    struct Name: CodingKey {
      var stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }
  }

  @Test(arguments: rows) func everyRowInEveryForm(_ row: Row) async throws {
    let scripts = try JSONDecoder().decode(Scripts.self, from: double.get("errors")).byName
    let sources: [(ImageSource, ImageSearchError.Code)] = [
      (.url(TinEyeFixture.melon), row.code),
      (.bytes(Array(try double.image("melon.png"))), row.uploadCode ?? row.code),
    ]
    for form in ["", "old_", "ok_"] {
      let script = try #require(scripts[form + row.name])
      for (image, code) in sources {
        // A separate client, because a client waits after a 429.
        let tineye = try TinEyeFixture.client(double) { $0.retry.maximumAttempts = 1 }
        try double.script("{\"error\": \"\(form)\(row.name)\"}")
        let error = try #require(await thrown { try await tineye.search(SearchRequest(image: image)) })
        #expect(error.code == (form == "old_" ? row.oldCode ?? code : code), "\(form)")
        #expect(error.service == "TinEye")
        #expect(error.httpStatus == script.status)
        #expect(error.attempts == 1)
        #expect(!error.mayHaveBeenCharged)
        let isTyped = form == "old_"
        #expect(error.providerMessage == script.body.messages.last)
        #expect(error.message == script.body.messages.last)
        #expect(error.providerCode == (isTyped ? script.body.messages.first : String(script.body.code)))
      }
    }
    #expect(try double.paid() == 0)
  }

  @Test func theTableIsTheDoubles() throws {
    let scripts = try JSONDecoder().decode(Scripts.self, from: double.get("errors")).byName
    let names = Set(scripts.keys.filter { scripts["old_" + $0] != nil })
    #expect(names == Set(Self.rows.map(\.name)))
  }

  @Test func theQuotaSaysWhenItIsReset() async throws {
    let text = "You have exceeded your 30 search quota (will reset 2100-01-02 03:04:05 UTC)"
    try double.script(#"{"status": 400, "body": {"stats": {}, "code": 400, "messages": ["\#(text)"], "results": []}}"#)
    let error = await thrown { try await TinEyeFixture.client(double).search(.init(image: .url(TinEyeFixture.melon))) }
    #expect(error?.code == .quotaExceeded)
    #expect((error?.retryAfter ?? .zero) > .seconds(86_400))
    #expect(try double.requests().count == 1)
  }

  @Test(arguments: [
    ("html_200", ImageSearchError.Code.malformedResponse, "HTML"), ("html_502", .providerError, "HTML"),
    ("broken_json", .malformedResponse, "not readable"), ("empty_200", .malformedResponse, "empty"),
  ])
  func answersThatAreNone(_ name: String, _ code: ImageSearchError.Code, _ words: String) async throws {
    let tineye = try TinEyeFixture.client(double)
    try double.script("{\"error\": \"\(name)\", \"process\": true}")
    let error = try #require(await thrown { try await tineye.search(.init(image: .url(TinEyeFixture.melon))) })
    #expect(error.code == code)
    #expect(error.message.contains(words))
    #expect(error.httpStatus == (name == "html_502" ? 502 : 200))
    // The search was done, so it is not repeated, and the error reports a possible charge.
    #expect(error.mayHaveBeenCharged)
    #expect(try double.requests().count == 1)
    // Free calls may be repeated.
    try double.script("{\"error\": \"\(name)\"}")
    let free = await thrown { try await tineye.imageCount() }
    #expect(free?.code == (name == "html_502" ? nil : code))
    #expect(free?.mayHaveBeenCharged != true)
  }

  @Test(arguments: [
    "null", "[]", "7", "\"text\"", #"{"code": 200}"#, #"{"code": 200, "results": null}"#,
    #"{"code": 200, "results": []}"#,
    #"{"code": 200, "results": {}}"#,
    #"{"code": 200, "results": {"matches": "none"}}"#, #"{"code": 200, "results": {"matches": {}}}"#,
  ])
  func aPartThatIsMissingIsNoEmptyResult(_ body: String) async throws {
    let transport = ScriptedTransport([.json(body)])
    let tineye = try TinEye(
      .apiKey("k"), configuration: .init(), transport: transport, time: InstantTime(), random: FixedRandom())
    let error = await thrown { try await tineye.search(SearchRequest(image: .url(TinEyeFixture.melon))) }
    #expect(error?.code == .malformedResponse, "\(body)")
    #expect(error?.mayHaveBeenCharged == true)
  }

  @Test func nestingWithoutEndIsAnError() async throws {
    try double.script(#"{"fault": "deep_json"}"#)
    let error = await thrown { try await TinEyeFixture.client(double).search(.init(image: .url(TinEyeFixture.melon))) }
    #expect(error?.code == .malformedResponse)
  }
}
