import Testing

@testable import ImageSearch

/// In any window, no more requests begin than allowed, no more are in flight, and they begin in the order of their arrival.
@Suite struct RequestLimiterTests {
  private enum Event: Sendable {
    case began(Int, Double)
    case ended(Int, Double)
  }

  /// Runs requests with random arrival times and durations on a virtual clock.
  ///
  /// - Returns: The events in order.
  private func run(_ limits: RequestLimits, count: Int, seed: UInt64, gap: Double, length: Double) async throws
    -> [Event]
  {
    var generator = SeededGenerator(seed: seed)
    let time = VirtualTime()
    let limiter = RequestLimiter(limits, time: time)
    let events = Shared<[Event]>([])
    let finished = Shared(0)
    var tasks: [Task<Void, any Error>] = []
    // Every request has a place and sleeps, waits for one, or has finished: nothing happens before the clock advances.
    func quiet() async {
      while tasks.count - finished.value != limiter.waitingCount + time.sleeping { await Task.yield() }
    }
    for number in 0..<count {
      // All events due before this arrival happen first.
      let arrival = time.now + Double.random(in: 0...gap, using: &generator)
      while let wake = time.nextWake, wake <= arrival {
        time.advance(to: wake)
        await quiet()
      }
      time.advance(to: arrival)
      let duration = Double.random(in: 0...length, using: &generator)
      tasks.append(
        Task {
          try await limiter.acquire(deadline: .never)
          events.change { $0.append(.began(number, time.now)) }
          try await time.sleep(.seconds(duration))
          events.change { $0.append(.ended(number, time.now)) }
          limiter.release()
          finished.change { $0 += 1 }
        })
      await quiet()
    }
    while let wake = time.nextWake {
      time.advance(to: wake)
      await quiet()
    }
    for task in tasks { try await task.value }
    return events.value
  }

  private func check(_ events: [Event], _ limits: RequestLimits, count: Int) {
    var starts: [Double] = []
    var order: [Int] = []
    var active = 0
    var most = 0
    for event in events {
      switch event {
      case .began(let number, let now):
        starts.append(now)
        order.append(number)
        active += 1
        most = max(most, active)
      case .ended: active -= 1
      }
    }
    #expect(order == Array(0..<count))
    #expect(most <= limits.concurrent)
    for (allowed, window) in [(limits.perMinute, 60.0), (limits.perSecond, 1.0)] {
      guard let allowed else { continue }
      for i in starts.indices.dropFirst(allowed) {
        // A half-open window of 60 s has at most that many.
        #expect(starts[i] - starts[i - allowed] >= window - 1e-9)
      }
    }
  }

