/// How far what agrees is spread over what two pictures have in common.
///
/// A copy agrees all over. Two pictures that share a word, a mark or a button agree in one corner, however well.
enum Extent {
  /// Evidence counts in full from this share on. In altered photographs 99 of 100 have 0.1 or more, half 0.7.
  private static let full = 0.15

  /// - Parameter area: Area of the common part in working pixels of the stored picture.
  /// - Returns: What evidence is to be multiplied with, 0...1.
  static func factor(_ inliers: [Correspondence], _ stored: FeatureSet, area: Double) -> Double {
    guard inliers.count >= 3, area > 0 else { return 0 }
    let n = Double(inliers.count)
    var (sx, sy, sxx, sxy, syy) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for pair in inliers {
      let (x, y) = (Double(stored.x[pair.stored]), Double(stored.y[pair.stored]))
      sx += x
      sy += y
      sxx += x * x
      sxy += x * y
      syy += y * y
    }
    let (mx, my) = (sx / n, sy / n)
    let determinant = (sxx / n - mx * mx) * (syy / n - my * my) - (sxy / n - mx * my) * (sxy / n - mx * my)
    // Points spread evenly over a rectangle have the variances width² / 12 and height² / 12.
    let share = 12 * max(0, determinant).squareRoot() / area
    return min(1, share / full)
  }
}
