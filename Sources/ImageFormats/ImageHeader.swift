/// Properties of an encoded image that are read from its header, without decoding.
public struct ImageHeader: Sendable, Hashable {
  /// The format, by the first bytes.
  public let format: ImageFormat
  /// Width in pixels as stored, before ``orientation`` is applied; at least 1.
  public let width: Int
  /// Height in pixels as stored, before ``orientation`` is applied; at least 1.
  public let height: Int
  /// The orientation of the stored pixels, 1…8 as in EXIF (tag 274); 1, upright, by default.
  public let orientation: Int
  /// Whether there is more than one frame. The pages of a TIFF are not an animation.
  public let isAnimated: Bool
  /// Number of still images: frames of an animation, directories of a TIFF; at least 1. Counting stops at the requested
  /// limit, at the end of a truncated file, and in a file with too many parts.
  package let frameCount: Int
  /// When the photograph was taken, from EXIF.
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

  /// Width times height; `Int.max` on overflow.
  public var pixelCount: Int {
    let (product, overflow) = width.multipliedReportingOverflow(by: height)
    return overflow ? Int.max : product
  }

  /// Whether width and height are swapped in the upright image (orientations 5…8).
  public var swapsSides: Bool { orientation >= 5 }

  /// Width of the upright image in pixels.
  package var uprightWidth: Int { swapsSides ? height : width }
  /// Height of the upright image in pixels.
  package var uprightHeight: Int { swapsSides ? width : height }
}

extension ImageHeader {
  /// Maximum number of frames that are counted.
  package static let mostFrames = 65_535

  /// Reads the header of an image. Reads at most 64 MiB (counting a GIF's frames needs all of them), in small blocks.
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

/// Why the header of an image could not be read. The layers above translate the kind and keep the message, so that a
/// file gives the same error everywhere.
package struct ImageFormatError: Error, Sendable, Hashable {
  /// What is wrong.
  package enum Kind: Sendable, Hashable {
    /// There are no bytes at all.
    case empty
    /// The bytes are not an image of any known format.
    case notAnImage
    /// An image of an unsupported format, or of an unsupported variant.
    case unsupported
    /// The bytes end before the header does.
    case truncated
    /// The header contradicts itself or its format.
    case corrupt
  }

  package let kind: Kind
  /// One sentence in English; nothing of the file itself is quoted.
  package let message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}

/// Recognizes one format and reads its header. A new format is a file and a line here.
struct HeaderParser: Sendable {
  /// The format, or the most general one that the parser reads.
  let format: ImageFormat
  /// Whether the first bytes of a file (up to 1024) are of this format.
  let recognises: @Sendable ([UInt8]) -> Bool
  let parse: @Sendable (HeaderReader) throws -> ImageHeader

  static let all: [HeaderParser] = [.jpeg, .png, .gif, .webp, .tiff, .bmp, .ppm, .heif]

  /// The exact format, by the first bytes.
  func format(of start: [UInt8]) -> ImageFormat {
    switch format {
    case .tiff: start.count > 3 && (start[2] == 0x2B || start[3] == 0x2B) ? .bigTIFF : .tiff
    case .heic: ISOMediaBrands(start)?.stillFormat ?? .heic
    default: format
    }
  }
}
