import ImageFormats

/// An open file with random access.
package struct FileByteSource: ByteSource {
  private let file: RegularFile

  /// Size in bytes when it was opened.
  package var count: Int { file.size }

  /// - Throws: ``ImageSearchError/Code/fileNotReadable`` when there is no such regular file.
  package init(path: [UInt8]) throws { file = try RegularFile(path: path) }

  package func read(at offset: Int, count wanted: Int) throws -> [UInt8] { try file.read(upTo: wanted, at: offset) }
}
