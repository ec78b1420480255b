import Glibc
// See Platform.swift: it may be the module of `stat`.
import SwiftOverlayShims

/// A regular file, open for reading. Pipes, devices and folders are refused, and opening never waits for one.
package final class RegularFile: Sendable {
  /// Identifies a state of a file.
  package struct Identity: Hashable, Sendable {
    package let device: UInt64
    package let inode: UInt64
    /// In bytes.
    package let size: Int
    /// Time of the last change, in nanoseconds since 1970.
    package let changed: Int
  }

  /// The file's name in messages.
  package let name: String
  /// The state when the file was opened.
  package let identity: Identity
  private let descriptor: Int32

  /// Size in bytes when it was opened.
  package var size: Int { identity.size }

  /// - Parameter followsLinks: `false` refuses a path whose last part is a symbolic link.
  /// - Throws: ``ImageSearchError/Code/fileNotReadable`` when there is no such regular file,
  ///   ``ImageSearchError/Code/outOfMemory`` when the process has no descriptor left,
  ///   ``ImageSearchError/Code/invalidArgument`` when the path contains a zero byte.
  package convenience init(path: String, followsLinks: Bool = true) throws {
    try self.init(path: Array(path.utf8), followsLinks: followsLinks)
  }

  /// - Parameters:
  ///   - path: any bytes except zero; it need not be UTF-8.
  /// - Throws: as ``init(path:followsLinks:)``.
  package convenience init(path: [UInt8], followsLinks: Bool = true) throws {
    let name = PathName.readable(path)
    guard !path.contains(0) else { throw ImageSearchError(.invalidArgument, "the path contains a zero byte") }
    // Without O_NONBLOCK, opening a pipe would wait for a writer.
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (followsLinks ? 0 : O_NOFOLLOW)
    let text = path.map { CChar(bitPattern: $0) } + [0]
    var descriptor = open(text, flags)
    while descriptor < 0, errno == EINTR { descriptor = open(text, flags) }
    guard descriptor >= 0 else { throw Self.failure("open", name) }
    try self.init(descriptor: descriptor, named: name)
  }

  /// Takes ownership of a descriptor that was opened for reading; it is also closed if the file is refused.
  ///
  /// - Throws: as ``init(path:followsLinks:)``.
  package init(descriptor: Int32, named name: String) throws {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size >= 0 else {
      Glibc.close(descriptor)
      throw ImageSearchError(.fileNotReadable, "\(name) is not a regular file")
    }
    self.descriptor = descriptor
    self.name = name
    identity = Identity(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int(status.st_size),
      changed: Self.nanoseconds(&status))
  }

  deinit { Glibc.close(descriptor) }

  /// Time of the last change. Read as raw bytes, because the module that `timespec` belongs to depends on the order in
  /// which the compiler finds it.
  private static func nanoseconds(_ status: inout stat) -> Int {
    withUnsafeBytes(of: &status.st_mtim) { time in
      guard time.count >= 16 else { return 0 }
      return time.load(as: Int.self) &* 1_000_000_000 &+ time.load(fromByteOffset: 8, as: Int.self)
    }
  }

  /// Fills a buffer from its start with the bytes at `offset`; may be called concurrently from any thread.
  ///
  /// - Returns: the number of bytes, less than the size of the buffer only at the end of the file.
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``.
  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
    var filled = 0
    while filled < buffer.count {
      let got = pread(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled, offset + filled)
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw Self.failure("read", name) }
      if got == 0 { break }
      filled += got
    }
    return filled
  }

  /// Reads up to `limit` bytes from `offset` on.
  ///
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``, ``ImageSearchError/Code/outOfMemory``.
  package func read(upTo limit: Int, at offset: Int = 0) throws -> [UInt8] {
    guard offset >= 0, offset < size, limit > 0 else { return [] }
    var bytes = try Memory.bytes(min(limit, size - offset), for: name)
    let count = try bytes.withUnsafeMutableBytes { try read(into: $0, at: offset) }
    bytes.removeSubrange(count...)
    return bytes
  }

  /// All bytes.
  ///
  /// - Throws: ``ImageSearchError/Code/imageTooLarge`` above the limit; otherwise as ``read(upTo:at:)``, also when the
  ///   file became shorter.
  package func contents(limit: Int) throws -> [UInt8] {
    guard size <= limit else {
      throw ImageSearchError(.imageTooLarge, "\(name) has \(size) bytes; the limit is \(limit)")
    }
    let bytes = try read(upTo: size)
    guard bytes.count == size else {
      throw ImageSearchError(.fileNotReadable, "\(name) became shorter while it was read")
    }
    return bytes
  }

  /// The error for `errno`.
  private static func failure(_ verb: String, _ name: String) -> ImageSearchError {
    let number = errno
    let code: ImageSearchError.Code
    switch number {
    case EMFILE, ENFILE, ENOMEM: code = .outOfMemory
    case ENOSPC, EDQUOT: code = .diskFull
    default: code = .fileNotReadable
    }
    return ImageSearchError(code, "cannot \(verb) \(name): \(String(cString: strerror(number)))")
  }
}

// MARK: - Writing

extension RegularFile {
  /// Writes a file atomically: under an unpredictable name in the same folder, which is then renamed.
  ///
  /// An existing file keeps its mode. A symbolic link is replaced, not followed; anything else that is not a regular
  /// file is refused.
  ///
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``, ``ImageSearchError/Code/diskFull``,
  ///   ``ImageSearchError/Code/outOfMemory``.
  package static func write(_ bytes: [UInt8], to path: String) throws {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw ImageSearchError(.invalidArgument, "the path is empty or contains a zero byte")
    }
    let mode = try existingMode(path)
    let temporary = path + "." + (try SecureRandom().hex(byteCount: 8))
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure("write", path) }
    var problem = fill(descriptor, bytes, path)
    // A new file gets the permissions of the process's umask.
    if problem == nil, let mode, fchmod(descriptor, mode) != 0 { problem = failure("write", path) }
    if Glibc.close(descriptor) != 0, problem == nil { problem = failure("write", path) }
    if problem == nil, rename(temporary, path) != 0 { problem = failure("write", path) }
    guard let problem else { return }
    unlink(temporary)
    throw problem
  }

  /// Creates a folder, unless there is one.
  ///
  /// - Throws: as ``write(_:to:)``.
  static func makeFolder(_ path: String) throws {
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw failure("make", path) }
  }

  /// Creates an empty file.
  ///
  /// - Returns: `false` if the name is taken.
  /// - Throws: as ``write(_:to:)``.
  static func create(_ path: String) throws -> Bool {
    let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      if errno == EEXIST { return false }
      throw failure("write", path)
    }
    Glibc.close(descriptor)
    return true
  }

  /// The mode of the file that will be replaced; `nil` without one.
  private static func existingMode(_ path: String) throws -> mode_t? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    let isLink = status.st_mode & S_IFMT == S_IFLNK
    // A link to a device, such as /dev/stdout, must not be replaced either.
    if isLink, stat(path, &status) != 0 { return nil }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ImageSearchError(.fileNotReadable, "cannot write \(path): it is not a regular file")
    }
    return isLink ? nil : status.st_mode & 0o7777
  }

  private static func fill(_ descriptor: Int32, _ bytes: [UInt8], _ path: String) -> ImageSearchError? {
    bytes.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return failure("write", path) }
        written += count
      }
      return nil
    }
  }
}
