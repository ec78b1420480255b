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
  /// Size of the encoded image in bytes.
  public let byteCount: Int

  package init(
    format: ImageFormat, width: Int, height: Int, orientation: Int = 1, isAnimated: Bool = false, byteCount: Int
  ) {
    self.format = format
    self.width = width
    self.height = height
    self.orientation = orientation
    self.isAnimated = isAnimated
    self.byteCount = byteCount
  }

  /// Width times height; `Int.max` when that is more.
  public var pixelCount: Int {
    let (product, overflow) = width.multipliedReportingOverflow(by: height)
    return overflow ? Int.max : product
  }

  /// Whether the image stands upright only after swapping width and height (orientations 5…8).
  public var swapsSides: Bool { orientation >= 5 }
}
