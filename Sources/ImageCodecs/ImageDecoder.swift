#if LocalIndex
  import CImageCodecs
  import ImageFormats
  import Rasters

  /// Decodes JPEG, PNG, GIF, BMP, TIFF, WEBP, and with libheif HEIC and AVIF, to upright images within given limits.
  ///
  /// Transparency is composited on white, or on mid-gray if the visible part is nearly white. Damaged or truncated data
  /// are accepted if at least seven eighths of the rows were decoded before the damage (in a progressive JPEG, if also
  /// every luma coefficient was sent once); an interlaced PNG or GIF and a WEBP must be complete. There is no state
  /// between calls; any number of threads may decode concurrently.
  package enum ImageDecoder {
    /// The minimum of the longer side that the matcher needs.
    package static let matchingSide = 512

    /// Decodes to gray, with the weights of JPEG's Y.
    ///
    /// - Parameters:
    ///   - targetLongestSide: the result's longer side is at least this many pixels, if the image has them, and less than
    ///     twice as many; reduction is by whole factors (JPEG: by 2, 4 or 8 in the DCT). `nil` for the full size.
    ///   - check: called every few milliseconds of work; an error that it throws ends the decoding.
    /// - Throws: ``ImageDecodingError``, and the errors of `check`.
    package static func decodeGray(
      _ bytes: UnsafeRawBufferPointer, limits: ImageLimits = ImageLimits(), targetLongestSide: Int? = matchingSide,
      check: @escaping () throws -> Void = {}
    ) throws -> DecodedImage<GrayImage> {
      let raw = try decode(bytes, limits: limits, target: targetLongestSide, color: false, pace: Pace(check))
      guard let image = GrayImage(width: raw.width, height: raw.height, pixels: PixelBuffer(raw.pixels)) else {
        throw ImageDecodingError(.corrupt, "the decoded rows do not fill the image")
      }
      return DecodedImage(
        image: image, header: raw.header, intactShare: raw.intactShare, background: raw.background)
    }

    /// Decodes to red, green and blue, as stored: embedded colour profiles are not applied.
    ///
    /// - Parameters:
    ///   - targetLongestSide: as for ``decodeGray(_:limits:targetLongestSide:check:)``.
    ///   - check: likewise.
    /// - Throws: ``ImageDecodingError``, and the errors of `check`.
    package static func decodeColor(
      _ bytes: UnsafeRawBufferPointer, limits: ImageLimits = ImageLimits(), targetLongestSide: Int? = nil,
      check: @escaping () throws -> Void = {}
    ) throws -> DecodedImage<ColorImage> {
      let raw = try decode(bytes, limits: limits, target: targetLongestSide, color: true, pace: Pace(check))
      guard let image = ColorImage(width: raw.width, height: raw.height, pixels: PixelBuffer(raw.pixels)) else {
        throw ImageDecodingError(.corrupt, "the decoded rows do not fill the image")
      }
      return DecodedImage(
        image: image, header: raw.header, intactShare: raw.intactShare, background: raw.background)
    }

    /// See ``decodeGray(_:limits:targetLongestSide:check:)-(UnsafeRawBufferPointer,_,_,_)``.
    package static func decodeGray(
      _ bytes: [UInt8], limits: ImageLimits = ImageLimits(), targetLongestSide: Int? = matchingSide
    ) throws -> DecodedImage<GrayImage> {
      try bytes.withUnsafeBytes { try decodeGray($0, limits: limits, targetLongestSide: targetLongestSide) }
    }

    /// See ``decodeColor(_:limits:targetLongestSide:check:)-(UnsafeRawBufferPointer,_,_,_)``.
    package static func decodeColor(
      _ bytes: [UInt8], limits: ImageLimits = ImageLimits(), targetLongestSide: Int? = nil
    ) throws -> DecodedImage<ColorImage> {
      try bytes.withUnsafeBytes { try decodeColor($0, limits: limits, targetLongestSide: targetLongestSide) }
    }

    /// Number of pixels from which freed memory is returned to the system.
    private static let largePixels = 4_000_000

    private struct Raw {
      let width: Int
      let height: Int
      let pixels: LargeBuffer<UInt8>
      let header: ImageHeader
      let intactShare: Double
      let background: ImageBackground?
    }

    private static func decode(
      _ bytes: UnsafeRawBufferPointer, limits: ImageLimits, target: Int?, color: Bool, pace: Pace
    ) throws -> Raw {
      // malloc would retain the memory that codec and matcher used for a large image.
      var isLarge = bytes.count >= 1 << 20
      defer { if isLarge { image_note_large() } }
      do {
        let raw = try decodeRaw(bytes, limits: limits, target: target, color: color, pace: pace)
        isLarge = isLarge || raw.header.pixelCount >= largePixels
        return raw
      } catch let error as OutOfPixelMemory {
        throw ImageDecodingError(error)
      }
    }

    private static func decodeRaw(
      _ bytes: UnsafeRawBufferPointer, limits: ImageLimits, target: Int?, color: Bool, pace: Pace
    ) throws -> Raw {
      try limits.check(fileSize: bytes.count)
      var header = try ImageDecodingError.readHeader(bytes)
      try limits.check(width: header.width, height: header.height)
      let reader = try open(bytes, header: header, limits: limits, target: target, color: color, pace: pace)
      // libheif has already rotated the image.
      if let heif = reader as? HEIFReader { header = heif.header }
      let orientation = ImageOrientation(rawValue: header.orientation) ?? .upright

      let factor = ImageAccumulator.factor(width: reader.width, height: reader.height, target: target)
      let result = ImageAccumulator.memory(
        width: reader.width, height: reader.height, factor: factor, hasAlpha: reader.layout.hasAlpha, color: color)
      let turned = orientation == .upright ? 0 : reader.width * reader.height / (factor * factor) * 3
      try limits.check(memory: [reader.workingMemory, result, turned], fileSize: bytes.count)

      let accumulator = try ImageAccumulator(
        width: reader.width, height: reader.height, factor: factor, layout: reader.layout, color: color,
        pace: pace)
      let outcome = try reader.read(into: accumulator, pace: pace)
      if let failure = outcome.failure, outcome.intactRows * 8 < outcome.rows * 7 { throw failure }

      let (width, height) = (accumulator.width, accumulator.height)
      let (stored, background) = try accumulator.finish(pace: pace)
      let pixels = try orientation.applied(
        to: stored, width: width, height: height, channels: color ? 3 : 1, pace: pace)
      let swaps = orientation.swapsSides
      return Raw(
        width: swaps ? height : width, height: swaps ? width : height, pixels: pixels, header: header,
        intactShare: Double(outcome.intactRows) / Double(max(1, outcome.rows)), background: background)
    }

    private static func open(
      _ bytes: UnsafeRawBufferPointer, header: ImageHeader, limits: ImageLimits, target: Int?, color: Bool, pace: Pace
    ) throws -> any ImageReader {
      let reader: any ImageReader
      switch header.format {
      case .jpeg: return try JPEGReader(bytes, gray: !color, target: target, limits: limits, pace: pace)
      case .webp: return try WEBPReader(bytes, header: header, target: target, limits: limits)
      case .heic, .avif: return try HEIFReader(bytes, header: header, limits: limits, pace: pace)
      case .gif: return try GIFReader(bytes, header: header, limits: limits)
      case .png: reader = try PNGReader(bytes, limits: limits)
      case .bmp: reader = try BMPReader(bytes, pace: pace)
      case .tiff, .bigTIFF: reader = try TIFFReader(bytes, limits: limits)
      default:
        throw ImageDecodingError(
          .unsupportedFormat, "the image is \(header.format), a format that is not taken; convert it to JPEG or PNG")
      }
      // The limits were checked against the header.
      guard reader.width == header.width, reader.height == header.height else {
        throw ImageDecodingError(.corrupt, "the file contradicts itself about its size")
      }
      return reader
    }
  }
#endif
