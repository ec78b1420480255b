/// What the first bytes of an encoded image say, read without decoding and without any library.
package struct EncodedImageHeader: Sendable, Equatable {
  /// The format, told by the bytes.
  package let format: EncodedImageFormat
  /// Width in pixels as stored, before the orientation is applied.
  package let storedWidth: Int
  /// Height in pixels as stored.
  package let storedHeight: Int
  /// How the stored pixels must be turned; `upright` when the file does not say.
  package let orientation: ImageOrientation
  /// Still images in the file: frames of an animation, directories of a TIFF; at least 1. Frames beyond the end of a
  /// truncated file are not counted, and counting stops at 65 535.
  package let frameCount: Int

  /// Width as seen.
  package var width: Int { orientation.swapsSides ? storedHeight : storedWidth }
  /// Height as seen.
  package var height: Int { orientation.swapsSides ? storedWidth : storedHeight }

  static let mostFrames = 65_535

  /// - Throws: ``ImageDecodingError`` with `empty`, `notAnImage`, `truncated` (the bytes end within the header) or
  ///   `corrupt`.
  package init(_ bytes: UnsafeRawBufferPointer) throws {
    if bytes.isEmpty { throw ImageDecodingError(.empty, "there are no bytes") }
    guard let format = EncodedImageFormat(of: bytes) else {
      throw ImageDecodingError(
        .notAnImage, "the bytes are none of JPEG, PNG, GIF, BMP, TIFF and WEBP")
    }
    let reader = ByteReader(bytes)
    switch format {
    case .jpeg: self = try Self.jpeg(reader)
    case .png: self = try Self.png(reader)
    case .gif: self = try Self.gif(reader)
    case .bmp: self = try Self.bmp(reader)
    case .tiff: self = try Self.tiff(reader)
    case .webp: self = try Self.webp(reader)
    }
  }

  /// See ``init(_:)-(UnsafeRawBufferPointer)``.
  package init(_ bytes: [UInt8]) throws {
    self = try bytes.withUnsafeBytes { try EncodedImageHeader($0) }
  }

  init(
    _ format: EncodedImageFormat, _ width: Int, _ height: Int, orientation: ImageOrientation = .upright,
    frameCount: Int = 1
  ) {
    self.format = format
    storedWidth = width
    storedHeight = height
    self.orientation = orientation
    self.frameCount = max(1, min(frameCount, Self.mostFrames))
  }

  static func ended(_ format: EncodedImageFormat) -> ImageDecodingError {
    ImageDecodingError(.truncated, "the data end within the header of a \(format.rawValue.uppercased())")
  }
}
