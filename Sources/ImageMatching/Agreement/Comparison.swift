/// A query and a stored image compared all over: what a verdict on the two is made of.
struct Comparison: Sendable {
  /// Where in the query they agree.
  let places: AgreementMap
  let patches: PatchAgreement
  let pixels: PixelAgreement
  /// Nats of evidence that they agree by no chance.
  let evidence: Double
  /// Shares of the query and of the stored image that the other one covers.
  let overlap: (query: Double, stored: Double)
  /// The same of what is inside their borders.
  let coverage: (query: Double, stored: Double)
  /// Whether one is neither turned nor mirrored against the other.
  let isUpright: Bool
  /// Whether the query was looked at itself, and not only what is stored of it.
  let fromPixels: Bool
  /// Whether this is the first look at the image, or shows more of it than the first one did: that one was judged already.
  var isNews = true

  /// What a verdict is made of, and the log-odds of a copy that follow.
  ///
  /// - Parameter commonness: What other stored images have in common with the query as well.
  func weighed(_ commonness: Commonness) -> (measures: [Double], logit: Double) {
    fromPixels ? CopyLikelihood.weighed(self, commonness) : StoredLikelihood.weighed(self)
  }
}

/// A stored image that was looked at, before and after a verdict on it.
package struct Look: Sendable {
  /// What geometry and codes say.
  let found: ImageMatch
  /// `nil` when so little speaks for a match that the images were not compared.
  let comparison: Comparison?
  /// Where the image agrees with the query if they lie on each other as a whole; known of an image of the query's shape for which too little
  /// speaks to be compared. Of one template are some that agree in too little to be found by it.
  let witness: AgreementMap?

  init(_ found: ImageMatch, _ comparison: Comparison? = nil, witness: AgreementMap? = nil) {
    self.found = found
    self.comparison = comparison
    self.witness = witness
  }

  /// The match.
  ///
  /// - Parameter commonness: What other stored images have in common with the query as well; `nil` when no other is known.
  func judged(_ commonness: Commonness? = nil) -> ImageMatch {
    guard let comparison else { return found }
    var match = found
    guard comparison.isNews else {
      // It was judged in the first look. Here it is a witness, and no match of any kind.
      (match.kind, match.confidence) = (.shared, 0)
      return match
    }
    let (measures, logit) = comparison.weighed(
      commonness ?? Commonness(comparison.places, evidence: comparison.evidence))
    match.measures = measures
    match.judge(comparison, logit: logit)
    return match
  }
}

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
