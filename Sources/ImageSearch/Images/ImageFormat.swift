/// A file format of images that is recognised by its first bytes, never by the name of the file. A struct, so that a new
/// format breaks no caller.
public struct ImageFormat: Sendable, Hashable {
  /// What a person calls it, for instance `"JPEG"`.
  public let name: String
  /// The media type to announce it by, for instance `"image/jpeg"`.
  public let mimeType: String
  /// The usual file name extension without the dot, for instance `"jpg"`.
  public let fileExtension: String

  /// JPEG of any process: baseline, progressive, arithmetic, lossless.
  public static let jpeg = ImageFormat(name: "JPEG", mimeType: "image/jpeg", fileExtension: "jpg")
  /// PNG, APNG among them.
  public static let png = ImageFormat(name: "PNG", mimeType: "image/png", fileExtension: "png")
  /// GIF 87a and 89a.
  public static let gif = ImageFormat(name: "GIF", mimeType: "image/gif", fileExtension: "gif")
  /// Windows and OS/2 bitmaps.
  public static let bmp = ImageFormat(name: "BMP", mimeType: "image/bmp", fileExtension: "bmp")
  /// TIFF of either byte order; not BigTIFF.
  public static let tiff = ImageFormat(name: "TIFF", mimeType: "image/tiff", fileExtension: "tif")
  /// WEBP: lossy, lossless, extended.
  public static let webp = ImageFormat(name: "WEBP", mimeType: "image/webp", fileExtension: "webp")
  /// Portable pixmap in colour, text (P3) or binary (P6); not the gray and bilevel kinds.
  public static let ppm = ImageFormat(name: "PPM", mimeType: "image/x-portable-pixmap", fileExtension: "ppm")

  /// Every format that is recognised and read.
  public static let all: [ImageFormat] = [.jpeg, .png, .gif, .bmp, .tiff, .webp, .ppm]
}

extension ImageFormat: CustomStringConvertible {
  /// The ``name``.
  public var description: String { name }
}
