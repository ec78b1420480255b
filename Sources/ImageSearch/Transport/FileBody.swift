import Glibc

/// A body read from a file while it is sent, so that an image never has to be in memory as a whole.
package struct FileBody: TransportBody {
  private let path: String
  package let length: Int

  /// - Throws: ``ImageSearchError/Code/fileNotReadable`` when there is no such regular file.
  package init(path: String) throws {
    self.path = path
    let file = try FileHandleReader(path: path)
    length = file.size
  }

  package func makeReader() throws -> any TransportBodyReader {
    let reader = try FileHandleReader(path: path)
    guard reader.size == length else {
      throw ImageSearchError(.fileNotReadable, "\(path) changed while it was sent")
    }
    return reader
  }
}

/// An open file, read from its start.
package final class FileHandleReader: TransportBodyReader {
  private let descriptor: Int32
  private let path: String
  /// Size in bytes when it was opened.
  package let size: Int
  private var remaining: Int

  /// - Throws: ``ImageSearchError/Code/fileNotReadable``.
  package init(path: String) throws {
    self.path = path
    guard !path.utf8.contains(0) else { throw ImageSearchError(.invalidArgument, "the path contains a zero byte") }
    // Without O_NONBLOCK a named pipe would wait for a writer before it can be refused.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.failure("open", path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      Glibc.close(descriptor)
      throw ImageSearchError(.fileNotReadable, "\(path) is not a regular file")
    }
    self.descriptor = descriptor
    size = Int(status.st_size)
    remaining = size
  }

  deinit { Glibc.close(descriptor) }

  /// Reads on; a file that became shorter is an error, for the length has been announced.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let wanted = min(buffer.count, remaining)
    guard wanted > 0 else { return 0 }
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, wanted)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        if count < 0 { throw Self.failure("read", path) }
        throw ImageSearchError(.fileNotReadable, "\(path) became shorter while it was read")
      }
      remaining -= count
      return count
    }
  }

  /// Reads up to `limit` bytes from where the last read ended.
  package func read(upTo limit: Int) throws -> [UInt8] {
    let wanted = min(limit, remaining)
    var bytes = [UInt8](repeating: 0, count: wanted)
    var filled = 0
    while filled < wanted {
      let count = try bytes.withUnsafeMutableBytes {
        try read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
      }
      if count == 0 { break }
      filled += count
    }
    bytes.removeSubrange(filled...)
    return bytes
  }

  private static func failure(_ verb: String, _ path: String) -> ImageSearchError {
    ImageSearchError(.fileNotReadable, "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
  }
}
