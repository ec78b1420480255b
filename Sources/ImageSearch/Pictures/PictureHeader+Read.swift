extension PictureHeader {
  /// Reads the header of a picture in a file or in memory; a few blocks of it are read, blocking, and never the whole.
  ///
  /// - Returns: `nil` for a URL, whose bytes are not here.
  /// - Throws: ``ImageSearchError/Code/emptyPicture``, ``ImageSearchError/Code/notAPicture``,
  ///   ``ImageSearchError/Code/unsupportedFormat``, ``ImageSearchError/Code/corruptPicture``, or
  ///   ``ImageSearchError/Code/fileNotReadable``.
  public static func of(_ source: ImageSource) throws -> PictureHeader? {
    switch source.storage {
    case .url: nil
    case .file(let path, _): try read(from: FileByteSource(path: path))
    case .bytes(let bytes, _): try read(from: bytes)
    }
  }

  /// Reads the header of a picture. At most 64 MiB are looked at (a GIF's first frame has to be walked through to know
  /// whether a second follows), in blocks of 16 KiB.
  ///
  /// - Throws: ``ImageSearchError/Code/emptyPicture`` for no bytes, ``ImageSearchError/Code/notAPicture`` when nothing is
  ///   recognised, ``ImageSearchError/Code/unsupportedFormat`` for a picture that nobody here reads (HEIC, AVIF, SVG …),
  ///   ``ImageSearchError/Code/corruptPicture`` when the header is cut short or contradicts itself, and what the source throws.
  package static func read(from source: any ByteSource) throws -> PictureHeader {
    guard source.count > 0 else { throw ImageSearchError(.emptyPicture, "the picture has no bytes") }
    let start = try source.read(at: 0, count: 1024)
    guard let parser = HeaderParser.all.first(where: { $0.recognises(start) }) else {
      throw ForeignFormat.refusal(of: start)
    }
    return try parser.parse(HeaderReader(source, format: parser.format))
  }
}
