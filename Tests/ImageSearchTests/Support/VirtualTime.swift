import Synchronization

@testable import ImageSearch

/// A clock that a test advances; sleepers wake when their time has come.
final class VirtualTime: TimeSource {
  private struct Sleeper {
    var id: Int
    var wake: Double
    var continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var now = 1000.0
    var nextID = 0
    var sleepers: [Sleeper] = []
    var cancelled: Set<Int> = []
  }

  private let state = Mutex(State())

  var now: Double { state.withLock { $0.now } }
  var unixTime: Double { now + 1_700_000_000 }
  /// Number of sleeps begun so far.
  var begun: Int { state.withLock { $0.nextID } }
  /// Number of sleepers, without those that sleep forever.
  var sleeping: Int { state.withLock { $0.sleepers.count { $0.wake < 1e8 } } }

  /// When the next sleeper wakes; `nil` when there is none, or only those that sleep forever.
  var nextWake: Double? { state.withLock { $0.sleepers.map(\.wake).filter { $0 < 1e8 }.min() } }

  func sleep(_ wait: Duration) async throws {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isOver = state.withLock { state -> Bool in
          guard state.cancelled.remove(id) == nil else { return true }
          state.sleepers.append(Sleeper(id: id, wake: state.now + max(0, wait.inSeconds), continuation: continuation))
          return false
        }
        if isOver { continuation.resume(throwing: CancellationError()) }
      }
    } onCancel: {
      let sleeper = state.withLock { state -> Sleeper? in
        guard let place = state.sleepers.firstIndex(where: { $0.id == id }) else {
          state.cancelled.insert(id)
          return nil
        }
        return state.sleepers.remove(at: place)
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Advances the clock, and wakes the sleepers that are due.
  func advance(to time: Double) {
    let due = state.withLock { state in
      state.now = max(state.now, time)
      let due = state.sleepers.filter { $0.wake <= state.now }
      state.sleepers.removeAll { $0.wake <= state.now }
      return due
    }
    for sleeper in due.sorted(by: { $0.wake < $1.wake }) { sleeper.continuation.resume() }
  }
}
