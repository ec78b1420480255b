/// An 8-bit gray image, upright, rows top to bottom without padding.
///
/// The input of the matcher. Decoders return pixels unscaled; scaling and colour conversion are done here, so that a
/// descriptor does not depend on the version of a codec.
package struct GrayImage: Sendable, Equatable {
  /// Width in pixels, at least 0.
  package let width: Int
  /// Height in pixels, at least 0.
  package let height: Int
  /// `width * height` bytes, 0 is black.
  package let pixels: PixelBuffer

  /// - Returns: `nil` when a side is negative or `pixels` does not have exactly `width * height` bytes,
  ///   or the system refuses memory for a copy of them.
  package init?(width: Int, height: Int, pixels: [UInt8]) {
    guard let copy = try? PixelBuffer(copying: pixels) else { return nil }
    self.init(width: width, height: height, pixels: copy)
  }

  /// - Returns: `nil` when a side is negative or the number of bytes is wrong.
  package init?(width: Int, height: Int, pixels: PixelBuffer) {
    guard width >= 0, height >= 0 else { return nil }
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, count == pixels.count else { return nil }
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// Unchecked, for callers that computed the size themselves.
  init(unchecked width: Int, _ height: Int, _ pixels: PixelBuffer) {
    self.width = width
    self.height = height
    self.pixels = pixels
  }
}
