import Glibc
import Synchronization

/// Ends the process at once after Ctrl-C, whatever it does: completed work is on disk by then, and nothing else is
/// worth waiting for.
///
/// A separate thread waits for the signals. It cancels the work, gives it a moment for its last output, prints how to
/// continue, and ends the process.
final class Interruption: Sendable {
  static let shared = Interruption()

  private struct State {
    var cancel: (@Sendable () -> Void)?
    var hint: (@Sendable () -> String?)?
    var signal: Int32 = 0
    var isOver = false
  }

  private let state = Mutex(State())
  /// Seconds for cancelled work to end.
  private static let grace = 0.05

  /// Blocks the signals in this thread and all later ones, and waits for them in a separate one.
  static func install() {
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGHUP] {
      // A signal that was ignored at the start (nohup) stays ignored.
      var action = sigaction()
      sigaction(signal, nil, &action)
      if unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1 { continue }
      sigaddset(&signals, signal)
    }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    var thread = pthread_t()
    let set = UnsafeMutablePointer<sigset_t>.allocate(capacity: 1)
    set.initialize(to: signals)
    let result = pthread_create(
      &thread, nil,
      { argument in
        guard let set = argument?.assumingMemoryBound(to: sigset_t.self) else { return nil }
        var signal: Int32 = 0
        if sigwait(set, &signal) == 0 { Interruption.shared.end(signal) }
        return nil
      }, set)
    // Without the thread the signals keep their default actions.
    if result != 0 { pthread_sigmask(SIG_UNBLOCK, &signals, nil) } else { pthread_detach(thread) }
  }

  /// Sets the action that cancels the work.
  func onCancel(_ cancel: @escaping @Sendable () -> Void) { state.withLock { $0.cancel = cancel } }

  /// Sets the hint how to continue; the last one is used.
  func hint(_ hint: @escaping @Sendable () -> String?) { state.withLock { $0.hint = hint } }

  /// The signal that was received, if any.
  var signal: Int32? { state.withLock { $0.signal == 0 ? nil : $0.signal } }

  /// Notes that the work has ended; after a signal, the waiting thread ends the process.
  func workIsOver() {
    let signalled = state.withLock { state in
      state.isOver = true
      return state.signal != 0
    }
    while signalled { pause() }
  }

  private func end(_ signal: Int32) {
    let (cancel, hint) = state.withLock { state in
      state.signal = signal
      return (state.cancel, state.hint)
    }
    cancel?()
    let start = ProgressLine.now
    while ProgressLine.now - start < Self.grace, !state.withLock({ $0.isOver }) { usleep(2000) }
    let what = hint?() ?? nil
    Console.shared.close(with: "imagesearch: interrupted" + (what.map { "; " + $0 } ?? ""))
    _exit(128 + signal)
  }
}
