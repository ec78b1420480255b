import CCurl
import Glibc

/// Wakes a thread that polls: an event counter of the kernel, which it watches.
final class WakeBell: Sendable {
  /// To poll for reading.
  let descriptor: Int32

  /// - Throws: ``ImageSearchError/Code/internalFailure`` when the process has no file descriptors left.
  init() throws {
    descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    guard descriptor >= 0 else {
      throw ImageSearchError(
        .internalFailure, "no file descriptors for a client: \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(descriptor) }

  /// From any thread; what was rung and not cleared stays rung.
  func ring() {
    var one: UInt64 = 1
    _ = write(descriptor, &one, 8)
  }

  /// From the thread that polled.
  func clear() {
    var count: UInt64 = 0
    _ = read(descriptor, &count, 8)
  }
}
