import ImageFormats

/// A decoded image and what its file said about it.
package struct DecodedImage<Raster: Sendable>: Sendable {
  /// The pixels, upright, perhaps reduced: compare with ``header``'s `width` and `height` for the scale.
  package let image: Raster
  /// Format, stored size, orientation and number of frames. Of several frames the first was taken.
  package let header: ImageHeader
  /// The share of rows that came from undamaged data, 0.875 to 1. What is missing is white or guessed by the codec.
  package let intactShare: Double
  /// What the image was laid on; `nil` when its format knows no transparency or the file does not use it.
  package let background: ImageBackground?

  /// Width of the whole image in pixels as seen, before any reduction.
  package var originalWidth: Int { header.uprightWidth }
  /// Height of the whole image in pixels as seen, before any reduction.
  package var originalHeight: Int { header.uprightHeight }
  /// Whether the stored pixels were turned or mirrored to be upright.
  package var orientationWasApplied: Bool { header.orientation != 1 }
  /// Whether there were more frames than the one that was taken.
  package var isFirstOfSeveral: Bool { header.frameCount > 1 }
}
