/// An image of one channel in floats, 0 is black and 255 white, rows top to bottom without padding.
///
/// What the matcher computes on: finer than 8 bits after scaling, and not tied to a codec.
package struct Plane: Sendable {
  package let width: Int
  package let height: Int
  /// `width * height` values.
  package let values: [Float]

  /// For callers that computed the size themselves.
  package init(unchecked width: Int, _ height: Int, _ values: [Float]) {
    self.width = width
    self.height = height
    self.values = values
  }

  /// The same with values that a byte can hold.
  package var inWholeLevels: Plane {
    Plane(unchecked: width, height, values.map { max(0, min(255, $0.rounded())) })
  }
}
