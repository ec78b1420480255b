import Rasters

/// The overlap of two rectangles under a map.
enum Overlap {
  /// - Returns: The fraction of the rectangle `width` × `height` that `map` takes into the rectangle `otherWidth` × `otherHeight`, 0...1.
  static func share(
    _ width: Double, _ height: Double, through map: AffineMap, inside otherWidth: Double, _ otherHeight: Double
  ) -> Double {
    guard width > 0, height > 0, abs(map.determinant) > 1e-12 else { return 0 }
    var corners = [(0.0, 0.0), (width, 0), (width, height), (0, height)].map { map.apply($0.0, $0.1) }
    corners = clipped(corners) { $0.x }
    corners = clipped(corners) { otherWidth - $0.x }
    corners = clipped(corners) { $0.y }
    corners = clipped(corners) { otherHeight - $0.y }
    let part = area(corners) / abs(map.determinant)
    return max(0, min(1, part / (width * height)))
  }

  /// The part of a polygon where `depth` is not negative (Sutherland and Hodgman).
  private static func clipped(
    _ corners: [(x: Double, y: Double)], _ depth: ((x: Double, y: Double)) -> Double
  ) -> [(x: Double, y: Double)] {
    var result: [(x: Double, y: Double)] = []
    for (i, corner) in corners.enumerated() {
      let before = corners[(i + corners.count - 1) % corners.count]
      let d = depth(corner)
      let e = depth(before)
      if (d >= 0) != (e >= 0), d != e {
        let t = e / (e - d)
        result.append((before.x + t * (corner.x - before.x), before.y + t * (corner.y - before.y)))
      }
      if d >= 0 { result.append(corner) }
    }
    return result
  }

  private static func area(_ corners: [(x: Double, y: Double)]) -> Double {
    var sum = 0.0
    for (i, corner) in corners.enumerated() {
      let next = corners[(i + 1) % corners.count]
      sum += corner.x * next.y - next.x * corner.y
    }
    return abs(sum) / 2
  }
}

/// How widely the inliers are spread over the overlap of two images.
///
/// A copy agrees everywhere. Two images that share a word, a logo or a button agree only in one corner, however well,
/// and the rest is no evidence against a match: features without a counterpart also occur in copies.
enum Extent {
  /// Spread of the inliers relative to the spread of all features in the overlap: evidence counts for nothing below
  /// this range and in full above. 98 % of copies of photographs after the hardest edits have 0.3 or more; 75 % of
  /// unrelated images with a logo in common have less than 0.1 (docs/matching.md).
  private static let spread = 0.12...0.22
  /// Alternatively, the fraction of the stored features in the overlap that are inliers: small crops have few features,
  /// close together.
  private static let share = 0.25...0.45
  /// Spread relative to the overlap itself from which evidence counts in full.
  private static let ofArea = 0.15
  /// Hamming distance from which a pair has no weight in ``spread``: such pairs occur everywhere by chance.
  private static let certain = 14.0

  /// - Parameters:
  ///   - map: From working pixels of the query to those of the stored image.
  ///   - area: Area of the overlap in working pixels of the stored image.
  /// - Returns: Factor of the evidence, 0...1.
  static func factor(
    _ inliers: [Correspondence], _ map: AffineMap, from query: FeatureSet, to stored: FeatureSet, area: Double
  ) -> Double {
    guard inliers.count >= 3, area > 0, let back = map.inverse else { return 0 }
    func place(_ i: Int) -> (x: Double, y: Double) { (Double(stored.x[i]), Double(stored.y[i])) }
    var all = Moments()
    for i in 0..<stored.count {
      let (x, y) = back.apply(place(i).x, place(i).y)
      if x >= 0, y >= 0, x < Double(query.width), y < Double(query.height) { all.add(place(i)) }
    }
    var agreeing = Moments()
    var certain = Moments()
    for pair in inliers {
      agreeing.add(place(pair.stored))
      certain.add(place(pair.stored), weight: max(0, 1 - Double(pair.distance) / Self.certain))
    }
    let isSpread = Self.ramp(Self.spread, certain.spread / max(all.spread, 1))
    let isMost = Self.ramp(Self.share, agreeing.weight / max(all.weight, 1))
    // Points spread evenly over a rectangle have the variances width² / 12 and height² / 12.
    return max(isSpread, isMost) * min(1, 12 * agreeing.spread / area / Self.ofArea)
  }

  /// From 0 at the lower bound to 1 at the upper one.
  private static func ramp(_ bounds: ClosedRange<Double>, _ value: Double) -> Double {
    max(0, min(1, (value - bounds.lowerBound) / (bounds.upperBound - bounds.lowerBound)))
  }
}
