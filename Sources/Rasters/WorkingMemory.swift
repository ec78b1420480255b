import CRasters
import Synchronization

/// Memory that a piece of work is going to take in containers, which end the process when there is none: asked for before the work
/// begins, and counted until it ends, so that pieces of work that run at once are not promised the same memory.
package final class WorkingMemory: Sendable {
  private static let promised = Atomic<Int>(0)
  private let byteCount: Int

  /// - Throws: when the system would not give it now, in addition to what others were promised.
  package init(_ byteCount: Int) throws(OutOfPixelMemory) {
    // No address space has half of it, and sums stay countable.
    let count = max(0, min(byteCount, 1 << 60))
    let all = Self.promised.add(count, ordering: .relaxed).newValue
    guard let memory = raster_allocate(max(1, all)) else {
      Self.promised.subtract(count, ordering: .relaxed)
      throw OutOfPixelMemory(byteCount: byteCount)
    }
    raster_free(memory, max(1, all))
    self.byteCount = count
  }

  deinit { Self.promised.subtract(byteCount, ordering: .relaxed) }
}
