import Synchronization

/// Lets every wait of a client end at once when the client is closed.
package final class CloseSignal: Sendable {
  private struct State {
    var isClosed = false
    var nextID = 0
    var sleeps: [Int: Task<Void, any Error>] = [:]
  }

  private let state = Mutex(State())

  package init() {}

  package var isClosed: Bool { state.withLock { $0.isClosed } }

  package func close() {
    let sleeps = state.withLock { state in
      defer { state.sleeps = [:] }
      state.isClosed = true
      return state.sleeps
    }
    for sleep in sleeps.values { sleep.cancel() }
  }

  /// Waits.
  ///
  /// - Throws: ``ImageSearchError/Code/closed`` or ``ImageSearchError/Code/cancelled`` when the wait was cut short.
  package func sleep(_ seconds: Double, _ time: any TimeSource) async throws {
    let sleep = Task { try await time.sleep(seconds) }
    let id = state.withLock { state -> Int? in
      guard !state.isClosed else { return nil }
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
      throw isClosed
        ? ImageSearchError(.closed, "the client was closed")
        : ImageSearchError(.cancelled, "the call was cancelled while it waited")
    }
  }
}
