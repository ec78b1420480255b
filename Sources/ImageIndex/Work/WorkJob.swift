import ImageSearch
import Synchronization

/// A piece of work that waits for a thread; it either runs or is abandoned, whichever comes first.
final class WorkJob: Sendable {
  private let taken = Atomic<Bool>(false)
  private let work: @Sendable () -> Void
  private let abandon: @Sendable (ImageSearchError) -> Void

  init(work: @escaping @Sendable () -> Void, abandon: @escaping @Sendable (ImageSearchError) -> Void) {
    self.work = work
    self.abandon = abandon
  }

  func runIfWaiting() {
    if !taken.exchange(true, ordering: .acquiringAndReleasing) { work() }
  }

  func abandonIfWaiting(_ error: ImageSearchError) {
    if !taken.exchange(true, ordering: .acquiringAndReleasing) { abandon(error) }
  }
}
