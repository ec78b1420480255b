/// A file format of images that is recognised by its first bytes, never by the name of the file. A struct, so that a new
/// format breaks no caller.
public struct ImageFormat: Sendable, Hashable {
  /// The usual name, for instance `"JPEG"`.
  public let name: String
  /// The media type, for instance `"image/jpeg"`.
  public let mimeType: String
  /// The usual file name extension without the dot, for instance `"jpg"`.
  public let fileExtension: String

  /// JPEG of any process: baseline, progressive, arithmetic, lossless.
  public static let jpeg = ImageFormat(name: "JPEG", mimeType: "image/jpeg", fileExtension: "jpg")
  /// PNG, including APNG.
  public static let png = ImageFormat(name: "PNG", mimeType: "image/png", fileExtension: "png")
  /// GIF 87a and 89a.
  public static let gif = ImageFormat(name: "GIF", mimeType: "image/gif", fileExtension: "gif")
  /// Windows and OS/2 bitmaps.
  public static let bmp = ImageFormat(name: "BMP", mimeType: "image/bmp", fileExtension: "bmp")
  /// TIFF of either byte order, with 32-bit offsets.
  public static let tiff = ImageFormat(name: "TIFF", mimeType: "image/tiff", fileExtension: "tif")
  /// TIFF with 64-bit offsets.
  public static let bigTIFF = ImageFormat(name: "BigTIFF", mimeType: "image/tiff", fileExtension: "tif")
  /// WEBP: lossy, lossless, extended.
  public static let webp = ImageFormat(name: "WEBP", mimeType: "image/webp", fileExtension: "webp")
  /// Portable pixmap in colour, text (P3) or binary (P6); not the gray and bilevel kinds.
  public static let ppm = ImageFormat(name: "PPM", mimeType: "image/x-portable-pixmap", fileExtension: "ppm")

  /// High Efficiency Image File: HEVC in an ISO media file.
  public static let heic = ImageFormat(name: "HEIC", mimeType: "image/heic", fileExtension: "heic")
  /// AV1 Image File: AV1 in an ISO media file.
  public static let avif = ImageFormat(name: "AVIF", mimeType: "image/avif", fileExtension: "avif")

  /// Every format whose header is read; each service accepts some of them.
  public static let all: [ImageFormat] = [.jpeg, .png, .gif, .bmp, .tiff, .bigTIFF, .webp, .ppm, .heic, .avif]
}

extension ImageFormat: CustomStringConvertible {
  /// The ``name``.
  public var description: String { name }
}

extension ImageFormat {
  /// The format of a file by its first bytes (32 are enough, 1024 are used); `nil` if it is not in ``all``.
  package init?(beginning bytes: [UInt8]) {
    guard let parser = HeaderParser.all.first(where: { $0.recognises(bytes) }) else { return nil }
    self = parser.format(of: bytes)
  }

  /// Whether the first bytes of a file are those of any image, even of an unsupported format (JPEG XL, PSD, SVG …).
  package static func isImage(beginning bytes: [UInt8]) -> Bool {
    ImageFormat(beginning: bytes) != nil || ForeignFormat.refusal(of: bytes, end: []).kind == .unsupported
  }
}
