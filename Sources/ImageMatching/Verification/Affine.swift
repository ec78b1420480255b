/// A map of the plane: (x, y) ↦ (m11 x + m12 y + m13, m21 x + m22 y + m23), in pixels.
///
/// (0, 0) is the upper left corner of the upper left pixel; the middle of that pixel is (0.5, 0.5).
public struct Affine: Sendable, Hashable {
  /// First row.
  public var m11, m12, m13: Double
  /// Second row.
  public var m21, m22, m23: Double

  /// A map with these entries.
  public init(m11: Double, m12: Double, m13: Double, m21: Double, m22: Double, m23: Double) {
    self.m11 = m11
    self.m12 = m12
    self.m13 = m13
    self.m21 = m21
    self.m22 = m22
    self.m23 = m23
  }

  /// The map that changes nothing.
  public static let identity = Affine(m11: 1, m12: 0, m13: 0, m21: 0, m22: 1, m23: 0)

  /// The map that stretches both axes.
  static func scaling(_ x: Double, _ y: Double) -> Affine {
    Affine(m11: x, m12: 0, m13: 0, m21: 0, m22: y, m23: 0)
  }

  /// Factor by which areas grow; negative when the map mirrors.
  public var determinant: Double { m11 * m22 - m12 * m21 }

  /// Where a point goes.
  public func apply(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    (m11 * x + m12 * y + m13, m21 * x + m22 * y + m23)
  }

  /// First this map, then `next`.
  public func then(_ next: Affine) -> Affine {
    let move = next.apply(m13, m23)
    return Affine(
      m11: next.m11 * m11 + next.m12 * m21, m12: next.m11 * m12 + next.m12 * m22, m13: move.x,
      m21: next.m21 * m11 + next.m22 * m21, m22: next.m21 * m12 + next.m22 * m22, m23: move.y)
  }

  /// The map back, or `nil` when this one flattens the plane.
  public var inverse: Affine? {
    let d = determinant
    guard d.isFinite, abs(d) > 1e-12 else { return nil }
    return Affine(
      m11: m22 / d, m12: -m12 / d, m13: (m12 * m23 - m22 * m13) / d,
      m21: -m21 / d, m22: m11 / d, m23: (m21 * m13 - m11 * m23) / d)
  }

  /// Scale: the square root of the factor by which areas grow.
  var scale: Double { abs(determinant).squareRoot() }

  /// Ratio of the largest to the smallest stretch, at least 1; infinite for a flat map.
  var anisotropy: Double {
    let sum = m11 * m11 + m12 * m12 + m21 * m21 + m22 * m22
    let d = abs(determinant)
    guard d > 1e-12 else { return .infinity }
    // The squared stretches are the roots of t² − sum t + d².
    let root = max(0, sum * sum - 4 * d * d).squareRoot()
    return (sum + root) / (2 * d)
  }

  /// Direction of the turn, as a share of a full turn: of the similarity nearest to the map.
  var turn: Float {
    Float(PortableMath.angle(y: m21 - m12, x: m11 + m22) / (2 * PortableMath.pi))
  }
}
