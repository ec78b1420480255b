import Synchronization

@testable import ImageSearch

/// A clock on which every sleep ends at once and advances the time. For single calls; for several that wait for each other,
/// see ``VirtualTime``.
final class InstantTime: TimeSource {
  private struct State {
    var now: Double
    var sleeps: [Double] = []
  }

  private let state: Mutex<State>
  private let start: Double

  init(now: Double = 1000) {
    start = now
    state = Mutex(State(now: now))
  }

  var now: Double { state.withLock { $0.now } }
  var unixTime: Double { now - start + 1_700_000_000 }
  /// The durations of the sleeps in order.
  var sleeps: [Double] { state.withLock { $0.sleeps } }

  func advance(_ seconds: Double) { state.withLock { $0.now += seconds } }

  func sleep(_ wait: Duration) async throws {
    try Task.checkCancellation()
    state.withLock { state in
      state.now += max(0, wait.inSeconds)
      state.sleeps.append(wait.inSeconds)
    }
  }
}
