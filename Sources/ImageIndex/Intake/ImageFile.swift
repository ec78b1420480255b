import Glibc
import ImageSearch

/// An image's file: its whole content, and what tells whether it has changed.
struct ImageFile: Sendable {
  /// Absolute; it need not be UTF-8.
  var path: [UInt8]
  var byteCount: Int
  /// When the content was last changed, in nanoseconds since 1970.
  var modificationTime: Int64

  /// What the file is now, without reading it.
  ///
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``.
  init(path: String) throws {
    var status = stat()
    guard !path.utf8.contains(0), stat(path, &status) == 0 else { throw Self.failure(path, errno) }
    try self.init(path: path, status)
  }

  private init(path: String, _ status: stat) throws {
    // Not a pipe or a device, where reading might wait for ever.
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ImageSearchError.local(.fileNotReadable, "\(path) is not a file")
    }
    guard let absolute = realpath(path, nil) else { throw Self.failure(path, errno) }
    defer { free(absolute) }
    self.path = Array(UnsafeRawBufferPointer(start: absolute, count: strlen(absolute)))
    byteCount = Int(status.st_size)
    modificationTime = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
  }

  /// Reads a file.
  ///
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``, ``ImageSearchError/Code/imageTooLarge``.
  static func read(_ path: String, limit: Int, control: CallControl) throws -> (ImageFile, [UInt8]) {
    guard !path.utf8.contains(0) else { throw failure(path, ENOENT) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure(path, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(path, errno) }
    let file = try ImageFile(path: path, status)
    guard file.byteCount <= limit else {
      throw ImageSearchError.local(
        .imageTooLarge, "\(path) has \(file.byteCount) bytes, the limit is maximumImageBytes = \(limit)")
    }
    var failed: Int32 = 0
    let bytes = try [UInt8](unsafeUninitializedCapacity: file.byteCount) { buffer, count in
      while count < buffer.count {
        try control.check()
        guard let base = buffer.baseAddress else { break }
        let read = Self.readSome(descriptor, base + count, min(buffer.count - count, 1 << 20))
        if read < 0, errno == EINTR { continue }
        if read < 0 { failed = errno }
        if read <= 0 { break }
        count += read
      }
    }
    guard failed == 0 else { throw failure(path, failed) }
    return (file, bytes)
  }

  private static func readSome(_ descriptor: Int32, _ target: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
    Glibc.read(descriptor, target, count)
  }

  private static func failure(_ path: String, _ number: Int32) -> ImageSearchError {
    ImageSearchError.local(.fileNotReadable, "\(path) cannot be read: \(String(cString: strerror(number)))")
  }
}
