import Rasters

/// The exact position of a stored outline in that of a query: an affine map, which also follows a crop or a perspective a little.
extension Outline {
  /// Number of steps of the fit, weight of the prior that there is no deformation, and least contrast of a copy.
  private static let steps = 8
  private static let stiffness = 0.02
  private static let leastGain: Float = 0.2

  /// The affine map near a displacement with the best correlation (Gauss and Newton).
  ///
  /// - Returns: From the stored unit square to this outline's, the correlation, and the fraction of the stored outline that is covered.
  func refined(_ stored: Outline, dx: Int, dy: Int) -> (back: AffineMap, correlation: Double, share: Double) {
    let side = Self.side
    let middle = Double(side - 1) / 2
    // Coordinates from −1 to 1; the position is (x₀ + x₁ u + x₂ v, y₀ + y₁ u + y₂ v) in pixels.
    var p = [middle + Double(dx), middle, 0, middle + Double(dy), 0, middle]
    var best = (p: p, correlation: -1.0, share: 0.0)
    let slopes = slopes
    for step in 0...Self.steps {
      let here = Self.sums(p, slopes, stored)
      let r = correlation(here.product, here.energy, here.other)
      if r * here.share.squareRoot() > best.correlation * best.share.squareRoot() { best = (p, r, here.share) }
      let gain = max(Self.leastGain, here.product / max(1, here.other))
      guard step < Self.steps, let change = Self.step(p, slopes, stored, gain: gain) else { break }
      for k in p.indices { p[k] += change[k] }
      guard abs(p[1] * p[5] - p[2] * p[4]) > 0.3 * middle * middle else { break }
    }
    // From −1…1 and pixels to unit squares.
    let (s, q) = (Double(side), best.p)
    let grow = s / middle
    let off = -s / 2 / middle
    let back = AffineMap(
      m11: q[1] * grow / s, m12: q[2] * grow / s, m13: (q[0] + 0.5 + (q[1] + q[2]) * off) / s,
      m21: q[4] * grow / s, m22: q[5] * grow / s, m23: (q[3] + 0.5 + (q[4] + q[5]) * off) / s)
    return (back, best.correlation, best.share)
  }

  /// The value at each pixel with its slopes (Sobel): smoother than those between pixels, so that a fit succeeds from further away.
  private var slopes: [SIMD4<Float>] {
    let side = Self.side
    func value(_ x: Int, _ y: Int) -> Float { values[max(0, min(side - 1, y)) * side + max(0, min(side - 1, x))] }
    return values.indices.map { i in
      let (x, y) = (i % side, i / side)
      var (across, down): (Float, Float) = (0, 0)
      for (k, weight) in [(-1, Float(0.125)), (0, 0.25), (1, 0.125)] {
        across += weight * (value(x + 1, y + k) - value(x - 1, y + k))
        down += weight * (value(x + k, y + 1) - value(x + k, y - 1))
      }
      return SIMD4(values[i], across, down, 0)
    }
  }

  /// The value and slopes at a position; `nil` outside.
  private static func sample(_ slopes: [SIMD4<Float>], _ x: Double, _ y: Double) -> SIMD4<Float>? {
    guard x >= 0, y >= 0, x <= Double(side - 1), y <= Double(side - 1) else { return nil }
    let (left, top) = (min(side - 2, Int(x)), min(side - 2, Int(y)))
    let (fx, fy) = (Float(x - Double(left)), Float(y - Double(top)))
    let at = top * side + left
    let upper = slopes[at] + (slopes[at + 1] - slopes[at]) * fx
    let lower = slopes[at + side] + (slopes[at + side + 1] - slopes[at + side]) * fx
    return upper + (lower - upper) * fy
  }

  private static func place(_ i: Int) -> (u: Double, v: Double) {
    let middle = Double(side - 1) / 2
    return (Double(i % side) / middle - 1, Double(i / side) / middle - 1)
  }

  /// Sums over the stored outline under a map.
  private static func sums(
    _ p: [Double], _ slopes: [SIMD4<Float>], _ stored: Outline
  ) -> (product: Float, energy: Float, other: Float, share: Double) {
    var sums: (product: Float, energy: Float, other: Float) = (0, 0, 0)
    var count = 0
    for i in slopes.indices {
      let (u, v) = place(i)
      guard let own = sample(slopes, p[0] + p[1] * u + p[2] * v, p[3] + p[4] * u + p[5] * v) else { continue }
      let other = stored.values[i]
      sums.product += own[0] * other
      sums.energy += own[0] * own[0]
      sums.other += other * other
      count += 1
    }
    return (sums.product, sums.energy, sums.other, Double(count) / Double(slopes.count))
  }

  /// One step of the fit: the change of the six numbers of a map.
  private static func step(_ p: [Double], _ slopes: [SIMD4<Float>], _ stored: Outline, gain: Float) -> [Double]? {
    var matrix = [Double](repeating: 0, count: 36)
    var right = [Double](repeating: 0, count: 6)
    var row = right
    for i in slopes.indices {
      let (u, v) = place(i)
      guard let own = sample(slopes, p[0] + p[1] * u + p[2] * v, p[3] + p[4] * u + p[5] * v) else { continue }
      let rest = Double(gain * stored.values[i] - own[0])
      for k in 0..<2 {
        let slope = Double(own[k + 1])
        row[3 * k] = slope
        row[3 * k + 1] = slope * u
        row[3 * k + 2] = slope * v
      }
      for k in 0..<6 {
        right[k] += row[k] * rest
        for j in 0..<6 { matrix[6 * k + j] += row[k] * row[j] }
      }
    }
    let trace = (0..<6).reduce(0) { $0 + matrix[7 * $1] } / 6
    for k in 0..<6 { matrix[7 * k] += stiffness * trace * (k % 3 == 0 ? 1 : 2) }
    return solved(&matrix, right)
  }

  /// Solves the equations of a symmetric positive definite matrix.
  private static func solved(_ matrix: inout [Double], _ right: [Double]) -> [Double]? {
    var x = right
    let n = right.count
    for k in 0..<n {
      guard matrix[n * k + k] > 1e-9 else { return nil }
      for i in k + 1..<max(k + 1, n) {
        let t = matrix[n * i + k] / matrix[n * k + k]
        for j in k..<n { matrix[n * i + j] -= t * matrix[n * k + j] }
        x[i] -= t * x[k]
      }
    }
    for k in (0..<n).reversed() {
      for j in k + 1..<max(k + 1, n) { x[k] -= matrix[n * k + j] * x[j] }
      x[k] /= matrix[n * k + k]
    }
    return x
  }
}
