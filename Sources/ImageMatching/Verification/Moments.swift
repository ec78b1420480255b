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
