/// A 2×3 affine map between the pixel coordinates of two images, origin at the top left, y downwards:
/// `x' = m11·x + m12·y + m13`, `y' = m21·x + m22·y + m23`.
public struct AffineMap: Sendable, Hashable {
  /// First row, first column.
  public var m11: Double
  /// First row, second column.
  public var m12: Double
  /// First row, third column: the translation in x, in pixels.
  public var m13: Double
  /// Second row, first column.
  public var m21: Double
  /// Second row, second column.
  public var m22: Double
  /// Second row, third column: the translation in y, in pixels.
  public var m23: Double

  /// The map with the given rows.
  public init(m11: Double, m12: Double, m13: Double, m21: Double, m22: Double, m23: Double) {
    self.m11 = m11
    self.m12 = m12
    self.m13 = m13
    self.m21 = m21
    self.m22 = m22
    self.m23 = m23
  }

  /// Below zero when the map mirrors.
  public var determinant: Double { m11 * m22 - m12 * m21 }
}
