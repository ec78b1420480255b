/// Elementary functions that give the same bits on every machine.
///
/// A C library's `cos` or `exp2` may differ in the last place between versions, and the descriptors in an index must not.
/// Only +, −, × and correctly rounded division are used; each function is exact to about 1e-15, far finer than needed.
enum PortableMath {
  static let pi = 3.141592653589793

  /// Cosine of any finite angle in radians of moderate size (below 1e6).
  static func cosine(_ angle: Double) -> Double {
    let turns = (angle / (2 * pi)).rounded()
    let x = angle - turns * 2 * pi
    // Halved twice, so that the series converges quickly, then doubled back by cos 2a = 2 cos² a − 1.
    let h = x / 4
    let s = h * h
    var term = 1.0
    var sum = 1.0
    var n = 1.0
    while n < 20 {
      term *= -s / (n * (n + 1))
      sum += term
      n += 2
    }
    let c2 = 2 * sum * sum - 1
    return 2 * c2 * c2 - 1
  }

  /// Sine of an angle in radians.
  static func sine(_ angle: Double) -> Double { cosine(angle - pi / 2) }

  /// e to the power `x`, for |x| up to about 700.
  static func exponential(_ x: Double) -> Double {
    // Scaled down by 2^10 for the series, then squared ten times.
    let h = x / 1024
    var term = 1.0
    var sum = 1.0
    for n in 1...12 {
      term *= h / Double(n)
      sum += term
    }
    for _ in 0..<10 { sum *= sum }
    return sum
  }

  /// Natural logarithm of a positive finite number; 0 for anything else.
  static func logarithm(_ x: Double) -> Double {
    guard x.isFinite, x > 0 else { return 0 }
    let m = x.significand
    // ln m = 2 artanh((m − 1) / (m + 1)) with 1 ≤ m < 2.
    let t = (m - 1) / (m + 1)
    let s = t * t
    var power = t
    var sum = t
    var n = 3.0
    while n < 42 {
      power *= s
      sum += power / n
      n += 2
    }
    return 2 * sum + Double(x.exponent) * 0.6931471805599453
  }

  /// Angle of the vector (x, y) in radians, in −π...π; 0 for the zero vector.
  static func angle(y: Double, x: Double) -> Double {
    let ax = abs(x)
    let ay = abs(y)
    guard ax > 0 || ay > 0 else { return 0 }
    let ratio = ax > ay ? ay / ax : ax / ay
    // Two half-angle steps bring the argument below 0.2.
    var t = ratio
    for _ in 0..<2 { t = t / (1 + (1 + t * t).squareRoot()) }
    let s = t * t
    var power = t
    var sum = t
    var n = 3.0
    var sign = -1.0
    while n < 30 {
      power *= s
      sum += sign * power / n
      sign = -sign
      n += 2
    }
    var a = 4 * sum
    if ay > ax { a = pi / 2 - a }
    if x < 0 { a = pi - a }
    return y < 0 ? -a : a
  }
}
