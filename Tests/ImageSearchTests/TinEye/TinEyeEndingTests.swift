import FoundationEssentials
import TestSupport
import Testing

@testable import ImageSearch

/// Cancelling, closing and deadlines in every kind of wait.
@Suite(.serialized) struct TinEyeEndingTests {
  private static let shared = Result { try ProviderDouble("tineye") }
  private static let faults = Result { try ProviderDouble("faults") }
  private let double: ProviderDouble
  private let search = SearchRequest(image: .url(TinEyeFixture.melon), limit: 3)

  init() throws {
    double = try Self.shared.get()
    try double.reset()
  }

  /// The kinds of wait.
  enum Wait: String, CaseIterable, Sendable {
    case queue, rate, backoff, connection, handshake, answer, body, upload
  }

  /// A call that waits, and another one that makes it wait.
  private struct Waiting {
    var client: TinEye
    var call: Task<SearchPage, any Error>
    var other: Task<SearchPage, any Error>?
  }

  private func begin(_ wait: Wait, _ options: CallOptions = .init()) async throws -> Waiting {
    let search = search
    var client = try TinEyeFixture.client(double)
    var other: Task<SearchPage, any Error>?
    var image = search.image
    switch wait {
    case .queue:
      try double.script(#"{"act": "silence", "delay": 20, "count": 0}"#)
      client = try TinEyeFixture.client(double) { $0.limits = RequestLimits(concurrent: 1) }
      other = Task { [client] in try await client.search(search) }
      try await pause()
    case .rate:
      client = try TinEyeFixture.client(double) { configuration in
        configuration.limits = RequestLimits(concurrent: 4, perMinute: 1)
        configuration.totalTimeout = .seconds(120)
      }
      _ = try await client.search(search)
    case .backoff:
      try double.script(
        #"{"status": 503, "headers": {"Retry-After": "20"}, "count": 0, "body": {"code": 503, "messages": ["busy due to high load"]}}"#
      )
    case .connection:
      let port = try #require(try Self.faults.get().ports["unreachable_port"])
      client = try TinEyeFixture.client(double, baseURL: "http://127.0.0.1:\(port)/rest")
    case .handshake:
      let port = try #require(try Self.faults.get().ports["silent_port"])
      client = try TinEyeFixture.client(double, baseURL: "https://127.0.0.1:\(port)/rest")
    case .answer:
      try double.script(#"{"act": "silence", "delay": 20, "count": 0}"#)
    case .body:
      try double.script(#"{"fault": "one_byte_a_second"}"#)
    case .upload:
      try double.script(#"{"act": "silence", "delay": 20, "when": "headers", "count": 0}"#)
      image = .bytes(Array(try double.image("melon.png")) + [UInt8](repeating: 0, count: 16 << 20))
    }
    let call = Task { [client, image] in
      try await client.search(SearchRequest(image: image, limit: 3), options: options)
    }
    try await pause()
    return Waiting(client: client, call: call, other: other)
  }

  private func pause() async throws { try await Task.sleep(nanoseconds: 150_000_000) }

  @Test(arguments: Wait.allCases) func cancelledWithin100Milliseconds(_ wait: Wait) async throws {
    let latency = try await Latency.best(under: 0.1) {
      try double.reset()
      let waiting = try await begin(wait)
      let begun = SystemTime().now
      waiting.call.cancel()
      let error = await thrown { try await waiting.call.value }
      let taken = SystemTime().now - begun
      #expect(error?.code == .cancelled)
      #expect(error?.service == "TinEye")
      #expect(error?.mayHaveBeenCharged == [.answer, .body, .upload].contains(wait))
      waiting.other?.cancel()
      // The client is still usable.
      if wait == .answer || wait == .body || wait == .upload {
        try double.reset()
        #expect(try await waiting.client.search(search).matches.count == 3)
      }
      return taken
    }
    #expect(latency < 0.1)
  }

  @Test(arguments: Wait.allCases) func closedWithin100Milliseconds(_ wait: Wait) async throws {
    let latency = try await Latency.best(under: 0.1) {
      try double.reset()
      let waiting = try await begin(wait)
      let begun = SystemTime().now
      waiting.client.close()
      let error = await thrown { try await waiting.call.value }
      let taken = SystemTime().now - begun
      #expect(error?.code == .closed)
      if let other = waiting.other { #expect(await thrown { try await other.value }?.code == .closed) }
      return taken
    }
    #expect(latency < 0.1)
  }

  @Test(arguments: Wait.allCases) func overByTheDeadline(_ wait: Wait) async throws {
    let begun = SystemTime().now
    let waiting = try await begin(wait, CallOptions(totalTimeout: .seconds(0.5)))
    let error = await thrown { try await waiting.call.value }
    // A wait beyond the deadline is not begun; the error is the reason for the wait.
    #expect(error?.code == (wait == .backoff ? .serviceBusy : .deadlineExceeded))
    #expect(error?.mayHaveBeenCharged == [.answer, .body, .upload].contains(wait))
    #expect(SystemTime().now - begun < 2)
    waiting.client.close()
  }

  @Test func anAttemptThatTakesTooLongIsNotRepeated() async throws {
    try double.script(#"{"act": "silence", "delay": 20, "count": 0}"#)
    let tineye = try TinEyeFixture.client(double)
    let error = await thrown { try await tineye.search(search, options: CallOptions(attemptTimeout: .seconds(0.2))) }
    #expect(error?.code == .timedOut)
    #expect(error?.mayHaveBeenCharged == true)
    #expect(try double.requests().count == 1)
    // A failed connection costs nothing and is retried.
    let port = try #require(try Self.faults.get().ports["unreachable_port"])
    let nowhere = try TinEyeFixture.client(double, baseURL: "http://127.0.0.1:\(port)/rest") {
      $0.retry.maximumAttempts = 2
    }
    let lost = await thrown { try await nowhere.search(search, options: CallOptions(connectTimeout: .seconds(0.2))) }
    #expect(lost?.code == .timedOut)
    #expect(lost?.attempts == 2)
    #expect(lost?.mayHaveBeenCharged == false)
  }

  @Test func aClosedClientSendsNothing() async throws {
    let tineye = try TinEyeFixture.client(double)
    tineye.close()
    tineye.close()
    #expect(await thrown { try await tineye.search(search) }?.code == .closed)
    #expect(
      await thrown { try await tineye.search(.init(image: .bytes(Array(try double.image("melon.png"))))) }?.code
        == .closed)
    #expect(await thrown { try await tineye.remainingSearches() }?.code == .closed)
    #expect(await thrown { try await tineye.imageCount() }?.code == .closed)
    #expect(try double.requests().isEmpty)
  }

  @Test func cancelledBeforeItBegins() async throws {
    let tineye = try TinEyeFixture.client(double)
    let call = Task { [search] in
      try? await Task.sleep(nanoseconds: 1_000_000_000)
      return try await tineye.search(search)
    }
    call.cancel()
    #expect(await thrown { try await call.value }?.code == .cancelled)
    #expect(try double.paid() == 0)
  }

  @Test(arguments: [0, -1, 86_401, .min, .max]) func timesOutOfRange(_ seconds: Int64) async throws {
    let tineye = try TinEyeFixture.client(double)
    for options in [
      CallOptions(connectTimeout: .seconds(seconds)), CallOptions(attemptTimeout: .seconds(seconds)),
      CallOptions(totalTimeout: .seconds(seconds)),
    ] {
      #expect(await thrown { try await tineye.search(search, options: options) }?.code == .invalidArgument)
    }
    #expect(try double.requests().isEmpty)
  }
}
