import Glibc
import ImageSearch

/// What the operating system gives to the files of an index and to those of images: the one place that names it, threads and
/// mappings apart. Paths are bytes, as the system has them, and may be longer than it takes in one piece.
enum Platform {
  /// What a file is, and whether it is still the one that it was.
  struct FileStatus: Sendable, Equatable {
    enum Kind: Sendable { case file, folder, link, other }

    var kind: Kind
    var device: UInt64
    var inode: UInt64
    var size: Int
    /// When the content was last changed, in nanoseconds since 1970.
    var modified: Int64

    fileprivate init(_ status: stat) {
      kind =
        switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        case S_IFLNK: .link
        default: .other
        }
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
      size = Int(status.st_size)
      modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
    }

    /// Whether both are the same file, whatever has become of its content.
    func isSameFile(as other: FileStatus) -> Bool { device == other.device && inode == other.inode }
  }

  /// An error number of the system.
  struct Failure: Error {
    var number: Int32
    var text: String { String(cString: strerror(number)) }
    /// The process or the system has no descriptor or memory left.
    var isScarcity: Bool { [EMFILE, ENFILE, ENOMEM].contains(number) }
    /// There is nothing of that name.
    var isAbsence: Bool { [ENOENT, ENOTDIR].contains(number) }

    /// Why the last call was refused.
    static var last: Failure { Failure(number: errno) }
  }

  /// The longest path that a call of the system takes, without its NUL.
  static let longestPath = Int(PATH_MAX) - 1

  /// `O_PATH`: the folder may be without the right to be listed.
  private static let pathOnly: Int32 = 0o10_000_000

  static var processors: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  static func pause(milliseconds: Int) {
    var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    nanosleep(&time, nil)
  }

  /// - Parameter follow: looks at what a link points to.
  static func status(_ path: some Collection<UInt8>, follow: Bool = true) throws -> FileStatus {
    try status(in: AT_FDCWD, path, follow: follow)
  }

  static func status(_ path: String, follow: Bool = true) throws -> FileStatus {
    try status(path.utf8, follow: follow)
  }

  /// - Parameter folder: what a relative path is in.
  static func status(
    in folder: Int32, _ path: some Collection<UInt8>, follow: Bool
  ) throws -> FileStatus {
    try reaching(folder, path) { folder, last in
      var status = stat()
      guard fstatat(folder, last, &status, follow ? 0 : AT_SYMLINK_NOFOLLOW) == 0 else { throw Failure(number: errno) }
      return FileStatus(status)
    }
  }

  static func status(of descriptor: Int32) throws -> FileStatus {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Failure(number: errno) }
    return FileStatus(status)
  }

  /// Opens without ever waiting: a pipe or a device is opened too, and its kind has to be looked at.
  static func open(
    _ path: some Collection<UInt8>, _ flags: Int32, mode: mode_t = 0o666
  ) throws -> Int32 {
    try open(in: AT_FDCWD, path, flags, mode: mode)
  }

  static func open(
    in folder: Int32, _ path: some Collection<UInt8>, _ flags: Int32, mode: mode_t = 0o666
  ) throws -> Int32 {
    try reaching(folder, path) { folder, last in
      while true {
        let descriptor = openat(folder, last, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, mode)
        if descriptor >= 0 { return descriptor }
        if errno != EINTR { throw Failure(number: errno) }
      }
    }
  }

  static func openForReading(_ path: some Collection<UInt8>) throws -> Int32 { try open(path, O_RDONLY) }

  /// Opens a folder that is no link.
  static func openFolder(_ path: some Collection<UInt8>) throws -> Int32 {
    try open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  }

  static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

  /// Opens a file of the index: no link, pipe or device in its place.
  ///
  /// - Throws: ``Failure``: `ELOOP` for a link, `EINVAL` for anything else that is no file.
  static func openOwn(_ path: String, _ flags: Int32) throws -> Int32 {
    let descriptor = try open(path.utf8, flags | O_NOFOLLOW)
    do {
      guard try status(of: descriptor).kind == .file else { throw Failure(number: EINVAL) }
      return descriptor
    } catch {
      close(descriptor)
      throw error
    }
  }

  /// Bytes at a place of a file; fewer only at its end.
  static func read(
    _ descriptor: Int32, at offset: Int, into target: UnsafeMutableRawBufferPointer
  ) throws -> Int {
    while true {
      let count = pread(descriptor, target.baseAddress, target.count, off_t(offset))
      if count >= 0 { return count }
      if errno != EINTR { throw Failure(number: errno) }
    }
  }

  /// The path without links, dots and slashes too many; `nil` where there is none any more.
  static func absolute(_ path: some Collection<UInt8>) -> [UInt8]? {
    guard !path.contains(0), let found = cString(path, { realpath($0, nil) }) else { return nil }
    defer { free(found) }
    return Array(UnsafeRawBufferPointer(start: found, count: strlen(found)))
  }

  /// Calls `body` with the name of each entry of a folder but `.` and `..`; the descriptor stays open.
  static func forEachEntry(of descriptor: Int32, _ body: ([UInt8]) throws -> Void) throws {
    // The stream owns its descriptor.
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0, let stream = fdopendir(copy) else {
      let number = errno
      if copy >= 0 { close(copy) }
      throw Failure(number: number)
    }
    defer { closedir(stream) }
    rewinddir(stream)
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw Failure(number: errno) }
        return
      }
      let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 19
      let start = UnsafeRawPointer(entry) + offset
      let name = Array(UnsafeRawBufferPointer(start: start, count: strlen(start.assumingMemoryBound(to: CChar.self))))
      if name != [0x2E], name != [0x2E, 0x2E] { try body(name) }
    }
  }

  /// Hexadecimal digits that nobody can foresee.
  static func unpredictableName() throws -> String {
    try SecureRandom().hex(byteCount: 8)
  }

  /// Calls `body` with the last part of a path that is short enough, and an open folder that it is in.
  private static func reaching<Value>(
    _ folder: Int32, _ path: some Collection<UInt8>, _ body: (Int32, UnsafePointer<CChar>) throws -> Value
  ) throws -> Value {
    guard !path.contains(0) else { throw Failure(number: ENOENT) }
    var rest = Array(path)[...]
    var current = folder
    defer { if current != folder { close(current) } }
    while rest.count > longestPath {
      guard let cut = rest.prefix(longestPath).lastIndex(of: 0x2F), cut > rest.startIndex else {
        throw Failure(number: ENAMETOOLONG)
      }
      let next = cString(rest[..<cut]) { openat(current, $0, pathOnly | O_DIRECTORY | O_CLOEXEC) }
      guard next >= 0 else { throw Failure(number: errno) }
      if current != folder { close(current) }
      current = next
      rest = rest[cut...].drop { $0 == 0x2F }
    }
    return try cString(rest) { try body(current, $0) }
  }

  private static func cString<Value>(
    _ path: some Collection<UInt8>, _ body: (UnsafePointer<CChar>) throws -> Value
  ) rethrows -> Value {
    try (path.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return try body("") }
      return try body(start)
    }
  }
}
