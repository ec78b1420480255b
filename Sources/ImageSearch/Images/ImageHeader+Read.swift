extension ImageHeader {
  /// Reads the header of an image in a file or in memory; a few blocks of it are read, blocking, and never the whole.
  ///
  /// - Returns: `nil` for a URL, whose bytes are not here.
  /// - Throws: ``ImageSearchError/Code/emptyImage``, ``ImageSearchError/Code/notAnImage``,
  ///   ``ImageSearchError/Code/unsupportedFormat``, ``ImageSearchError/Code/corruptImage``, or
  ///   ``ImageSearchError/Code/fileNotReadable``.
  public static func of(_ source: ImageSource) throws -> ImageHeader? {
    switch source.storage {
    case .url: nil
    case .file(let path, _): try read(from: FileByteSource(path: path))
    case .bytes(let bytes, _): try read(from: bytes)
    }
  }

  /// Reads the header of an image. At most 64 MiB are looked at (a GIF's first frame has to be walked through to know
  /// whether a second follows), in blocks of 16 KiB.
  ///
  /// - Throws: ``ImageSearchError/Code/emptyImage`` for no bytes, ``ImageSearchError/Code/notAnImage`` when nothing is
  ///   recognised, ``ImageSearchError/Code/unsupportedFormat`` for an image that nobody here reads (HEIC, AVIF, SVG …),
  ///   ``ImageSearchError/Code/corruptImage`` when the header is cut short or contradicts itself, and what the source throws.
  package static func read(from source: any ByteSource) throws -> ImageHeader {
    guard source.count > 0 else { throw ImageSearchError(.emptyImage, "the image has no bytes") }
    let start = try source.read(at: 0, count: 1024)
    guard let parser = HeaderParser.all.first(where: { $0.recognises(start) }) else {
      throw ForeignFormat.refusal(of: start)
    }
    return try parser.parse(HeaderReader(source, format: parser.format))
  }
}
