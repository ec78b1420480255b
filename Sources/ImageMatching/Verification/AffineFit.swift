import Rasters

/// Weighted sums over points.
struct Moments {
  private(set) var weight = 0.0
  private(set) var x = 0.0, y = 0.0, xx = 0.0, xy = 0.0, yy = 0.0

  mutating func add(_ point: (x: Double, y: Double), weight w: Double = 1) {
    weight += w
    x += w * point.x
    y += w * point.y
    xx += w * point.x * point.x
    xy += w * point.x * point.y
    yy += w * point.y * point.y
  }

  /// The square root of the determinant of the covariance, in square pixels.
  var spread: Double {
    guard weight > 0 else { return 0 }
    let (mx, my) = (x / weight, y / weight)
    let covariance = xy / weight - mx * my
    return max(0, (xx / weight - mx * mx) * (yy / weight - my * my) - covariance * covariance).squareRoot()
  }
}

extension AffineMap {
  /// Rotation of the nearest similarity, in turns.
  var turn: Float {
    Float(PortableMath.angle(y: m21 - m12, x: m11 + m22) / (2 * PortableMath.pi))
  }
}

/// Least-squares maps through pairs of points.
struct AffineFit {
  private var from = Moments()
  private var su = 0.0, sv = 0.0, sxu = 0.0, syu = 0.0, sxv = 0.0, syv = 0.0

  /// Adds the pair (x, y) → (u, v).
  mutating func add(_ x: Double, _ y: Double, to u: Double, _ v: Double, weight: Double = 1) {
    from.add((x, y), weight: weight)
    su += weight * u
    sv += weight * v
    sxu += weight * x * u
    syu += weight * y * u
    sxv += weight * x * v
    syv += weight * y * v
  }

  /// The similarity (rotation, scale, translation); `nil` when the points coincide.
  var similarity: AffineMap? {
    let n = from.weight
    guard n > 0 else { return nil }
    let (mx, my, mu, mv) = (from.x / n, from.y / n, su / n, sv / n)
    let spread = from.xx + from.yy - n * (mx * mx + my * my)
    guard spread > 1e-6 * n else { return nil }
    let along = (sxu - n * mx * mu) + (syv - n * my * mv)
    let across = (sxv - n * mx * mv) - (syu - n * my * mu)
    let a = along / spread
    let b = across / spread
    return AffineMap(m11: a, m12: -b, m13: mu - a * mx + b * my, m21: b, m22: a, m23: mv - b * mx - a * my)
  }

  /// The affine map; `nil` when the points are collinear.
  var affine: AffineMap? {
    let n = from.weight
    guard n > 0 else { return nil }
    let (mx, my, mu, mv) = (from.x / n, from.y / n, su / n, sv / n)
    let cxx = from.xx - n * mx * mx
    let cxy = from.xy - n * mx * my
    let cyy = from.yy - n * my * my
    let d = cxx * cyy - cxy * cxy
    guard d > 1e-4 * (cxx + cyy) * (cxx + cyy), d > 1e-9 else { return nil }
    let (cxu, cyu, cxv, cyv) = (sxu - n * mx * mu, syu - n * my * mu, sxv - n * mx * mv, syv - n * my * mv)
    let a = (cxu * cyy - cyu * cxy) / d
    let b = (cyu * cxx - cxu * cxy) / d
    let c = (cxv * cyy - cyv * cxy) / d
    let e = (cyv * cxx - cxv * cxy) / d
    return AffineMap(m11: a, m12: b, m13: mu - a * mx - b * my, m21: c, m22: e, m23: mv - c * mx - e * my)
  }
}