  @Test(arguments: 1...12) func randomArrivalsAndDurations(_ seed: Int) async throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let limits = RequestLimits(
      concurrent: Int.random(in: 1...5, using: &generator),
      perMinute: Bool.random(using: &generator) ? Int.random(in: 1...20, using: &generator) : nil,
      perSecond: Bool.random(using: &generator) ? Int.random(in: 1...4, using: &generator) : nil)
    let gap = Double.random(in: 0...3, using: &generator)
    let length = Double.random(in: 0...4, using: &generator)
    let events = try await run(limits, count: 40, seed: UInt64(seed) &* 7919, gap: gap, length: length)
    check(events, limits, count: 40)
  }

  @Test func withoutARateOnlyTheNumberCounts() async throws {
    let limits = RequestLimits(concurrent: 3)
    let events = try await run(limits, count: 60, seed: 5, gap: 0.1, length: 2)
    check(events, limits, count: 60)
  }

  @Test func theDeadlineOfTheQueueAndOfTheRate() async throws {
    let time = VirtualTime()
    let limiter = RequestLimiter(RequestLimits(concurrent: 1, perMinute: 2), time: time)
    try await limiter.acquire(deadline: .after(.seconds(1), time))
    let waiting = Task { try await limiter.acquire(deadline: .after(.seconds(5), time)) }
    while time.nextWake == nil { await Task.yield() }
    time.advance(to: time.now + 5)
    #expect(await thrown { try await waiting.value }?.code == .deadlineExceeded)
    limiter.release()
    try await limiter.acquire(deadline: .after(.seconds(1), time))
    limiter.release()
    // The third would have to wait for most of a minute, so it is refused at once.
    let before = time.begun
    #expect(await thrown { try await limiter.acquire(deadline: .after(.seconds(30), time)) }?.code == .deadlineExceeded)
    #expect(time.begun == before)
  }

  @Test func whoGivesUpHoldsNobodyUp() async throws {
    let limiter = RequestLimiter(RequestLimits(concurrent: 1), time: SystemTime())
    try await limiter.acquire(deadline: .never)
    let far = Deadline.after(.seconds(600))
    let first = Task { try await limiter.acquire(deadline: far) }
    try await Task.sleep(nanoseconds: 30_000_000)
    let second = Task { try await limiter.acquire(deadline: far) }
    try await Task.sleep(nanoseconds: 30_000_000)
    first.cancel()
    #expect(await thrown { try await first.value }?.code == .cancelled)
    limiter.release()
    try await second.value
    limiter.release()
    try await limiter.acquire(deadline: far)
  }

  @Test func closingEndsEveryWait() async throws {
    let token = CancellationToken()
    let limiter = RequestLimiter(RequestLimits(concurrent: 1), time: SystemTime(), token: token)
    try await limiter.acquire(deadline: .never)
    let far = Deadline.after(.seconds(600))
    let waiting = (0..<20).map { _ in Task { try await limiter.acquire(deadline: far) } }
    try await Task.sleep(nanoseconds: 50_000_000)
    token.cancel()
    limiter.close()
    for task in waiting { #expect(await thrown { try await task.value }?.code == .closed) }
  }

  /// Number of requests that begin without waiting for another one to end.
  private func width(_ limiter: RequestLimiter, _ time: InstantTime) async throws -> Int {
    var held = 0
    while held < 20 {
      let task = Task { try await limiter.acquire(deadline: .after(.zero, time)) }
      if await thrown({ try await task.value }) != nil { break }
      held += 1
    }
    for _ in 0..<held { limiter.release() }
    return held
  }

  @Test func requestsThatAreRefusedTogetherAreOneComplaint() async throws {
    let time = InstantTime()
    let limiter = RequestLimiter(RequestLimits(concurrent: 8), time: time)
    var permits: [RequestLimiter.Permit] = []
    for _ in 0..<8 { permits.append(try await limiter.acquire(deadline: .never)) }
    for permit in permits {
      // All of them were concurrent, so none counts as an attempt.
      #expect(limiter.refused(permit, retryAfter: .zero))
      limiter.release()
    }
    #expect(try await width(limiter, time) == 4)
    // A request sent under the new limits counts as a new refusal; alone, it is an attempt.
    for width in [2, 1, 1] {
      let permit = try await limiter.acquire(deadline: .never)
      #expect(!limiter.refused(permit, retryAfter: .zero))
      limiter.release()
      #expect(try await self.width(limiter, time) == width)
    }
  }

  @Test func throttlingHalvesAndSuccessesWiden() async throws {
    let time = InstantTime()
    let limiter = RequestLimiter(RequestLimits(concurrent: 8), time: time)
    func width() async throws -> Int { try await self.width(limiter, time) }
    #expect(try await width() == 8)
    func refuse(_ wait: Duration) async throws {
      let permit = try await limiter.acquire(deadline: .never)
      limiter.refused(permit, retryAfter: wait)
      limiter.release()
    }
    try await refuse(.seconds(3))
    // No request begins before the time that the provider asked for.
    #expect(await thrown { try await limiter.acquire(deadline: .after(.seconds(2), time)) }?.code == .deadlineExceeded)
    time.advance(3)
    #expect(try await width() == 4)
    for expected in [2, 1, 1] {
      try await refuse(.zero)
      #expect(try await width() == expected)
    }
    // It was refused at 1, so 2 is tried only after ten successes; from there on, one step per as many successes as places.
    for _ in 0..<10 { limiter.succeeded() }
    for expected in 2...8 {
      #expect(try await width() == expected)
      for _ in 0..<expected * 10 { limiter.succeeded() }
    }
    for _ in 0..<100 { limiter.succeeded() }
    #expect(try await width() == 8)
  }

  @Test(arguments: [121, 86_400, 1e9, Duration.tenYears]) func anAbsurdWaitIsNotObeyed(_ seconds: Double) async throws {
    let time = InstantTime()
    let limiter = RequestLimiter(RequestLimits(concurrent: 8), longestWait: .seconds(120), time: time)
    let permit = try await limiter.acquire(deadline: .never)
    limiter.refused(permit, retryAfter: .seconds(seconds))
    limiter.release()
    // The default wait of one second, and no more.
    _ = try await limiter.acquire(deadline: .after(.seconds(2), time))
  }
}
