import Rasters

/// A projective map (homography) of the plane: (x, y) ↦ (a x + b y + c, d x + e y + f) / (1 + g x + h y).
///
/// Photographing a page at an angle deforms it in this way; an affine map approximates that only near the middle.
struct Projective {
  var a, b, c, d, e, f: Double
  var g = 0.0
  var h = 0.0

  init(_ map: AffineMap) {
    (a, b, c) = (map.m11, map.m12, map.m13)
    (d, e, f) = (map.m21, map.m22, map.m23)
  }

  func apply(_ x: Double, _ y: Double) -> SIMD2<Double> {
    let w = 1 + g * x + h * y
    return SIMD2(a * x + b * y + c, d * x + e * y + f) / (abs(w) > 1e-6 ? w : 1e-6)
  }

  /// The map's derivative at a position.
  func slope(_ x: Double, _ y: Double) -> (xx: Double, xy: Double, yx: Double, yy: Double) {
    let w = 1 + g * x + h * y
    let p = apply(x, y)
    let s = abs(w) > 1e-6 ? w : 1e-6
    return ((a - g * p.x) / s, (b - h * p.x) / s, (d - g * p.y) / s, (e - h * p.y) / s)
  }

  /// Fits pairs of points by least squares, `from` of the order of 1…1000.
  ///
  /// - Parameters:
  ///   - start: The affine map, which is kept if there is little evidence against it.
  ///   - size: Longest side of the image that the first points are in.
  init(_ pairs: [(from: SIMD2<Double>, to: SIMD2<Double>)], near start: AffineMap, size: Double) {
    self.init(start)
    guard pairs.count >= Self.least, size > 1 else { return }
    // The affine map's residual is fitted in units of the image's size, for numbers of the same order.
    let affine = Projective(start)
    var matrix = [Double](repeating: 0, count: 64)
    var right = [Double](repeating: 0, count: 8)
    func add(_ row: [Double], _ value: Double) {
      for i in 0..<8 where row[i] != 0 {
        right[i] += row[i] * value
        for j in 0..<8 { matrix[8 * i + j] += row[i] * row[j] }
      }
    }
    for pair in pairs {
      let p = pair.from / size
      let there = affine.apply(pair.from.x, pair.from.y)
      let u = pair.to
      let rest = u - there
      // to · (1 + g x + h y) = affine + (correction): linear in the eight unknowns.
      add([p.x, p.y, 1, 0, 0, 0, -p.x * u.x, -p.y * u.x], rest.x)
      add([0, 0, 0, p.x, p.y, 1, -p.x * u.y, -p.y * u.y], rest.y)
    }
    // A prior worth twelve pairs that the map is affine.
    let belief = Self.stiffness * size * size
    matrix[8 * 6 + 6] += belief
    matrix[8 * 7 + 7] += belief
    for i in 0..<6 { matrix[9 * i] += 1e-6 }
    guard let x = Self.solved(&matrix, right) else { return }
    let bent = x[6].magnitude + x[7].magnitude
    guard bent.isFinite, bent < 0.8 else { return }
    a += x[0] / size
    b += x[1] / size
    c += x[2]
    d += x[3] / size
    e += x[4] / size
    f += x[5]
    g = x[6] / size
    h = x[7] / size
  }

  /// With fewer pairs, the map stays affine.
  private static let least = 12
  private static let stiffness = 0.02

  /// Solves eight linear equations by Gaussian elimination.
  private static func solved(_ matrix: inout [Double], _ right: [Double]) -> [Double]? {
    var r = right
    for k in 0..<8 {
      var pivot = k
      for i in k..<8 where abs(matrix[8 * i + k]) > abs(matrix[8 * pivot + k]) { pivot = i }
      guard abs(matrix[8 * pivot + k]) > 1e-12 else { return nil }
      if pivot != k {
        for j in 0..<8 { matrix.swapAt(8 * k + j, 8 * pivot + j) }
        r.swapAt(k, pivot)
      }
      var i = k + 1
      while i < 8 {
        defer { i += 1 }
        let t = matrix[8 * i + k] / matrix[8 * k + k]
        guard t != 0 else { continue }
        for j in k..<8 { matrix[8 * i + j] -= t * matrix[8 * k + j] }
        r[i] -= t * r[k]
      }
    }
    for k in stride(from: 7, through: 0, by: -1) {
      var j = k + 1
      while j < 8 {
        r[k] -= matrix[8 * k + j] * r[j]
        j += 1
      }
      r[k] /= matrix[9 * k]
    }
    return r
  }
}
