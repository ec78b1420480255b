import ImageSearch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// An advisory lock on a file (flock(2)), released when the work ends or the process does, however it ends.
enum FileLock {
  /// Works under the lock.
  ///
  /// - Returns: `nil` when somebody else holds the lock and `wait` is false.
  /// - Throws: ``ImageSearchError/Code/indexUnavailable`` when the file cannot be made, opened or locked, and what `body`
  ///   throws.
  @discardableResult
  static func with<Value>(_ path: String, wait: Bool, _ body: () throws -> Value) throws -> Value? {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw IndexDirectory.unavailable("\(path) cannot be opened", errno) }
    defer { close(descriptor) }
    while flock(descriptor, wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
      let number = errno
      if number == EINTR { continue }
      if number == EWOULDBLOCK { return nil }
      throw IndexDirectory.unavailable("\(path) cannot be locked", number)
    }
    return try body()
  }
}
