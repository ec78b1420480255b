import Glibc
import ImageSearch

/// Operating system calls for files and threads; the only file of this target that names the operating system. Paths are bytes, as in the
/// file system, and may be longer than the system accepts in one call.
enum Platform {
  /// Kind, identity, size and modification time of a file.
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

    /// Whether both are the same file, even if its content has changed.
    func isSameFile(as other: FileStatus) -> Bool { device == other.device && inode == other.inode }
  }

  /// An error number of the system.
  struct Failure: Error {
    var number: Int32
    var text: String { String(cString: strerror(number)) }
    /// Whether the process or the system has no descriptor or memory left.
    var isScarcity: Bool { [EMFILE, ENFILE, ENOMEM].contains(number) }
    /// Whether there is no space left, or the file would be too large.
    var isFull: Bool { [ENOSPC, EDQUOT, EFBIG].contains(number) }
    /// Whether writing is not permitted.
    var isReadOnly: Bool { [EROFS, EACCES, EPERM].contains(number) }
    /// Whether the path does not exist.
    var isAbsence: Bool { [ENOENT, ENOTDIR].contains(number) }

    /// The failure of the last system call (`errno`).
    static var last: Failure { Failure(number: errno) }
  }

  /// Maximum length of a path in a system call, without its NUL.
  static let longestPath = Int(PATH_MAX) - 1

  /// `O_PATH`, which needs no permission to list the folder.
  private static let pathOnly: Int32 = 0o10_000_000

  static var processors: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  static func pause(milliseconds: Int) {
    var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    nanosleep(&time, nil)
  }

  /// - Parameter follow: Whether to return the status of a link's target.
  static func status(_ path: some Collection<UInt8>, follow: Bool = true) throws -> FileStatus {
    try status(in: AT_FDCWD, path, follow: follow)
  }

  static func status(_ path: String, follow: Bool = true) throws -> FileStatus {
    try status(path.utf8, follow: follow)
  }

  /// - Parameter folder: Descriptor of the folder that a relative path starts from.
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

  /// Opens a file without blocking. Pipes and devices are opened as well, so the caller must check the kind.
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

  /// Opens a folder; a link is an error.
  static func openFolder(_ path: some Collection<UInt8>) throws -> Int32 {
    try open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  }

  /// Opens a folder, following links.
  static func openLinkedFolder(_ path: String) throws -> Int32 { try open(path.utf8, O_RDONLY | O_DIRECTORY) }

  static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

  /// Creates a folder.
  ///
  /// - Returns: `false` if the name exists.
  @discardableResult
  static func makeFolder(_ path: String) throws -> Bool {
    if mkdir(path, 0o777) == 0 { return true }
    guard errno == EEXIST else { throw Failure.last }
    return false
  }

  /// Returns why files of a folder cannot be changed; `nil` if they can.
  static func refusalToWrite(in folder: String) -> Failure? {
    guard access(folder, W_OK) != 0 else { return nil }
    let failure = Failure.last
    return failure.isReadOnly ? failure : nil
  }

  static func move(_ path: String, to other: String) throws {
    guard rename(path, other) == 0 else { throw Failure.last }
  }

  /// Removes a file, if it exists.
  static func remove(_ path: String) { unlink(path) }

  static func remove(_ name: String, in folder: Int32) { unlinkat(folder, name, 0) }

  /// Makes the content of a file, or the entries of a folder, durable.
  static func sync(_ descriptor: Int32) throws {
    guard fsync(descriptor) == 0 else { throw Failure.last }
  }

  /// Locks a file for this process (flock(2)).
  ///
  /// - Returns: `false` if another process holds the lock.
  static func lock(_ descriptor: Int32) throws -> Bool {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let failure = Failure.last
      if failure.number == EINTR { continue }
      guard failure.number == EWOULDBLOCK else { throw failure }
      return false
    }
    return true
  }

  /// Allocates the blocks of a new file, because writing to a mapping on a full disk would end the process with SIGBUS.
  static func reserve(_ descriptor: Int32, size: Int) throws {
    var number = posix_fallocate(descriptor, 0, max(1, size))
    while number == EINTR { number = posix_fallocate(descriptor, 0, max(1, size)) }
    guard number == 0 else { throw Failure(number: number) }
  }

  /// Maps the first bytes of a file.
  static func map(_ descriptor: Int32, size: Int, writing: Bool) throws -> UnsafeMutableRawBufferPointer {
    let access = writing ? PROT_READ | PROT_WRITE : PROT_READ
    guard let start = mmap(nil, max(1, size), access, MAP_SHARED, descriptor, 0), start != MAP_FAILED else {
      throw Failure.last
    }
    return UnsafeMutableRawBufferPointer(start: start, count: size)
  }

  static func unmap(_ bytes: UnsafeMutableRawBufferPointer) { munmap(bytes.baseAddress, max(1, bytes.count)) }

  /// Makes a mapping and its file durable.
  static func sync(_ descriptor: Int32, _ mapping: UnsafeMutableRawBufferPointer) throws {
    guard msync(mapping.baseAddress, mapping.count, MS_SYNC) == 0 else { throw Failure.last }
    try sync(descriptor)
  }

  /// Zeroed memory; `nil` when there is none.
  static func allocate(_ size: Int) -> UnsafeMutableRawBufferPointer? {
    calloc(1, max(1, size)).map { UnsafeMutableRawBufferPointer(start: $0, count: size) }
  }

  static func free(_ memory: UnsafeMutableRawBufferPointer) { Glibc.free(memory.baseAddress) }

  /// Whether the process has a limit on the size of files.
  static var limitsFileSize: Bool {
    var limits = rlimit()
    guard getrlimit(__rlimit_resource_t(UInt32(RLIMIT_FSIZE.rawValue)), &limits) == 0 else { return false }
    return limits.rlim_cur != rlim_t.max
  }

  /// Seconds since 1970.
  static var unixTime: Int { time(nil) }

  enum OwnFile {
    case reading, writing
    /// For writing; created if it is missing.
    case made
    /// Created for writing; an error if it exists.
    case new

    fileprivate var flags: Int32 {
      switch self {
      case .reading: O_RDONLY
      case .writing: O_RDWR
      case .made: O_RDWR | O_CREAT
      case .new: O_RDWR | O_CREAT | O_EXCL
      }
    }
  }

  /// Opens a file of the index, and rejects a link, pipe or device in its place.
  ///
  /// - Throws: ``Failure``: `ELOOP` for a link, `EINVAL` for anything else that is not a regular file.
  static func openOwn(_ path: String, _ use: OwnFile) throws -> Int32 {
    let descriptor = try open(path.utf8, use.flags | O_NOFOLLOW)
    do {
      guard try status(of: descriptor).kind == .file else { throw Failure(number: EINVAL) }
      return descriptor
    } catch {
      close(descriptor)
      throw error
    }
  }

  /// Reads bytes at an offset of a file, fewer only at its end.
  static func read(
    _ descriptor: Int32, at offset: Int, into target: UnsafeMutableRawBufferPointer
  ) throws -> Int {
    while true {
      let count = pread(descriptor, target.baseAddress, target.count, off_t(offset))
      if count >= 0 { return count }
      if errno != EINTR { throw Failure(number: errno) }
    }
  }

  /// Returns the canonical path, without links, dots and repeated slashes; `nil` when the file no longer exists.
  static func absolute(_ path: some Collection<UInt8>) -> [UInt8]? {
    guard !path.contains(0), let found = cString(path, { realpath($0, nil) }) else { return nil }
    defer { Glibc.free(found) }
    return Array(UnsafeRawBufferPointer(start: found, count: strlen(found)))
  }

  /// Calls `body` with the name of each entry of a folder except `.` and `..`; the descriptor stays open.
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

  /// Returns random hexadecimal digits from a secure source.
  static func unpredictableName() throws -> String {
    try SecureRandom().hex(byteCount: 8)
  }

  /// Opens the leading folders of a path that is longer than ``longestPath``, and calls `body` with the last of them and the rest of the path.
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

/// A mutex with a condition variable.
final class Gate: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  init() {
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    let attributes = UnsafeMutablePointer<pthread_condattr_t>.allocate(capacity: 1)
    pthread_condattr_init(attributes)
    pthread_condattr_setclock(attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, attributes)
    pthread_condattr_destroy(attributes)
    attributes.deallocate()
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func with<Value>(_ body: () throws -> Value) rethrows -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }

  /// Releases the lock until signalled. Only within ``with(_:)``, in a loop that checks the condition.
  func wait() { pthread_cond_wait(condition, mutex) }

  /// As ``wait()``, for at most the given time.
  func wait(_ time: Duration) {
    var end = timespec()
    clock_gettime(CLOCK_MONOTONIC, &end)
    let (seconds, attoseconds) = time.components
    let nanoseconds = Int(attoseconds / 1_000_000_000) + end.tv_nsec
    end.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
    end.tv_nsec = nanoseconds % 1_000_000_000
    pthread_cond_timedwait(condition, mutex, &end)
  }

  func signal() { pthread_cond_signal(condition) }

  func signalAll() { pthread_cond_broadcast(condition) }
}
