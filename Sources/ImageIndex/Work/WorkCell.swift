import Synchronization

/// Where a result and the task that waits for it meet; a task that is cancelled finds its job here.
final class WorkCell<Value: Sendable>: Sendable {
  private struct State {
    var continuation: CheckedContinuation<Value, any Error>?
    var job: WorkJob?
  }
  private let state = Mutex(State())

  var job: WorkJob? { state.withLock { $0.job } }

  func start(_ continuation: CheckedContinuation<Value, any Error>, _ job: WorkJob) {
    state.withLock { $0 = State(continuation: continuation, job: job) }
  }

  func finish(_ result: Result<Value, any Error>) {
    let continuation = state.withLock { state in
      defer { state = State() }
      return state.continuation
    }
    continuation?.resume(with: result)
  }
}
