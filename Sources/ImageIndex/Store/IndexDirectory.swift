import ImageSearch

/// The directory of an index and the names in it.
struct IndexDirectory: Sendable {
  /// Absolute, without links and without a slash at the end.
  let path: String

  /// - Throws: ``ImageSearchError/Code/invalidArgument`` for an empty path or one with a NUL,
  ///   ``ImageSearchError/Code/indexUnavailable`` when the directory does not exist and cannot be created.
  init(path: String, create: Bool) throws {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw ImageSearchError.local(
        .invalidArgument, "path is empty or contains a NUL character")
    }
    if create { try Self.orUnavailable("The directory \(path) cannot be made") { try Platform.makeFolder(path) } }
    // Absolute, because the program may change its working directory.
    guard let absolute = Platform.absolute(path.utf8) else {
      throw Self.unavailable("The directory \(path) cannot be opened", .last)
    }
    guard let text = String(validating: absolute, as: UTF8.self) else {
      throw ImageSearchError.local(.indexUnavailable, "\(path) is in a folder whose name is not UTF-8")
    }
    guard (try? Platform.status(absolute))?.kind == .folder else {
      throw ImageSearchError.local(.indexUnavailable, "\(path) is not a directory")
    }
    self.path = text
  }

  /// The SQLite database.
  var database: String { path + "/index.sqlite" }
  /// The file that is locked while the database or segments are created.
  var lockFile: String { path + "/index.lock" }
  /// The directory of the segments.
  var segments: String { path + "/segments" }
  /// The files that SQLite may create beside the database.
  var companions: [String] { ["-wal", "-shm", "-journal"].map { database + $0 } }

  /// Checks that the files of the index are regular files and the directory of the segments is a directory. SQLite would block forever
  /// on a pipe, and a link would lead to a file elsewhere.
  ///
  /// - Returns: The status of the database; `nil` when there is none.
  /// - Throws: ``ImageSearchError/Code/indexUnavailable``.
  @discardableResult
  func check() throws -> Platform.FileStatus? {
    for file in companions { try check(file, is: .file) }
    try check(segments, is: .folder)
    return try check(database, is: .file)
  }

  @discardableResult
  private func check(_ path: String, is kind: Platform.FileStatus.Kind) throws -> Platform.FileStatus? {
    do {
      let status = try Platform.status(path, follow: false)
      guard status.kind == kind else {
        throw ImageSearchError.local(
          .indexUnavailable, "\(path) is not a \(kind == .file ? "file" : "folder"), but a link or something else")
      }
      return status
    } catch let failure as Platform.Failure {
      if failure.isAbsence { return nil }
      throw Self.unavailable("\(path) cannot be looked at", failure)
    }
  }

  /// Makes the entries of a directory durable, which `fsync` of a file does not (fsync(2)).
  static func sync(_ path: String) throws {
    let descriptor = try orUnavailable("\(path) cannot be opened") { try Platform.openLinkedFolder(path) }
    defer { Platform.close(descriptor) }
    try orUnavailable("\(path) cannot be written") { try Platform.sync(descriptor) }
  }

  /// Returns the error for a failed system call.
  static func unavailable(_ what: String, _ failure: Platform.Failure) -> ImageSearchError {
    .local(
      failure.isFull ? .diskFull : failure.isScarcity ? .outOfMemory : .indexUnavailable, "\(what): \(failure.text)")
  }

  /// Runs system calls, and converts their failure to an error that begins with `what`.
  @discardableResult
  static func orUnavailable<Value>(_ what: @autoclosure () -> String, _ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let failure as Platform.Failure { throw unavailable(what(), failure) }
  }
}

/// An advisory lock on a file (flock(2)), which the system releases when the process ends in any way.
enum FileLock {
  /// Calls `body` with the lock held.
  ///
  /// - Parameter wait: How long to wait for the lock; `nil` does not wait.
  /// - Returns: `nil` when another holder keeps the lock for all of that time.
  /// - Throws: ``ImageSearchError/Code/indexUnavailable`` when the file cannot be created, opened or locked, what interrupts the call,
  ///   and the errors of `body`.
  @discardableResult
  static func with<Value>(
    _ path: String, wait: Duration?, _ control: CallControl, _ body: () throws -> Value
  ) throws -> Value? {
    let descriptor = try IndexDirectory.orUnavailable("\(path) cannot be opened") {
      try Platform.openOwn(path, .made)
    }
    defer { Platform.close(descriptor) }
    // Polls, because a blocking flock() could not be interrupted.
    let end = Deadline.after(wait ?? .zero)
    while try !IndexDirectory.orUnavailable("\(path) cannot be locked", { try Platform.lock(descriptor) }) {
      guard !end.hasPassed else { return nil }
      try control.check()
      Platform.pause(milliseconds: 10)
    }
    return try body()
  }
}
