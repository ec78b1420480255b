import Synchronization

/// Ends every wait of a client at once when the client is closed.
package final class CancellationToken: Sendable {
  private struct State {
    var isCancelled = false
    var nextID = 0
    var sleeps: [Int: Task<Void, any Error>] = [:]
  }

  private let state = Mutex(State())

  package init() {}

  package var isCancelled: Bool { state.withLock { $0.isCancelled } }

  package func cancel() {
    let sleeps = state.withLock { state in
      defer { state.sleeps = [:] }
      state.isCancelled = true
      return state.sleeps
    }
    for sleep in sleeps.values { sleep.cancel() }
  }

  /// Waits.
  ///
  /// - Throws: ``ImageSearchError/Code/closed`` or ``ImageSearchError/Code/cancelled`` when the wait is ended early.
  package nonisolated(nonsending) func sleep(_ wait: Duration, _ time: any TimeSource) async throws {
    let sleep = Task(executorPreference: CurrentCall.executor) { try await time.sleep(wait) }
    let id = state.withLock { state -> Int? in
      guard !state.isCancelled else { return nil }
      state.nextID += 1
      state.sleeps[state.nextID] = sleep
      return state.nextID
    }
    if id == nil { sleep.cancel() }
    defer { if let id { state.withLock { _ = $0.sleeps.removeValue(forKey: id) } } }
    do {
      try await withTaskCancellationHandler {
        try await sleep.value
      } onCancel: {
        sleep.cancel()
      }
    } catch {
      throw isCancelled
        ? ImageSearchError(.closed, "the client was closed")
        : ImageSearchError(.cancelled, "the call was cancelled while it waited")
    }
  }
}
