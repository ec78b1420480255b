import CRasters
import Synchronization

/// A reservation of the memory that a piece of work will allocate in containers, which end the process when memory is exhausted. It is
/// checked before the work begins, and counted until it ends, so that concurrent work does not rely on the same memory.
package final class WorkingMemory: Sendable {
  private static let promised = Atomic<Int>(0)
  private let byteCount: Int

  /// - Throws: An error when the system would not provide it now, in addition to all other reservations.
  package init(_ byteCount: Int) throws(OutOfPixelMemory) {
    // More than any address space, and sums cannot overflow.
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
