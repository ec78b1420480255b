import CMappedFile
import Glibc
import ImageSearch

/// The bytes of a segment: a mapped file, or allocated memory.
///
/// `@unchecked`: the bytes are written only by the creator, before the value is shared.
final class SegmentMemory: @unchecked Sendable {
  let bytes: UnsafeMutableRawBufferPointer
  /// The file behind the bytes, -1 for none.
  private let descriptor: Int32
  private let isMapped: Bool
  /// Number of the guard that keeps the process alive if the file is truncated while it is read; -1 for none.
  private let guardNumber: Int32

  /// Zeroed memory.
  ///
  /// - Throws: ``ImageSearchError/Code/outOfMemory`` when memory cannot be allocated.
  init(size: Int) throws {
    guard let start = calloc(1, max(1, size)) else {
      throw ImageSearchError.local(.outOfMemory, "There is no memory for \(size) bytes of features")
    }
    bytes = UnsafeMutableRawBufferPointer(start: start, count: size)
    descriptor = -1
    isMapped = false
    guardNumber = -1
  }

  /// Maps a file for reading.
  ///
  /// - Throws: ``ImageSearchError/Code/indexUnavailable``.
  init(mapping path: String) throws {
    let descriptor = try Self.open(path, O_RDONLY)
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size > 0,
      let start = mmap(nil, Int(status.st_size), PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED
    else {
      let number = errno
      close(descriptor)
      throw IndexDirectory.unavailable("\(path) cannot be mapped", number)
    }
    bytes = UnsafeMutableRawBufferPointer(start: start, count: Int(status.st_size))
    self.descriptor = descriptor
    isMapped = true
    guardNumber = mapped_file_guard(start, Int(status.st_size), false)
  }

  /// Creates a zero-filled file and maps it for writing. Its blocks are allocated first: writing to a mapping on a full
  /// disk would raise SIGBUS.
  ///
  /// - Throws: ``ImageSearchError/Code/diskFull``, ``ImageSearchError/Code/indexUnavailable``.
  init(creating path: String, size: Int) throws {
    let descriptor = try Self.open(path, O_RDWR | O_CREAT | O_EXCL)
    var number = posix_fallocate(descriptor, 0, max(1, size))
    while number == EINTR { number = posix_fallocate(descriptor, 0, max(1, size)) }
    guard number == 0 else {
      close(descriptor)
      throw IndexDirectory.unavailable("\(path) cannot be written", number)
    }
    guard let start = mmap(nil, max(1, size), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), start != MAP_FAILED
    else {
      let number = errno
      close(descriptor)
      throw IndexDirectory.unavailable("\(path) cannot be mapped", number)
    }
    bytes = UnsafeMutableRawBufferPointer(start: start, count: size)
    self.descriptor = descriptor
    isMapped = true
    guardNumber = mapped_file_guard(start, max(1, size), true)
  }

  private static func open(_ path: String, _ flags: Int32) throws -> Int32 {
    do {
      return try Platform.openOwn(path, flags)
    } catch let failure as Platform.Failure {
      throw IndexDirectory.unavailable("\(path) cannot be opened", failure.number)
    }
  }

  deinit {
    mapped_file_unguard(guardNumber)
    if isMapped { munmap(bytes.baseAddress, bytes.count) } else { free(bytes.baseAddress) }
    if descriptor >= 0 { close(descriptor) }
  }

  /// Syncs the file to the disk; does nothing for allocated memory.
  ///
  /// - Throws: ``ImageSearchError/Code/diskFull``, ``ImageSearchError/Code/indexUnavailable``.
  func sync() throws {
    guard descriptor >= 0 else { return }
    guard msync(bytes.baseAddress, bytes.count, MS_SYNC) == 0, fsync(descriptor) == 0 else {
      throw IndexDirectory.unavailable("A segment cannot be written", errno)
    }
    guard isWhole else { throw ImageSearchError.local(.indexUnavailable, "A segment was cut short while it was made") }
  }

  /// Whether the file has never been truncated: reads beyond the end return zeros, and writes there are lost.
  var isWhole: Bool {
    guard descriptor >= 0 else { return true }
    guard !mapped_file_is_broken(guardNumber) else { return false }
    var status = stat()
    return fstat(descriptor, &status) == 0 && Int(status.st_size) >= bytes.count
  }
}
