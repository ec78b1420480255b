/// A 2×3 affine map between the pixel coordinates of two images: `x' = m11·x + m12·y + m13`, `y' = m21·x + m22·y + m23`.
///
/// (0, 0) is the upper left corner of the upper left pixel, y points down; the centre of that pixel is (0.5, 0.5).
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

  /// A map with these entries.
  public init(m11: Double, m12: Double, m13: Double, m21: Double, m22: Double, m23: Double) {
    self.m11 = m11
    self.m12 = m12
    self.m13 = m13
    self.m21 = m21
    self.m22 = m22
    self.m23 = m23
  }

  /// The identity map.
  public static let identity = AffineMap(m11: 1, m12: 0, m13: 0, m21: 0, m22: 1, m23: 0)

  /// The map that scales both axes.
  package static func scaling(_ x: Double, _ y: Double) -> AffineMap {
    AffineMap(m11: x, m12: 0, m13: 0, m21: 0, m22: y, m23: 0)
  }

  /// Factor by which the map scales areas; negative if it mirrors.
  public var determinant: Double { m11 * m22 - m12 * m21 }

  /// Maps a point.
  public func apply(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    (m11 * x + m12 * y + m13, m21 * x + m22 * y + m23)
  }

  /// The composition: first this map, then `next`.
  public func then(_ next: AffineMap) -> AffineMap {
    let move = next.apply(m13, m23)
    return AffineMap(
      m11: next.m11 * m11 + next.m12 * m21, m12: next.m11 * m12 + next.m12 * m22, m13: move.x,
      m21: next.m21 * m11 + next.m22 * m21, m22: next.m21 * m12 + next.m22 * m22, m23: move.y)
  }

  /// The inverse, or `nil` if the map is singular.
  public var inverse: AffineMap? {
    let d = determinant
    guard d.isFinite, abs(d) > 1e-12 else { return nil }
    return AffineMap(
      m11: m22 / d, m12: -m12 / d, m13: (m12 * m23 - m22 * m13) / d,
      m21: -m21 / d, m22: m11 / d, m23: (m21 * m13 - m11 * m23) / d)
  }

  /// The scale: the square root of the factor by which the map scales areas.
  package var scale: Double { abs(determinant).squareRoot() }

  /// Ratio of the singular values, at least 1; infinite for a singular map.
  package var anisotropy: Double {
    let sum = m11 * m11 + m12 * m12 + m21 * m21 + m22 * m22
    let d = abs(determinant)
    guard d > 1e-12 else { return .infinity }
    // The squared singular values are the roots of t² − sum t + d².
    let root = max(0, sum * sum - 4 * d * d).squareRoot()
    return (sum + root) / (2 * d)
  }
}
