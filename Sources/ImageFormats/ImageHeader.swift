/// What the first bytes of an encoded image say about it, without decoding it.
public struct ImageHeader: Sendable, Hashable {
  /// The format, recognised by the bytes.
  public let format: ImageFormat
  /// Width in pixels as stored, before ``orientation`` is applied; at least 1.
  public let width: Int
  /// Height in pixels as stored, before ``orientation`` is applied; at least 1.
  public let height: Int
  /// How the stored pixels are to be turned, 1…8 as in EXIF (tag 274); 1, upright, where nothing else is said.
  public let orientation: Int
  /// Whether there is more than one frame. Several pages of a TIFF are no animation.
  public let isAnimated: Bool
  /// Number of still images: frames of an animation, directories of a TIFF; at least 1. Counting stops at what the
  /// reading was asked for, at the end of a file that was cut short, and where a file has too many parts.
  package let frameCount: Int
  /// When the photograph was taken, as EXIF tells.
  package let exifDate: ExifDate?
  /// Size of the encoded image in bytes.
  public let byteCount: Int

  package init(
    format: ImageFormat, width: Int, height: Int, orientation: Int = 1, isAnimated: Bool = false,
    frameCount: Int = 1, exifDate: ExifDate? = nil, byteCount: Int
  ) {
    self.format = format
    self.width = width
    self.height = height
    self.orientation = orientation
    self.isAnimated = isAnimated
    self.frameCount = frameCount
    self.exifDate = exifDate
    self.byteCount = byteCount
  }

  /// Width times height; `Int.max` when that is more.
  public var pixelCount: Int {
    let (product, overflow) = width.multipliedReportingOverflow(by: height)
    return overflow ? Int.max : product
  }

  /// Whether the image stands upright only after swapping width and height (orientations 5…8).
  public var swapsSides: Bool { orientation >= 5 }

  /// Width in pixels as seen.
  package var uprightWidth: Int { swapsSides ? height : width }
  /// Height in pixels as seen.
  package var uprightHeight: Int { swapsSides ? width : height }
}

extension ImageHeader {
  /// Frames that are counted at most.
  package static let mostFrames = 65_535

  /// Reads the header of an image. At most 64 MiB are looked at (a GIF's frames have to be walked through to be counted), in
  /// small blocks.
  ///
  /// - Parameter frameLimit: frames are counted up to here; 2 is enough to know whether there are several.
  /// - Throws: ``ImageFormatError``, and what the source throws.
  package static func read(from source: some ByteSource, frameLimit: Int = 2) throws -> ImageHeader {
    guard source.count > 0 else { throw ImageFormatError(.empty, "the image has no bytes") }
    let start = try source.read(at: 0, count: 1024)
    guard let parser = HeaderParser.all.first(where: { $0.recognises(start) }) else {
      throw ForeignFormat.refusal(of: start, end: try source.read(at: max(0, source.count - 18), count: 18))
    }
    return try parser.parse(
      HeaderReader(source, format: parser.format(of: start), frameLimit: max(1, min(frameLimit, mostFrames))))
  }
}
