#if LocalIndex
  import PictureMatching

  /// Decodes JPEG, PNG, GIF, BMP, TIFF and WEBP to upright pictures within stated limits.
  ///
  /// Transparency is laid on white, or on mid-gray when the visible part is itself nearly white. Damaged or shortened data
  /// are accepted when at least seven eighths of the rows were decoded before the damage (of a progressive JPEG: when also
  /// every luma coefficient has been sent once); an interlaced PNG or GIF and a WEBP must be whole. Nothing is kept between
  /// calls; any number of threads may decode at once.
  package enum PictureDecoder {
    /// The longer side that the matcher wants at least.
    package static let matchingSide = 512

    /// Decodes to gray, the weights those of JPEG's Y.
    ///
    /// - Parameters:
    ///   - targetLongestSide: the result's longer side is at least this many pixels, if the picture has them, and less than
    ///     twice as many; reduction is by whole factors (JPEG: by 2, 4 or 8 in the DCT). `nil` for the full size.
    /// - Throws: ``PictureDecodingError``.
    package static func decodeGray(
      _ bytes: UnsafeRawBufferPointer, limits: PictureLimits = PictureLimits(), targetLongestSide: Int? = matchingSide
    ) throws -> DecodedPicture<GrayPicture> {
      let raw = try decode(bytes, limits: limits, target: targetLongestSide, color: false)
      guard let picture = GrayPicture(width: raw.width, height: raw.height, pixels: raw.pixels) else {
        throw PictureDecodingError(.corrupt, "the decoded rows do not fill the picture")
      }
      return DecodedPicture(
        picture: picture, header: raw.header, intactShare: raw.intactShare, background: raw.background)
    }

    /// Decodes to red, green and blue, as stored: embedded colour profiles are not applied.
    ///
    /// - Parameters:
    ///   - targetLongestSide: as for ``decodeGray(_:limits:targetLongestSide:)``.
    /// - Throws: ``PictureDecodingError``.
    package static func decodeColor(
      _ bytes: UnsafeRawBufferPointer, limits: PictureLimits = PictureLimits(), targetLongestSide: Int? = nil
    ) throws -> DecodedPicture<ColorPicture> {
      let raw = try decode(bytes, limits: limits, target: targetLongestSide, color: true)
      guard let picture = ColorPicture(width: raw.width, height: raw.height, pixels: raw.pixels) else {
        throw PictureDecodingError(.corrupt, "the decoded rows do not fill the picture")
      }
      return DecodedPicture(
        picture: picture, header: raw.header, intactShare: raw.intactShare, background: raw.background)
    }

    /// See ``decodeGray(_:limits:targetLongestSide:)-(UnsafeRawBufferPointer,_,_)``.
    package static func decodeGray(
      _ bytes: [UInt8], limits: PictureLimits = PictureLimits(), targetLongestSide: Int? = matchingSide
    ) throws -> DecodedPicture<GrayPicture> {
      try bytes.withUnsafeBytes { try decodeGray($0, limits: limits, targetLongestSide: targetLongestSide) }
    }

    /// See ``decodeColor(_:limits:targetLongestSide:)-(UnsafeRawBufferPointer,_,_)``.
    package static func decodeColor(
      _ bytes: [UInt8], limits: PictureLimits = PictureLimits(), targetLongestSide: Int? = nil
    ) throws -> DecodedPicture<ColorPicture> {
      try bytes.withUnsafeBytes { try decodeColor($0, limits: limits, targetLongestSide: targetLongestSide) }
    }

    private struct Raw {
      let width: Int
      let height: Int
      let pixels: [UInt8]
      let header: EncodedPictureHeader
      let intactShare: Double
      let background: PictureBackground?
    }

    private static func decode(
      _ bytes: UnsafeRawBufferPointer, limits: PictureLimits, target: Int?, color: Bool
    ) throws -> Raw {
      try limits.check(fileSize: bytes.count)
      let header = try EncodedPictureHeader(bytes)
      try limits.check(width: header.storedWidth, height: header.storedHeight)
      var reader = try open(bytes, header: header, limits: limits, target: target, color: color)

      let factor = PictureAccumulator.factor(width: reader.width, height: reader.height, target: target)
      let result = PictureAccumulator.memory(
        width: reader.width, height: reader.height, factor: factor, hasAlpha: reader.layout.hasAlpha, color: color)
      let turned = header.orientation == .upright ? 0 : reader.width * reader.height / (factor * factor) * 3
      try limits.check(memory: [reader.workingMemory, result, turned], fileSize: bytes.count)

      var accumulator = PictureAccumulator(
        width: reader.width, height: reader.height, factor: factor, layout: reader.layout, color: color)
      let outcome = reader.read(into: &accumulator)
      if let failure = outcome.failure, outcome.intactRows * 8 < outcome.rows * 7 { throw failure }

      let (width, height) = (accumulator.width, accumulator.height)
      let (stored, background) = accumulator.finish()
      let pixels = header.orientation.applied(to: stored, width: width, height: height, channels: color ? 3 : 1)
      let swaps = header.orientation.swapsSides
      return Raw(
        width: swaps ? height : width, height: swaps ? width : height, pixels: pixels, header: header,
        intactShare: Double(outcome.intactRows) / Double(max(1, outcome.rows)), background: background)
    }

    private static func open(
      _ bytes: UnsafeRawBufferPointer, header: EncodedPictureHeader, limits: PictureLimits, target: Int?, color: Bool
    ) throws -> any PictureReader {
      let reader: any PictureReader
      switch header.format {
      case .jpeg: return try JPEGReader(bytes, gray: !color, target: target, limits: limits)
      case .webp: return try WEBPReader(bytes, header: header, target: target, limits: limits)
      case .gif: return try GIFReader(bytes, header: header, limits: limits)
      case .png: reader = try PNGReader(bytes, limits: limits)
      case .bmp: reader = try BMPReader(bytes)
      case .tiff: reader = try TIFFReader(bytes, limits: limits)
      }
      // The limits were checked on what the header says.
      guard reader.width == header.storedWidth, reader.height == header.storedHeight else {
        throw PictureDecodingError(.corrupt, "the file contradicts itself about its size")
      }
      return reader
    }
  }
#endif
