import Testing

@testable import ImageSearch

/// When to retry, and after how long.
@Suite struct RetryTests {
  @Test func theWaitDoublesUpToItsBound() {
    let policy = RetryPolicy(baseDelay: .seconds(0.5), maximumDelay: .seconds(20))
    let ceilings = (1...10).map { policy.delay(afterAttempt: $0, retryAfter: nil, fraction: 1).inSeconds }
    #expect(ceilings == [0.5, 1, 2, 4, 8, 16, 20, 20, 20, 20])
    // Any attempt and any policy within its range: no trap, no wait out of bounds.
    for attempt in [1, 2, 21, 22, 64, 65, 1000, Int.max] {
      for fraction in [0, 0.25, 0.999_999] {
        let delay = policy.delay(afterAttempt: attempt, retryAfter: nil, fraction: fraction)
        #expect(delay >= .zero && delay <= .seconds(20))
      }
    }
  }

  @Test func theJitterIsFullAndComesOnTopOfWhatIsAskedFor() {
    let policy = RetryPolicy(baseDelay: .seconds(4), maximumDelay: .seconds(20))
    #expect(policy.delay(afterAttempt: 1, retryAfter: nil, fraction: 0) == .zero)
    #expect(policy.delay(afterAttempt: 1, retryAfter: nil, fraction: 0.5) == .seconds(2))
    #expect(policy.delay(afterAttempt: 1, retryAfter: .seconds(30), fraction: 0) == .seconds(30))
    #expect(policy.delay(afterAttempt: 2, retryAfter: .seconds(30), fraction: 0.5) == .seconds(34))
  }

  @Test func outOfRange() {
    func refused(_ change: (inout RetryPolicy) -> Void) -> Bool {
      var policy = RetryPolicy()
      change(&policy)
      return (try? policy.validate()) == nil
    }
    #expect(!refused { _ in })
    for attempts in [0, -1, 11, Int.min, Int.max] { #expect(refused { $0.maximumAttempts = attempts }) }
    for delay in [.seconds(-0.1), .seconds(3601), .seconds(Int64.min), .seconds(Int64.max)] as [Duration] {
      #expect(refused { $0.baseDelay = delay })
      #expect(refused { $0.maximumDelay = delay })
    }
    for seconds in [-1, 86_401, .min, .max] { #expect(refused { $0.maximumRetryAfter = .seconds(seconds) }) }
  }

  @Test func theBudgetOfAllCallersTogether() {
    let budget = RetryBudget(capacity: 3)
    #expect((0..<5).map { _ in budget.spend() } == [true, true, true, false, false])
    for _ in 0..<9 { budget.refill() }
    #expect(!budget.spend())
    for _ in 0..<2 { budget.refill() }
    #expect(budget.spend())
    #expect(!budget.spend())
    for _ in 0..<1000 { budget.refill() }
    #expect((0..<5).map { _ in budget.spend() } == [true, true, true, false, false])
  }

  @Test func aClientsBudgetEndsItsRepetitions() async throws {
    let transport = ScriptedTransport([.json("busy", status: 503)])
    var configuration = ClientConfiguration()
    configuration.limits = RequestLimits(concurrent: 100)
    configuration.retry.maximumAttempts = 10
    let tineye = try TinEye(
      .apiKey("k"), configuration: configuration, transport: transport, time: InstantTime(), random: FixedRandom())
    for _ in 0..<200 { _ = await thrown { try await tineye.imageCount() } }
    // 200 calls, an initial budget of 50 retries, and a tenth of one per response.
    #expect(transport.sent.count < 200 + 50 + 30)
    #expect(transport.sent.count > 200 + 50)
  }

  @Test func retryAfterAsSecondsOrDate() {
    let now = 784_111_777.0
    let cases: [(String, Double?)] = [
      ("0", 0), ("7", 7), ("120", 120), ("007", 7), ("315360000", 315_360_000), ("9999999999", 315_360_000),
      (String(repeating: "9", count: 5000), 315_360_000), ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
      ("Sun, 06 Nov 1994 08:50:37 GMT", 60), ("Sun, 06 Nov 1994 08:00:00 GMT", 0), ("", nil), ("-5", nil), ("+5", nil),
      ("1.5", nil), ("1e3", nil), ("soon", nil), (" 7", nil), ("7s", nil), ("٣", nil), ("Sun, 06 Nov 1994", 0),
    ]
    for (text, expected) in cases {
      #expect(RetryAfter.parse(text, unixTime: now)?.inSeconds == expected, "\(text.prefix(40))")
    }
    #expect(RetryAfter.parse("Sun, 06 Nov 1994 08:49:40 GMT", unixTime: now + 0.5)?.inSeconds == 2.5)
  }
}
