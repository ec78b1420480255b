@testable import ImageSearch

/// The latency of the machine itself, so that a test of latency does not measure other load.
enum Latency {
  /// Seconds until a plain sleep reacts to its cancellation.
  static func ofCancellation() async -> Double {
    let sleep = Task { try? await Task.sleep(nanoseconds: 60_000_000_000) }
    await Task.yield()
    let begun = SystemTime().now
    sleep.cancel()
    _ = await sleep.value
    return SystemTime().now - begun
  }

  /// The best of ten measurements, each less the latency of the machine itself.
  static func best(under seconds: Double, _ measure: () async throws -> Double) async rethrows -> Double {
    var best = Double.infinity
    for _ in 0..<10 where best >= seconds {
      let taken = try await measure()
      best = min(best, taken - (await ofCancellation()))
    }
    return best
  }
}
