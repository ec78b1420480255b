import FoundationEssentials
import TestSupport
import Testing

@testable import ImageSearch

/// One search at a time and thirty per minute, over all callers.
@Suite(.serialized) struct TinEyePacingTests {
  private static let answer = #"{"stats":{},"code":200,"messages":[],"results":{"matches":[]}}"#

  @Test func thirtyAMinuteByDefault() async throws {
    let time = InstantTime()
    let starts = Shared<[Double]>([])
    let transport = StampedTransport(Self.answer) { starts.change { $0.append(time.now) } }
    let tineye = try TinEye(
      .apiKey("k"), configuration: .init(), transport: transport, time: time, random: FixedRandom())
    let options = CallOptions(totalTimeout: .seconds(3600))
    for _ in 0..<100 {
      _ = try await tineye.search(SearchRequest(image: .url("https://example.org/a")), options: options)
    }
    let times = starts.value
    #expect(times.count == 100)
    for i in 30..<100 { #expect(times[i] - times[i - 30] >= 60) }
    // And no slower than necessary.
    #expect(times[99] - times[0] <= 180.1)
  }

  @Test func whatIsFreeDoesNotWait() async throws {
    let time = InstantTime()
    let transport = ScriptedTransport([.json(#"{"code":200,"results":7}"#)])
    let tineye = try TinEye(
      .apiKey("k"), configuration: .init(), transport: transport, time: time, random: FixedRandom())
    for _ in 0..<100 { _ = try await tineye.imageCount() }
    #expect(time.sleeps.isEmpty)
  }

  @Test func whoCannotBeginBeforeTheDeadlineLearnsItAtOnce() async throws {
    let time = InstantTime()
    let tineye = try TinEye(
      .apiKey("k"), configuration: .init(), transport: ScriptedTransport([.json(Self.answer)]), time: time,
      random: FixedRandom())
    let search = SearchRequest(image: .url("https://example.org/a"))
    for _ in 0..<30 { _ = try await tineye.search(search) }
    let begun = time.now
    let error = await thrown { try await tineye.search(search, options: CallOptions(totalTimeout: .seconds(10))) }
    #expect(error?.code == .deadlineExceeded)
    #expect(error?.attempts == 0)
    #expect(error?.mayHaveBeenCharged == false)
    #expect(time.now == begun)
  }

  @Test func oneAtATimeByDefaultAndSeveralWhenAskedFor() async throws {
    struct Status: Decodable { var most_concurrent_searches: Int }
    let double = try ProviderDouble("tineye", settings: #"{"search_seconds": 0.2, "max_concurrent": 100}"#)
    for (limits, expected) in [(nil, 1...1), (RequestLimits(concurrent: 3), 2...3)]
      as [(RequestLimits?, ClosedRange<Int>)]
    {
      try double.reset()
      let tineye = try TinEyeFixture.client(double) { $0.limits = limits }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask { _ = try await tineye.search(SearchRequest(image: .url(TinEyeFixture.melon), limit: 1)) }
        }
        try await group.waitForAll()
      }
      let status = try JSONDecoder().decode(Status.self, from: double.get("status"))
      #expect(expected.contains(status.most_concurrent_searches))
      #expect(try double.paid() == 8)
    }
  }
}

/// Gives every request the same response, and records the times.
private struct StampedTransport: HTTPTransport {
  private let body: [UInt8]
  private let stamp: @Sendable () -> Void

  init(_ body: String, _ stamp: @escaping @Sendable () -> Void) {
    self.body = Array(body.utf8)
    self.stamp = stamp
  }

  func send(_ request: TransportRequest, timeouts: AttemptTimeouts) async throws(TransportFailure) -> TransportResponse
  {
    stamp()
    return TransportResponse(status: 200, body: body)
  }

  func close() {}
}
