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

  /// The plane with its values rounded to whole numbers 0…255.
  package var inWholeLevels: Plane {
    Plane(unchecked: width, height, values.map { max(0, min(255, $0.rounded())) })
  }
}
