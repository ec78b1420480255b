import ImageFormats

/// A decoded image and its header.
package struct DecodedImage<Raster: Sendable>: Sendable {
  /// The pixels, upright and possibly reduced; ``header``'s `width` and `height` give the scale.
  package let image: Raster
  /// Format, stored size, orientation and number of frames. Of several frames the first was decoded.
  package let header: ImageHeader
  /// The fraction of rows from undamaged data, 0.875 to 1. Missing rows are white or filled in by the codec.
  package let intactShare: Double
  /// The background of a transparent image; `nil` if the format has no transparency or the file does not use it.
  package let background: ImageBackground?

  /// Width of the upright image in pixels before any reduction.
  package var originalWidth: Int { header.uprightWidth }
  /// Height of the upright image in pixels before any reduction.
  package var originalHeight: Int { header.uprightHeight }
  /// Whether there were more frames than the one that was decoded.
  package var isFirstOfSeveral: Bool { header.frameCount > 1 }
}

/// The background of a transparent image.
package enum ImageBackground: UInt8, Sendable {
  /// The default.
  case white = 255
  /// For an image that is nearly white, for instance a white logo, which would vanish on white.
  case midGray = 128
}
