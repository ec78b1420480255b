/// What a comparison all over makes of a match: relation, confidence and score.
extension ImageMatch {
  /// Overlap from which on an image is there as a whole.
  private static let whole = 0.8
  /// The same for one that was only encoded again.
  private static let allButEdges = 0.96
  /// Shares of the larger overlap below which a common part is no evidence of a copy, and from which on it counts in full.
  private static let commonPart = 0.22...0.35

  /// - Parameter logit: Log-odds of a copy.
  mutating func judge(_ comparison: Comparison, logit: Double) {
    let (patches, pixels, coverage) = (comparison.patches, comparison.pixels, comparison.coverage)
    shares = Shares(agrees: pixels.areaAgrees, differs: pixels.areaDiffers, empty: pixels.areaEmpty)
    let largest = max(coverage.query, coverage.stored)
    let extent =
      max(0, min(1, (largest - Self.commonPart.lowerBound) / (Self.commonPart.upperBound - Self.commonPart.lowerBound)))
    let copy = extent / (1 + PortableMath.exponential(-max(-30, min(30, logit))))
    score =
      (queryOverlap * matchOverlap).squareRoot() * max(0, min(1, (pixels.agrees + patches.agrees) / 2))
    guard copy >= 0.5 else {
      kind = .shared
      confidence *= 1 - copy
      return
    }
    confidence *= copy
    if coverage.query < Self.whole || coverage.stored < Self.whole {
      kind = .partial
    } else if comparison.isUpright, !isMirrored, min(queryOverlap, matchOverlap) >= 100 * Self.allButEdges,
      pixels.agrees > 0.97, pixels.grayDifference < 3.5, abs(pixels.brighter) < 4, abs(pixels.contrast - 1) < 0.06
    {
      kind = .reencoded
    } else {
      kind = .altered
    }
  }
}
