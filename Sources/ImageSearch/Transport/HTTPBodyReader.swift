/// One pass over a body, by one thread at a time.
public protocol HTTPBodyReader: AnyObject {
  /// Fills the buffer from its start; blocks at most for the disk.
  ///
  /// - Returns: how many bytes were written; 0 at the end, which comes after exactly ``HTTPBody/length`` bytes.
  /// - Throws: ``ImageSearchError/Code/fileNotReadable``.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}
