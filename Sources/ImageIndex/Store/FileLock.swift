import Glibc
import ImageSearch

/// An advisory lock on a file (flock(2)), released when the work ends or the process does, however it ends.
enum FileLock {
  /// Works under the lock.
  ///
  /// - Parameter wait: how long to wait for somebody else's lock; `nil` not at all.
  /// - Returns: `nil` when somebody else holds the lock and goes on holding it.
  /// - Throws: ``ImageSearchError/Code/indexUnavailable`` when the file cannot be made, opened or locked, what interrupts the call,
  ///   and what `body` throws.
  @discardableResult
  static func with<Value>(
    _ path: String, wait: Duration?, _ control: CallControl, _ body: () throws -> Value
  ) throws -> Value? {
    let descriptor: Int32
    do {
      descriptor = try Platform.openOwn(path, O_RDWR | O_CREAT)
    } catch let failure as Platform.Failure {
      throw IndexDirectory.unavailable("\(path) cannot be opened", failure.number)
    }
    defer { close(descriptor) }
    // Not by a call that waits: nothing could end it.
    let end = Deadline.after(wait ?? .zero)
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let number = errno
      if number == EINTR { continue }
      guard number == EWOULDBLOCK else { throw IndexDirectory.unavailable("\(path) cannot be locked", number) }
      guard !end.hasPassed else { return nil }
      try control.check()
      Platform.pause(milliseconds: 10)
    }
    return try body()
  }
}
