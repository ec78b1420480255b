import Glibc

/// Checks of allocations whose size comes from outside: a file, a response, an image. Swift's own containers end the
/// process when memory is exhausted.
package enum Memory {
  /// Smaller sizes are not checked; a program without even that much memory cannot continue anyway.
  private static let worthChecking = 64 << 10
  /// What must be left for what is not checked.
  private static let spare = 1 << 20

  /// Allocates and frees memory, right before a container allocates it.
  ///
  /// - Parameter what: its purpose, for the message.
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when there is not enough.
  package static func check(_ count: Int, for what: @autoclosure () -> String) throws(ImageSearchError) {
    guard count >= worthChecking else { return }
    // A container adds its header, and rounds up; and small allocations, which are not checked, must still succeed.
    let (size, isTooLarge) = count.addingReportingOverflow(count / 8 + spare)
    // Not by malloc and free: optimisation leaves out a pair of which nobody uses the memory, and takes it for granted.
    let memory = isTooLarge ? MAP_FAILED : mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else {
      throw ImageSearchError(.outOfMemory, "no memory for \(what()) (\(count) bytes)")
    }
    munmap(memory, size)
  }

  /// Returns `count` zero bytes.
  ///
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when there is not enough memory.
  package static func bytes(_ count: Int, for what: @autoclosure () -> String) throws(ImageSearchError) -> [UInt8] {
    try check(count, for: what())
    return [UInt8](repeating: 0, count: max(0, count))
  }
}
