import CRasters

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

/// An 8-bit sRGB image, upright, rows top to bottom without padding, three bytes per pixel in the order R, G, B.
///
/// Used for thumbnails and overlays; the matcher uses ``GrayImage``.
package struct ColorImage: Sendable, Equatable {
  /// Width in pixels, at least 0.
  package let width: Int
  /// Height in pixels, at least 0.
  package let height: Int
  /// `3 * width * height` bytes.
  package let pixels: PixelBuffer

  /// - Returns: `nil` when a side is negative or `pixels` does not have exactly `3 * width * height` bytes,
  ///   or the system refuses memory for a copy of them.
  package init?(width: Int, height: Int, pixels: [UInt8]) {
    guard let copy = try? PixelBuffer(copying: pixels) else { return nil }
    self.init(width: width, height: height, pixels: copy)
  }

  /// - Returns: `nil` when a side is negative or the number of bytes is wrong.
  package init?(width: Int, height: Int, pixels: PixelBuffer) {
    guard width >= 0, height >= 0 else { return nil }
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    let (bytes, overflow3) = count.multipliedReportingOverflow(by: 3)
    guard !overflow, !overflow3, bytes == pixels.count else { return nil }
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// The image in gray: `(77 R + 150 G + 29 B + 128) / 256`, ITU-R BT.601 luma in 8-bit fixed point, the weights of JPEG's Y.
  package var gray: GrayImage {
    get throws(OutOfPixelMemory) {
      let luma = try LargeBuffer<UInt8>(count: width * height)
      pixels.withUnsafeBufferPointer {
        raster_luma_row($0.baseAddress, 3, luma.count, luma.elements.baseAddress, 1)
      }
      return GrayImage(unchecked: width, height, PixelBuffer(luma))
    }
  }
}

/// A one-channel image of floats, 0 is black and 255 white, rows top to bottom without padding.
///
/// The matcher's representation: finer than 8 bits after scaling, and independent of codecs.
package struct Plane: Sendable {
  package let width: Int
  package let height: Int
  /// `width * height` values.
  package let values: [Float]

  /// Unchecked, for callers that computed the size themselves.
  package init(unchecked width: Int, _ height: Int, _ values: [Float]) {
    self.width = width
    self.height = height
    self.values = values
  }

  /// The plane with its values rounded to whole numbers 0…255, halves to the even one.
  package var inWholeLevels: Plane {
    // Numbers of this size have no fraction. A vector instruction, where `rounded()` is a call for each value.
    let whole: Float = 0x1.8p23
    return Plane(unchecked: width, height, values.map { max(0, min(255, $0 + whole - whole)) })
  }
}
