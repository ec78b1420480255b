/// The measurements of a query and a stored image over their whole overlap, on which the verdict is based.
struct Comparison: Sendable {
  /// Where the two agree, over the query.
  let places: AgreementMap
  let patches: PatchAgreement
  let pixels: PixelAgreement
  /// Evidence against agreement by chance in nats.
  let evidence: Double
  /// Fractions of the query and of the stored image that the other one covers.
  let overlap: (query: Double, stored: Double)
  /// The same for the areas inside their borders.
  let coverage: (query: Double, stored: Double)
  /// Whether the map neither rotates nor mirrors.
  let isUpright: Bool
  /// Whether the query's pixels were compared, and not only its stored data.
  let fromPixels: Bool
  /// Whether the whole images were compared by their outlines.
  var isOutline = false
  /// Whether this is the first pass, or has clearly more evidence for the image than the first pass had, where the image was judged already.
  var isNews = true

  /// The measures that the verdict is based on, and the resulting log-odds of a copy.
  ///
  /// - Parameter commonness: The agreement beyond what other stored images have in common with the query.
  func weighed(_ commonness: Commonness) -> (measures: [Double], logit: Double) {
    guard fromPixels || isOutline else { return StoredLikelihood.weighed(self) }
    let (measures, logit) = CopyLikelihood.weighed(self, commonness)
    return (measures, isOutline ? min(logit, Outline.logit(evidence, second: commonness.second)) : logit)
  }
}

/// The result of verifying one stored image, from which the verdict is computed.
package struct Look: Sendable {
  /// The match according to geometry and global codes.
  let found: ImageMatch
  /// `nil` when the evidence was too small for a comparison.
  let comparison: Comparison?
  /// Where the image agrees with the query when the two are aligned as whole images. Only for an image of the query's aspect ratio whose
  /// evidence is too small for a comparison: some images of one template have too few features in common to be compared.
  let witness: AgreementMap?
  /// Where it lies in the query; known where the images were compared here.
  let alignment: Alignment?

  init(
    _ found: ImageMatch, _ comparison: Comparison? = nil, witness: AgreementMap? = nil, alignment: Alignment? = nil
  ) {
    self.found = found
    self.comparison = comparison
    self.witness = witness
    self.alignment = alignment
  }

  /// The match with its relation, confidence and score.
  ///
  /// - Parameter commonness: The agreement beyond what other stored images have in common with the query; `nil` when no other image is known.
  func judged(_ commonness: Commonness? = nil) -> ImageMatch {
    guard let comparison else { return found }
    var match = found
    guard comparison.isNews else {
      // It was judged in the first pass. Here it is only a witness, and never a match.
      (match.kind, match.confidence) = (.shared, 0)
      return match
    }
    let (measures, logit) = comparison.weighed(
      commonness ?? Commonness(comparison.places, evidence: comparison.evidence))
    match.measures = measures
    // A few marks on a plain ground, as in a logo, have the code and some corners of other such marks.
    let isPlain = comparison.pixels.areaEmpty > Self.plain && found.inliers < Self.fewInliers && !comparison.isOutline
    match.judge(comparison, logit: isPlain ? logit - Self.plainPenalty : logit)
    return match
  }

  /// Fraction of the overlap that is featureless in both images from which few inliers are doubtful, that number, and the log-odds of a copy
  /// that are taken off.
  private static let plain = 0.4
  private static let fewInliers = 6
  private static let plainPenalty = 1.0
}

/// The verdict of a comparison: relation, confidence and score of the match.
extension ImageMatch {
  /// Minimum coverage of an image that is contained as a whole.
  private static let whole = 0.8
  /// Minimum overlap of an image that was only encoded again.
  private static let allButEdges = 0.96
  /// The larger coverage below which an overlap is no evidence of a copy, and from which it counts in full.
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
    guard !pixels.hasOtherContent else {
      shareOnly(confidence: confidence)
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
