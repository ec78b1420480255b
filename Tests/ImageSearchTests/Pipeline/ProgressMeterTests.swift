import Testing

@testable import ImageSearch

/// At most ten times per second, never backwards, and always the last count.
@Suite struct ProgressMeterTests {
  private func meter(_ seen: Shared<[TransferProgress]>, _ time: InstantTime) -> ProgressMeter {
    ProgressMeter(
      { progress in seen.change { $0.append(progress) } },
      TransferProgress(service: "s", operation: "o", attempt: 1, sentBytes: 0, bytesToSend: 1000, receivedBytes: 0),
      time: time)
  }

  @Test func noMoreThanTenASecond() async throws {
    let (seen, time) = (Shared<[TransferProgress]>([]), InstantTime())
    let meter = meter(seen, time)
    for sent in 1...1000 {
      meter.update(TransferCount(sentBytes: sent))
      try await time.sleep(.seconds(0.01))
    }
    meter.finish()
    let told = seen.value
    #expect((90...102).contains(told.count))
    #expect(told.last?.sentBytes == 1000)
    #expect(zip(told, told.dropFirst()).allSatisfy { $0.sentBytes < $1.sentBytes })
  }

  @Test func nothingMovesBackwardsOrBehindTheEnd() async throws {
    let (seen, time) = (Shared<[TransferProgress]>([]), InstantTime())
    let meter = meter(seen, time)
    // A request that libcurl repeats begins at 0.
    for sent in [500, 0, 200, 2000, -5] {
      meter.update(TransferCount(sentBytes: sent, receivedBytes: sent))
      try await time.sleep(.seconds(1))
    }
    meter.finish()
    meter.finish()
    meter.update(TransferCount(sentBytes: 7))
    #expect(seen.value.map(\.sentBytes) == [500, 1000])
    #expect(seen.value.map(\.receivedBytes) == [500, 2000])
  }
}
