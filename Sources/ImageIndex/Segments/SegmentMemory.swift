import CMappedFile
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
    guard let bytes = Platform.allocate(size) else {
      throw ImageSearchError.local(.outOfMemory, "There is no memory for \(size) bytes of features")
    }
    self.bytes = bytes
    descriptor = -1
    isMapped = false
    guardNumber = -1
  }

  /// Maps a file for reading.
  ///
  /// - Throws: ``ImageSearchError/Code/indexUnavailable``.
  init(mapping path: String) throws {
    (descriptor, bytes) = try Self.open(path, .reading) { descriptor in
      try IndexDirectory.orUnavailable("\(path) cannot be mapped") {
        let size = try Platform.status(of: descriptor).size
        guard size > 0 else { throw Platform.Failure.last }
        return try Platform.map(descriptor, size: size, writing: false)
      }
    }
    isMapped = true
    guardNumber = mapped_file_guard(bytes.baseAddress, bytes.count, false)
  }

  /// Creates a zero-filled file and maps it for writing. Its blocks are allocated first: writing to a mapping on a full
  /// disk would raise SIGBUS.
  ///
  /// - Throws: ``ImageSearchError/Code/diskFull``, ``ImageSearchError/Code/indexUnavailable``.
  init(creating path: String, size: Int) throws {
    (descriptor, bytes) = try Self.open(path, .new) { descriptor in
      try IndexDirectory.orUnavailable("\(path) cannot be written") { try Platform.reserve(descriptor, size: size) }
      return try IndexDirectory.orUnavailable("\(path) cannot be mapped") {
        try Platform.map(descriptor, size: size, writing: true)
      }
    }
    isMapped = true
    guardNumber = mapped_file_guard(bytes.baseAddress, max(1, size), true)
  }

  /// Opens a file and maps it; closes it again when that fails.
  private static func open(
    _ path: String, _ use: Platform.OwnFile, _ map: (Int32) throws -> UnsafeMutableRawBufferPointer
  ) throws -> (Int32, UnsafeMutableRawBufferPointer) {
    let descriptor = try IndexDirectory.orUnavailable("\(path) cannot be opened") { try Platform.openOwn(path, use) }
    do {
      return (descriptor, try map(descriptor))
    } catch {
      Platform.close(descriptor)
      throw error
    }
  }

  deinit {
    mapped_file_unguard(guardNumber)
    if isMapped { Platform.unmap(bytes) } else { Platform.free(bytes) }
    if descriptor >= 0 { Platform.close(descriptor) }
  }

  /// Syncs the file to the disk; does nothing for allocated memory.
  ///
  /// - Throws: ``ImageSearchError/Code/diskFull``, ``ImageSearchError/Code/indexUnavailable``.
  func sync() throws {
    guard descriptor >= 0 else { return }
    try IndexDirectory.orUnavailable("A segment cannot be written") { try Platform.sync(descriptor, bytes) }
    guard isWhole else { throw ImageSearchError.local(.indexUnavailable, "A segment was cut short while it was made") }
  }

  /// Whether the file has never been truncated: reads beyond the end return zeros, and writes there are lost.
  var isWhole: Bool {
    guard descriptor >= 0 else { return true }
    guard !mapped_file_is_broken(guardNumber) else { return false }
    return (try? Platform.status(of: descriptor)).map { $0.size >= bytes.count } ?? false
  }
}
