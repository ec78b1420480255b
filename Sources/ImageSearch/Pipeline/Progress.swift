import Synchronization

/// Progress of one attempt of a call. A call may make several requests – an upload to Alibaba Cloud is authorized
/// first, then sent, then added – which ``operation`` tells apart; a repetition starts at 0 again with the next
/// ``attempt``.
public struct TransferProgress: Sendable, Hashable {
  /// The service.
  public var service: String
  /// The request's name, as in the log, for instance `"search"` or `"upload"`.
  public var operation: String
  /// The attempt, from 1.
  public var attempt: Int
  /// Bytes of the request's body that were passed to the network.
  public var sentBytes: Int
  /// Total bytes of the request's body, 0 without one.
  public var bytesToSend: Int
  /// Bytes of the response's body that were received.
  public var receivedBytes: Int
  /// Total bytes of the response's body; `nil` until the server says, or if it does not.
  public var bytesToReceive: Int?
}

/// Receives progress: at most ten times per second during a transfer, and once when an attempt ends. Called on the
/// transfer thread or on the thread that awaits the call, never concurrently for one request, and while no lock of the
/// library is held: it may cancel the call or close the client. It must return soon, because transfers stop meanwhile.
public typealias ProgressHandler = @Sendable (TransferProgress) -> Void

/// Turns a transport's counts into a caller's progress: limited in frequency, never decreasing within an attempt, and
/// always with the last count.
final class ProgressMeter: Sendable {
  private struct State {
    var progress: TransferProgress
    var reported: TransferProgress?
    var reportedAt = -Double.infinity
    /// Whether a thread is calling the handler; it checks for later counts when the handler returns.
    var isReporting = false
    var isOver = false
  }

  /// Minimum number of seconds between two calls of the handler.
  static let interval = 0.1

  private let handler: ProgressHandler
  private let time: any TimeSource
  private let state: Mutex<State>

  init(_ handler: @escaping ProgressHandler, _ start: TransferProgress, time: any TimeSource) {
    self.handler = handler
    self.time = time
    state = Mutex(State(progress: start))
  }

  /// Takes the transport's count; ignored after ``finish()``.
  func update(_ count: TransferCount) {
    report { state in
      guard !state.isOver else { return }
      state.progress.sentBytes = max(state.progress.sentBytes, min(count.sentBytes, state.progress.bytesToSend))
      state.progress.receivedBytes = max(state.progress.receivedBytes, count.receivedBytes)
      state.progress.bytesToReceive = count.bytesToReceive ?? state.progress.bytesToReceive
    }
  }

  /// Ends the attempt.
  func finish() { report { $0.isOver = true } }

  /// Calls the handler outside the lock, one thread at a time: changes that another thread makes meanwhile are left to
  /// the reporting thread, so that the handler never sees two counts in the wrong order.
  private func report(_ change: (inout State) -> Void) {
    var next = state.withLock { state -> TransferProgress? in
      change(&state)
      guard !state.isReporting else { return nil }
      return begin(&state)
    }
    while let progress = next {
      handler(progress)
      next = state.withLock { state in
        state.isReporting = false
        return begin(&state)
      }
    }
  }

  /// The progress to report now, if any.
  private func begin(_ state: inout State) -> TransferProgress? {
    guard state.progress != state.reported, state.isOver || time.now - state.reportedAt >= Self.interval else {
      return nil
    }
    state.reported = state.progress
    state.reportedAt = time.now
    state.isReporting = true
    return state.progress
  }
}
