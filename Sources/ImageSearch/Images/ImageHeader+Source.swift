import ImageFormats

extension ImageHeader {
  /// Reads the header of an image in a file or in memory. Blocks while a few blocks of the file are read, never the
  /// whole.
  ///
  /// - Returns: `nil` for a URL, whose bytes are not available.
  /// - Throws: ``ImageSearchError/Code/emptyImage``, ``ImageSearchError/Code/notAnImage``,
  ///   ``ImageSearchError/Code/unsupportedFormat``, ``ImageSearchError/Code/corruptImage``, or
  ///   ``ImageSearchError/Code/fileNotReadable``.
  public static func of(_ source: ImageSource) throws -> ImageHeader? {
    try ImageSearchError.translatingFormatErrors {
      switch source.storage {
      case .url: nil
      case .file(let path, _): try read(from: FileByteSource(path: path))
      case .bytes(let bytes, _): try read(from: bytes)
      }
    }
  }
}

extension ImageSearchError {
  /// Runs code that reads headers, and translates its errors into the library's.
  package static func translatingFormatErrors<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as ImageFormatError {
      let code: ImageSearchError.Code =
        switch error.kind {
        case .empty: .emptyImage
        case .notAnImage: .notAnImage
        case .unsupported: .unsupportedFormat
        case .truncated, .corrupt: .corruptImage
        }
      throw ImageSearchError(code, error.message)
    }
  }
}
extension ImageBytes: ByteSource {
  package func read(at offset: Int, count: Int) -> [UInt8] {
    withUnsafeBytes { MemorySource($0).read(at: offset, count: count) }
  }
}

/// An open file with random access.
package struct FileByteSource: ByteSource {
  private let file: RegularFile

  /// Size in bytes when it was opened.
  package var count: Int { file.size }

  /// - Throws: ``ImageSearchError/Code/fileNotReadable`` when there is no such regular file.
  package init(path: [UInt8]) throws { file = try RegularFile(path: path) }

  package func read(at offset: Int, count wanted: Int) throws -> [UInt8] { try file.read(upTo: wanted, at: offset) }
}
