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
  private let found: ImageMatch
  /// `nil` when so little speaks for a match that the images were not compared.
  let comparison: Comparison?

  init(_ found: ImageMatch, _ comparison: Comparison? = nil) {
    self.found = found
    self.comparison = comparison
  }

  /// The match.
  ///
  /// - Parameter commonness: What other stored images have in common with the query as well; `nil` when no other is known.
  func judged(_ commonness: Commonness? = nil) -> ImageMatch {
    guard let comparison else { return found }
    var match = found
    let (measures, logit) = comparison.weighed(commonness ?? Commonness(comparison.places))
    match.measures = measures
    match.judge(comparison, logit: logit)
    return match
  }
}
