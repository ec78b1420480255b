import Glibc

/// Checks of allocations whose size comes from outside: a file, a response, an image. Swift's own containers end the
/// process when memory is exhausted.
package enum Memory {
  /// Smaller sizes are not checked; a program without even that much memory cannot continue anyway.
  private static let worthChecking = 64 << 10

  /// Allocates and frees memory, right before a container allocates it.
  ///
  /// - Parameter what: its purpose, for the message.
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when there is not enough.
  package static func check(_ count: Int, for what: @autoclosure () -> String) throws(ImageSearchError) {
    guard count >= worthChecking else { return }
    // A container adds its header, and rounds up.
    let (size, isTooLarge) = count.addingReportingOverflow(count / 8 + 4096)
    guard !isTooLarge, let memory = malloc(size) else {
      throw ImageSearchError(.outOfMemory, "no memory for \(what()) (\(count) bytes)")
    }
    free(memory)
  }

  /// Returns `count` zero bytes.
  ///
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when there is not enough memory.
  package static func bytes(_ count: Int, for what: @autoclosure () -> String) throws(ImageSearchError) -> [UInt8] {
    try check(count, for: what())
    return [UInt8](repeating: 0, count: max(0, count))
  }
}
