import Glibc

/// An open file, closed when its owner is destroyed.
struct OpenFile: ~Copyable {
  let descriptor: Int32
  let path: FilePath

  /// - Parameters:
  ///   - flags: those of `open`; always close-on-exec.
  init(_ path: FilePath, _ flags: Int32, mode: mode_t = 0o600) throws(SystemError) {
    let found = path.withCString { open($0, flags | O_CLOEXEC, mode) }
    guard found >= 0 else { throw SystemError(path.text) }
    descriptor = found
    self.path = path
  }

  deinit { close(descriptor) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if errno != EINTR { throw SystemError(path.text) }
    }
  }

  /// Reads everything from the current position.
  ///
  /// - Parameter limit: maximum number of bytes; more are an error.
  func contents(limit: Int) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count: Int
      do { count = try buffer.withUnsafeMutableBytes { try read(into: $0) } } catch let error as SystemError {
        throw error
      } catch {
        throw SystemError(path.text, EIO)
      }
      if count == 0 { return bytes }
      bytes += buffer.prefix(count)
      if bytes.count > limit { throw SystemError(path.text, EFBIG) }
    }
  }

  func write(_ bytes: some Collection<UInt8>) throws(SystemError) {
    guard writeAll(descriptor, Array(bytes)) else { throw SystemError(path.text) }
  }

  func synchronize() throws(SystemError) {
    guard fdatasync(descriptor) == 0 || errno == EINVAL else { throw SystemError(path.text) }
  }

  func status() throws(SystemError) -> FileStatus { try FileStatus.of(descriptor) }
}

/// Writes everything, in as many calls as necessary; `errno` has the error.
func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
  bytes.withUnsafeBytes { buffer in
    var written = 0
    while written < buffer.count {
      let count = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
      if count < 0 {
        if errno == EINTR { continue }
        return false
      }
      written += count
    }
    return true
  }
}

/// Creates a folder and its parents, accessible to the user only.
func makeFolder(_ path: FilePath) throws(SystemError) {
  if path.withCString({ mkdir($0, 0o700) }) == 0 || errno == EEXIST { return }
  guard errno == ENOENT, path.parent != path else { throw SystemError(path.text) }
  try makeFolder(path.parent)
  guard path.withCString({ mkdir($0, 0o700) }) == 0 || errno == EEXIST else { throw SystemError(path.text) }
}

/// Flushes the entries of a folder to disk.
func synchronizeFolder(_ path: FilePath) {
  guard let folder = try? OpenFile(path, O_RDONLY | O_DIRECTORY) else { return }
  fsync(folder.descriptor)
}
