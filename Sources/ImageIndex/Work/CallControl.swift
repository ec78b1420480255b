import ImageSearch
import Synchronization

/// Whether a call may go on: asked between the steps of blocking work and by SQLite while it works or waits.
final class CallControl: Sendable {
  /// When the call has to be over; `nil` for never.
  let deadline: ContinuousClock.Instant?
  private let cancelled = Atomic<Bool>(false)

  init(deadline: ContinuousClock.Instant? = nil) { self.deadline = deadline }

  /// - Parameter seconds: from now; no number, a negative one and more than a century count as no deadline.
  convenience init(seconds: Double?) {
    guard let seconds, seconds >= 0, seconds < 3.2e9 else {
      self.init()
      return
    }
    self.init(deadline: ContinuousClock.now + .seconds(seconds))
  }

  func cancel() { cancelled.store(true, ordering: .relaxed) }

  /// What ends the call now; `nil` when it may go on.
  var interruption: ImageSearchError? {
    if cancelled.load(ordering: .relaxed) {
      return ImageSearchError.local(.cancelled, "The call was cancelled")
    }
    if let deadline, ContinuousClock.now >= deadline {
      return ImageSearchError.local(
        .deadlineExceeded, "The call took longer than its deadline")
    }
    return nil
  }

  /// - Throws: ``ImageSearchError/Code/cancelled`` or ``ImageSearchError/Code/deadlineExceeded``.
  func check() throws {
    if let interruption { throw interruption }
  }
}
