import Synchronization

/// Turns a transport's counts into a caller's progress: not too often, never backwards within an attempt, and the last one always.
final class ProgressMeter: Sendable {
  private struct State {
    var progress: TransferProgress
    var told: TransferProgress?
    var toldAt = -Double.infinity
    var isOver = false
  }

  /// Seconds between two calls of the handler.
  static let interval = 0.1

  private let handler: ProgressHandler
  private let time: any TimeSource
  private let state: Mutex<State>

  init(_ handler: @escaping ProgressHandler, _ start: TransferProgress, time: any TimeSource) {
    self.handler = handler
    self.time = time
    state = Mutex(State(progress: start))
  }

  /// What the transport counted; ignored after ``finish()``.
  func update(_ count: TransferCount) {
    // The handler is called under the lock, so that nobody learns of two counts in the wrong order or of one after the last.
    state.withLock { state in
      guard !state.isOver else { return }
      state.progress.sentBytes = max(state.progress.sentBytes, min(count.sentBytes, state.progress.bytesToSend))
      state.progress.receivedBytes = max(state.progress.receivedBytes, count.receivedBytes)
      state.progress.bytesToReceive = count.bytesToReceive ?? state.progress.bytesToReceive
      guard state.progress != state.told, time.now - state.toldAt >= Self.interval else { return }
      tell(&state)
    }
  }

  /// The attempt has ended.
  func finish() {
    state.withLock { state in
      guard !state.isOver else { return }
      state.isOver = true
      if state.progress != state.told { tell(&state) }
    }
  }

  private func tell(_ state: inout State) {
    state.told = state.progress
    state.toldAt = time.now
    handler(state.progress)
  }
}
