/// How likely it is that a query is a copy of a stored image that agrees with it somewhere, and does not merely share something with it.
///
/// A logistic model, linear but for two limits: what agrees beyond what other stored images have in common with the query (``Commonness``) decides,
/// and the rest says how far to trust it. A copy agrees in nearly half of what was compared at the least, however much evidence there is that something does.
/// The other weights are fitted by `Benchmarks/Index/fit_agreement.py` to copies and strangers of kinds that
/// are drawn for that purpose, and to altered photographs; their signs are given.
enum CopyLikelihood {
  /// What is weighed, in the order of ``weights``.
  static func terms(_ comparison: Comparison, _ commonness: Commonness) -> [Double] {
    // Where nearly all was to be expected, as in small versions of two forms or when several copies of one image are there, what is left is
    // rounding.
    let trust = max(0, min(1, (1 - commonness.expected) / 0.1))
    let beyond = max(-0.2, min(1, commonness.beyond)) * trust + commonness.share * (1 - trust)
    let largest = max(comparison.overlap.query, comparison.overlap.stored)
    return [
      1, beyond, commonness.expected * trust, PortableMath.logarithm(1 + max(0, comparison.evidence)) / 5,
      max(0, min(1, (0.5 - largest) / 0.3)), comparison.patches.lostSquares, odds(comparison.patches.squares) / 2,
      comparison.patches.toWorst / 16, max(0, 0.35 - beyond), max(0, 0.6 - beyond),
      max(0, 0.45 - max(commonness.share, comparison.pixels.agrees)),
    ]
  }

  /// The terms, and the log-odds of a copy.
  static func weighed(_ comparison: Comparison, _ commonness: Commonness) -> (measures: [Double], logit: Double) {
    let terms = terms(comparison, commonness)
    return (terms, zip(terms, weights).reduce(0) { $0 + $1.0 * $1.1 })
  }

  /// Logarithm of the odds, kept finite.
  private static func odds(_ share: Double) -> Double {
    PortableMath.logarithm((share + 0.02) / max(0.02, 1.02 - share))
  }

  private static let weights: [Double] = [-3.06, 4.93, -6.41, 4.9, -4.86, -0.52, 1.51, -0.5, -4.17, -5.57, -12]
}
