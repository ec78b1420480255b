import ImageSearch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The directory of an index and the names in it.
struct IndexDirectory: Sendable {
  /// Absolute, without a slash at the end.
  let path: String

  /// - Throws: ``ImageSearchError/Code/invalidArgument`` for an empty path or one with a NUL,
  ///   ``ImageSearchError/Code/indexUnavailable`` when the directory is not there and cannot be made.
  init(path: String, create: Bool) throws {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw ImageSearchError.local(
        .invalidArgument, "path is empty or contains a NUL character")
    }
    if create, mkdir(path, 0o777) != 0, errno != EEXIST {
      throw Self.unavailable("The directory \(path) cannot be made", errno)
    }
    // Absolute, because the program may change its working directory.
    guard let absolute = realpath(path, nil) else {
      throw Self.unavailable("The directory \(path) cannot be opened", errno)
    }
    defer { free(absolute) }
    self.path = String(cString: absolute)
    var status = stat()
    guard stat(self.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw ImageSearchError.local(.indexUnavailable, "\(path) is not a directory")
    }
  }

  /// The SQLite database.
  var database: String { path + "/index.sqlite" }
  /// The database while it is made, before it gets its name.
  var newDatabase: String { path + "/index.sqlite.new" }
  /// The file that is locked while the database is made, and while segments are.
  var lockFile: String { path + "/index.lock" }
  /// The directory of the segments.
  var segments: String { path + "/segments" }

  /// The size of a file; `nil` when there is none.
  static func size(of path: String) -> Int? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Int(status.st_size)
  }

  /// Makes the names in a directory durable: a file's own `fsync` does not (fsync(2)).
  static func sync(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unavailable("\(path) cannot be opened", errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw unavailable("\(path) cannot be written", errno) }
  }

  /// The error for a failure of the system.
  static func unavailable(_ what: String, _ number: Int32) -> ImageSearchError {
    let full = [ENOSPC, EDQUOT, EFBIG].contains(number)
    return ImageSearchError.local(
      full ? .diskFull : .indexUnavailable, "\(what): \(String(cString: strerror(number)))")
  }
}
