import Glibc

/// Writing a whole file.
package enum FileOutput {
  /// Writes beside the target and renames, so that the file appears whole or not at all.
  ///
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``, ``ImageSearchError/Code/diskFull``.
  package static func write(_ bytes: [UInt8], to path: String) throws {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw ImageSearchError(.invalidArgument, "the path is empty or contains a zero byte")
    }
    var template = Array((path + ".XXXXXX").utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw failure(path) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      written += count
    }
    // Made private by mkstemp; a file that a program writes is readable as the user's mask says.
    let mask = umask(0)
    umask(mask)
    fchmod(descriptor, 0o666 & ~mask)
    let error = failure(path)
    let isClosed = Glibc.close(descriptor) == 0
    guard written == bytes.count, isClosed, rename(template, path) == 0 else {
      let late = written == bytes.count ? failure(path) : error
      unlink(template)
      throw late
    }
  }

  private static func failure(_ path: String) -> ImageSearchError {
    let number = errno
    return ImageSearchError(
      number == ENOSPC ? .diskFull : .fileNotReadable, "cannot write \(path): \(String(cString: strerror(number)))")
  }
}
