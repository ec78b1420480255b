import Synchronization
import Testing

@testable import ImageSearch

/// More requests than a provider accepts, and absurd waits.
@Suite struct LoadTests {
  /// A server that accepts a number of concurrent requests, each for a second of its clock, and refuses the rest.
  private final class SmallServer: HTTPTransport {
    private struct State {
      var active = 0
      var served = 0
      var refused = 0
    }

    private let width: Int
    private let refusal: TransportResponse
    private let time: VirtualTime
    private let state = Mutex(State())

    init(width: Int, refusal: Int, time: VirtualTime) {
      self.width = width
      self.time = time
      self.refusal = TransportResponse(
        status: refusal,
        body: Array("{\"code\": \(refusal), \"messages\": [\"Too many requests.\"], \"results\": []}".utf8))
    }

    var served: Int { state.withLock { $0.served } }
    var refused: Int { state.withLock { $0.refused } }

    func send(_ request: TransportRequest, timeouts: AttemptTimeouts) async throws(TransportFailure)
      -> TransportResponse
    {
      let isTaken = state.withLock { state in
        guard state.active < width else {
          state.refused += 1
          return false
        }
        state.active += 1
        return true
      }
      // A refusal also takes a moment, so that the requests are concurrent.
      try? await time.sleep(isTaken ? .seconds(1) : .milliseconds(20))
      guard isTaken else { return refusal }
      state.withLock {
        $0.active -= 1
        $0.served += 1
      }
      return TransportResponse(
        status: 200, body: Array(#"{"stats":{},"code":200,"messages":[],"results":{"matches":[]}}"#.utf8))
    }

    func close() {}
  }

  /// Advances the clock whenever all tasks sleep.
  private func driving<Value: Sendable>(_ time: VirtualTime, _ work: @escaping @Sendable () async throws -> Value)
    async throws
    -> Value
  {
    let isOver = Shared(false)
    let driver = Task {
      while !isOver.value {
        for _ in 0..<200 { await Task.yield() }
        if let wake = time.nextWake { time.advance(to: wake) }
      }
    }
    defer { isOver.change { $0 = true } }
    let value = try await work()
    driver.cancel()
    return value
  }

  @Test(arguments: [429, 503], [1, 4]) func aBurstOfFiftyAgainstAFew(_ refusal: Int, _ width: Int) async throws {
    let time = VirtualTime()
    let server = SmallServer(width: width, refusal: refusal, time: time)
    var configuration = ClientConfiguration()
    configuration.limits = RequestLimits(concurrent: 50)
    let tineye = try TinEye(.apiKey("key-of-the-test"), configuration: configuration, transport: server, time: time)
    let begun = time.now
    let failures: [ImageSearchError] = try await driving(time) {
      await withTaskGroup(of: ImageSearchError?.self, returning: [ImageSearchError].self) { group in
        for number in 0..<50 {
          group.addTask {
            await thrown { try await tineye.search(SearchRequest(image: .url("https://a.example/\(number).jpg"))) }
          }
        }
        return await group.reduce(into: [ImageSearchError]()) { if let error = $1 { $0.append(error) } }
      }
    }
    #expect(failures.isEmpty, "\(failures.first.map { "\($0)" } ?? "")")
    #expect(server.served == 50)
    // The limiter finds the concurrency: few refusals, and not one request at a time.
    #expect(server.refused < 250)
    #expect(time.now - begun < 180)
  }

  @Test(arguments: [
    "86400", "1000000000", "99999999999999999999", "-5", "1e999", "nan", "Fri, 31 Dec 9999 23:59:59 GMT", "121", "",
  ])
  func anAbsurdWaitEndsNoClient(_ wait: String) async throws {
    let time = InstantTime()
    let busy = #"{"code": 429, "messages": ["Too many requests."], "results": []}"#
    let transport = ScriptedTransport([
      .json(busy, status: 429, headers: [("Retry-After", wait)]),
      .json(#"{"stats":{},"code":200,"messages":[],"results":{"matches":[]}}"#),
    ])
    let tineye = try TinEye(
      .apiKey("key-of-the-test"), configuration: .init(), transport: transport, time: time, random: FixedRandom())
    let search = SearchRequest(image: .url("https://a.example/b.jpg"))
    if let error = await thrown({ try await tineye.search(search) }) {
      #expect(error.code == .tooManyRequests)
      #expect(error.message.contains("more than the 120 s"), "\(error)")
    }
    // The next one begins within seconds.
    _ = try await tineye.search(search, options: CallOptions(totalTimeout: .seconds(5)))
  }

  @Test func aForeignHostsComplaintConcernsThatHostAlone() async throws {
    let time = InstantTime()
    let transport = HostTransport()
    let caller = try ServiceCaller(
      service: "any", configuration: .init(), limits: RequestLimits(concurrent: 4), secrets: [], transport: transport,
      time: time,
      random: FixedRandom())
    let short = CallOptions(totalTimeout: .seconds(5))
    func fetch(_ host: String) async -> ImageSearchError? {
      await thrown {
        try await caller.perform(
          ImageFetch.call(
            WebAddress("https://\(host)/a.png", field: "image URL"), operation: "fetch", publicAddressesOnly: true),
          options: short)
      }
    }
    #expect(await fetch("busy.example")?.code == .tooManyRequests)
    let before = time.now
    // Requests to another host, and to the provider itself, do not wait.
    #expect(await fetch("other.example") == nil)
    let call = ServiceCall<Void>(
      operation: "call", isPaid: false, makeRequest: { TransportRequest(method: .get, url: "https://api.example/") }
    ) { _ in .success(()) }
    try await caller.perform(call, options: short)
    #expect(time.now == before)
    // Requests to that host wait: it asked for 100 seconds.
    #expect(await fetch("busy.example")?.code == .deadlineExceeded)
  }

  private final class HostTransport: HTTPTransport {
    func send(_ request: TransportRequest, timeouts: AttemptTimeouts) async throws(TransportFailure)
      -> TransportResponse
    {
      guard request.url.contains("busy") else {
        return TransportResponse(status: 200, body: SampleImage.png)
      }
      return TransportResponse(status: 429, headers: [("Retry-After", "100")])
    }

    func close() {}
  }

  @Test func aSpentBudgetIsSaid() async throws {
    let transport = ScriptedTransport([.json("oops", status: 500)])
    let tineye = try TinEye(
      .apiKey("key-of-the-test"), configuration: .init(), transport: transport, time: InstantTime(),
      random: FixedRandom())
    var last: ImageSearchError?
    for _ in 0..<40 { last = await thrown { try await tineye.imageCount() } }
    #expect(last?.message.contains("budget of repetitions is spent") == true, "\(last?.message ?? "")")
    #expect(last?.attempts == 1)
  }
}
