import Glibc

/// An open file, read in pieces wherever they are asked for.
package final class FileByteSource: ByteSource {
  private let descriptor: Int32
  private let path: String
  /// Size in bytes when it was opened.
  package let count: Int

  /// - Throws: ``ImageSearchError/Code/fileNotReadable`` when there is no such regular file,
  ///   ``ImageSearchError/Code/invalidArgument`` when the path contains a zero byte.
  package init(path: String) throws {
    guard !path.utf8.contains(0) else { throw ImageSearchError(.invalidArgument, "the path contains a zero byte") }
    // Without O_NONBLOCK, opening a pipe would wait for somebody to write into it.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.failure("open", path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      Glibc.close(descriptor)
      throw ImageSearchError(.fileNotReadable, "\(path) is not a regular file")
    }
    self.descriptor = descriptor
    self.path = path
    count = status.st_size
  }

  deinit { Glibc.close(descriptor) }

  package func read(at offset: Int, count wanted: Int) throws -> [UInt8] {
    guard offset >= 0, offset < count, wanted > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: min(wanted, count - offset))
    var filled = 0
    while filled < bytes.count {
      let got = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress?.advanced(by: filled), $0.count - filled, offset + filled)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw Self.failure("read", path) }
      if got == 0 { break }  // the file became shorter
      filled += got
    }
    bytes.removeSubrange(filled...)
    return bytes
  }

  private static func failure(_ verb: String, _ path: String) -> ImageSearchError {
    ImageSearchError(.fileNotReadable, "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
  }
}
