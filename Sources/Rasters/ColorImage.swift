import CRasters

/// An 8-bit sRGB image, upright, rows top to bottom without padding, three bytes a pixel in the order R, G, B.
///
/// Thumbnails and overlays are made from it; the matcher itself reads ``GrayImage``.
public struct ColorImage: Sendable, Equatable {
  /// Width in pixels, at least 0.
  public let width: Int
  /// Height in pixels, at least 0.
  public let height: Int
  /// `3 * width * height` bytes.
  public let pixels: [UInt8]

  /// - Returns: `nil` when a side is negative or `pixels` does not have exactly `3 * width * height` bytes.
  public init?(width: Int, height: Int, pixels: [UInt8]) {
    guard width >= 0, height >= 0 else { return nil }
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    let (bytes, overflow3) = count.multipliedReportingOverflow(by: 3)
    guard !overflow, !overflow3, bytes == pixels.count else { return nil }
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// The image in gray: `(77 R + 150 G + 29 B + 128) / 256`, ITU-R BT.601 luma in 8-bit fixed point, the weights of JPEG's Y.
  public var gray: GrayImage {
    var luma = [UInt8](repeating: 0, count: width * height)
    pixels.withUnsafeBufferPointer { source in
      luma.withUnsafeMutableBufferPointer { target in
        raster_luma_row(source.baseAddress, 3, target.count, target.baseAddress, 1)
      }
    }
    return GrayImage(unchecked: width, height, luma)
  }
}

extension GrayImage {
  /// For callers that computed the size themselves.
  init(unchecked width: Int, _ height: Int, _ pixels: [UInt8]) {
    self.width = width
    self.height = height
    self.pixels = pixels
  }
}
