import Glibc

/// A system error and its context.
struct SystemError: Error {
  var number: Int32
  var what: String

  init(_ what: String, _ number: Int32 = errno) {
    self.what = what
    self.number = number
  }

  var reason: String { String(cString: strerror(number)) }
}

/// The status of a file, sufficient to identify it and to detect that it was written to.
struct FileStatus: Hashable {
  enum Kind { case file, folder, link, other }

  var kind: Kind
  var device: UInt64
  var inode: UInt64
  var size: Int64
  var mode: UInt32
  var owner: UInt32
  var group: UInt32
  var links: UInt64
  /// Modification time in nanoseconds since 1970.
  var modified: Int64
  var accessed: Int64

  init(_ found: stat) {
    kind =
      switch found.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      default: .other
      }
    device = UInt64(found.st_dev)
    inode = UInt64(found.st_ino)
    size = Int64(found.st_size)
    mode = UInt32(found.st_mode) & 0o7777
    owner = found.st_uid
    group = found.st_gid
    links = UInt64(found.st_nlink)
    func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec) }
    modified = nanoseconds(found.st_mtim)
    accessed = nanoseconds(found.st_atim)
  }

  /// - Parameter follow: whether links are followed.
  static func of(_ path: FilePath, follow: Bool = true) throws(SystemError) -> FileStatus {
    var found = stat()
    let result = path.withCString { follow ? stat($0, &found) : lstat($0, &found) }
    guard result == 0 else { throw SystemError(path.text) }
    return FileStatus(found)
  }

  static func of(_ descriptor: Int32) throws(SystemError) -> FileStatus {
    var found = stat()
    guard fstat(descriptor, &found) == 0 else { throw SystemError("a file that is open") }
    return FileStatus(found)
  }

  func isSameFile(as other: FileStatus) -> Bool { device == other.device && inode == other.inode }

  /// Whether it is the same file and, according to the system, has the same content.
  func isUnchanged(since other: FileStatus) -> Bool {
    isSameFile(as: other) && size == other.size && modified == other.modified
  }
}
