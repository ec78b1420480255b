import Synchronization

/// How far one attempt of a call is. A call that consists of several requests – an upload to Alibaba Cloud asks for leave first,
/// then uploads, then adds – tells of each by its ``operation``; a repetition begins again at 0 with the next ``attempt``.
public struct TransferProgress: Sendable, Hashable {
  /// The service.
  public var service: String
  /// The request, by the name that it has in the log, for instance `"search"` or `"upload"`.
  public var operation: String
  /// The attempt, from 1.
  public var attempt: Int
  /// Bytes of the request's body that were handed to the network.
  public var sentBytes: Int
  /// Bytes of the request's body in all, 0 without one.
  public var bytesToSend: Int
  /// Bytes of the response's body that came.
  public var receivedBytes: Int
  /// Bytes of the response's body in all; `nil` while, or where, the server does not tell.
  public var bytesToReceive: Int?
}

/// Receives progress: ten times a second at most while bytes move, and once when an attempt ends. Called on the thread that does
/// all transfers, or on the one that awaits the call, never by two at once for one request, and while no lock of the library is
/// held: it may cancel the call or close the client. It must return soon, because transfers stand still meanwhile.
public typealias ProgressHandler = @Sendable (TransferProgress) -> Void

/// Turns a transport's counts into a caller's progress: not too often, never backwards within an attempt, and the last one always.
final class ProgressMeter: Sendable {
  private struct State {
    var progress: TransferProgress
    var reported: TransferProgress?
    var reportedAt = -Double.infinity
    /// Somebody is calling the handler now, and looks for more when it returns.
    var isReporting = false
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
    report { state in
      guard !state.isOver else { return }
      state.progress.sentBytes = max(state.progress.sentBytes, min(count.sentBytes, state.progress.bytesToSend))
      state.progress.receivedBytes = max(state.progress.receivedBytes, count.receivedBytes)
      state.progress.bytesToReceive = count.bytesToReceive ?? state.progress.bytesToReceive
    }
  }

  /// The attempt has ended.
  func finish() { report { $0.isOver = true } }

  /// Calls the handler outside of the lock, one caller at a time: what another thread changes meanwhile is left to the one that
  /// is reporting, so that nobody learns of two counts in the wrong order.
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

  /// What is to be reported now.
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
