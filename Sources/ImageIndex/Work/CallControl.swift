import ImageSearch
import Synchronization

/// Whether a call may go on: asked between the steps of blocking work and by SQLite while it works or waits.
final class CallControl: Sendable {
  /// When the call has to be over; `nil` for never.
  let deadline: Deadline?
  private let cancelled = Atomic<Bool>(false)

  init(deadline: Deadline? = nil) { self.deadline = deadline }

  func cancel() { cancelled.store(true, ordering: .relaxed) }

  /// What ends the call now; `nil` when it may go on.
  var interruption: ImageSearchError? {
    if cancelled.load(ordering: .relaxed) {
      return ImageSearchError.local(.cancelled, "The call was cancelled")
    }
    if let deadline, deadline.hasPassed {
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
