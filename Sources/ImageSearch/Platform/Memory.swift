import Glibc

/// Memory whose amount comes from outside: a file, an answer, an image. Swift's own containers end the process when there is none.
package enum Memory {
  /// Amounts below are not asked about; a program that has not even so much cannot go on anyway.
  private static let worthChecking = 64 << 10

  /// Asks for memory and gives it back, right before a container takes it.
  ///
  /// - Parameter what: what it is for, for the message.
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when the system gives none.
  package static func check(_ count: Int, for what: @autoclosure () -> String) throws(ImageSearchError) {
    guard count >= worthChecking else { return }
    // A container adds its header, and rounds up.
    let (size, isTooLarge) = count.addingReportingOverflow(count / 8 + 4096)
    guard !isTooLarge, let memory = malloc(size) else {
      throw ImageSearchError(.outOfMemory, "no memory for \(what()) (\(count) bytes)")
    }
    free(memory)
  }

  /// Zeroes, `count` of them.
  ///
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when the system gives no memory.
  package static func bytes(_ count: Int, for what: @autoclosure () -> String) throws(ImageSearchError) -> [UInt8] {
    try check(count, for: what())
    return [UInt8](repeating: 0, count: max(0, count))
  }
}
