/// Bytes that can be read from anywhere: an image's header is read by seeking, never by loading the image.
package protocol ByteSource {
  /// How many bytes there are.
  var count: Int { get }

  /// The bytes from `offset`, as many as there are up to `count`; none when `offset` or `count` is out of range.
  ///
  /// - Throws: ``ImageSearchError/Code/fileNotReadable`` when the system refuses.
  func read(at offset: Int, count: Int) throws -> [UInt8]
}
