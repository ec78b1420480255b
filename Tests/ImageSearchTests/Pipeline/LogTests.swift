import Testing

@testable import ImageSearch

/// One line at the end of each call, whatever its parts and outcome.
@Suite struct LogTests {
  private let lines = Shared<[LogEvent]>([])

  private func configuration(_ level: LogEvent.Level = .info) -> ClientConfiguration {
    var configuration = ClientConfiguration()
    configuration.logLevel = level
    configuration.logHandler = { [lines] event in lines.change { $0.append(event) } }
    return configuration
  }

  private func tmapi(_ steps: [ScriptedTransport.Step], _ level: LogEvent.Level = .info) throws -> TMAPI {
    try TMAPIFixture.client(ScriptedTransport(steps)) { $0 = configuration(level) }
  }

  private static let converted = ScriptedTransport.Step.json(
    #"{"code":200,"msg":"success","data":{"image_url":"/search/a"}}"#)

  @Test func oneLineForACallOfSeveralRequests() async throws {
    let pages = (1...3).map {
      ScriptedTransport.Step.json(TMAPIFixture.page($0, items: 20 * $0...20 * $0 + 19, total: 100))
    }
    let client = try tmapi([Self.converted] + pages)
    _ = try await client.search(SearchRequest(image: .url("https://a.example/b.jpg"), limit: 60), options: .init())
    #expect(lines.value.map(\.level) == [.info])
    #expect(lines.value.first?.operation == "search")
    #expect(lines.value.first?.line.hasPrefix("TMAPI search: succeeded") == true)
  }

  @Test func oneLineForWhatFailsBeforeAnythingIsSent() async throws {
    let client = try tmapi([Self.converted])
    _ = await thrown { try await client.search(SearchRequest(image: .file("/nonexistent/\n")), options: .init()) }
    _ = await thrown {
      try await client.search(SearchRequest(image: .url("https://a.example/b.jpg"), limit: -1), options: .init())
    }
    _ = await thrown {
      try await client.search(
        SearchRequest(image: .url("https://a.example/b.jpg")), options: CallOptions(totalTimeout: .zero))
    }
    #expect(lines.value.map(\.level) == [.error, .error, .error])
    #expect(lines.value.allSatisfy { !$0.line.contains("\n") })
  }

  @Test func aRepetitionIsAWarning() async throws {
    let busy = ScriptedTransport.Step.json(#"{"code":503,"msg":"slower"}"#, status: 503)
    let client = try tmapi([busy, busy, .json(TMAPIFixture.search)], .debug)
    _ = try await client.search(SearchRequest(image: .url(TMAPIFixture.image)), options: .init())
    #expect(lines.value.map(\.level) == [.debug, .warning, .debug, .warning, .debug, .info])
    #expect(lines.value[1].line.contains("slower; again in"))
    // The time spent in the queue is in its final line.
    #expect(lines.value.last?.message.contains("for its turn") == true)
  }

  @Test func whatMayHaveBeenChargedIsInTheLine() async throws {
    let client = try tmapi([.failure(TransportFailure(.connectionLost, "lost", requestMayHaveBeenSent: true))])
    _ = await thrown { try await client.search(SearchRequest(image: .url(TMAPIFixture.image)), options: .init()) }
    #expect(lines.value.last?.message.contains("may have been charged") == true)
  }

  @Test func aCallThatNeedsNoProvider() async throws {
    let log = CallLog(service: "LocalIndex", configuration: configuration(), time: InstantTime())
    #expect(try await log.call("search") { 7 } == 7)
    await #expect(throws: ImageSearchError.self) {
      try await log.call("add") { throw ImageSearchError(.diskFull, "no space") }
    }
    await #expect(throws: CancellationError.self) { try await log.call("add") { throw CancellationError() } }
    #expect(lines.value.map(\.level) == [.info, .error, .info])
    #expect(lines.value.map(\.operation) == ["search", "add", "add"])
  }
}
