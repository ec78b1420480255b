/// How likely it is that a query is a copy of a stored image that agrees with it somewhere, and does not merely share something with it.
///
/// A logistic model, linear but for two limits: what agrees beyond what other stored images have in common with the query (``Commonness``) decides,
/// and how far its evidence is ahead of theirs; the rest says how far to trust it. A copy agrees in nearly half of what was compared, or in a third when much evidence comes from there.
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
    let (patches, pixels) = (comparison.patches, comparison.pixels)
    // How far the others that were compared themselves are of the same template.
    let rivals = min(1, commonness.known / 0.3)
    // … and how many of them there are: more evidence than one other has is chance, than thirty it is not.
    let many = min(1, Double(commonness.rivals) / 30)
    let alone = 1 - min(1, commonness.expected / 0.3)
    // Share of the structure in which the images do not differ each in a way of its own: what is painted over a copy is in one of them.
    let oneSided = 1 - pixels.balanced - min(pixels.queryOver, pixels.storedOver)
    let isWhole = min(comparison.coverage.query, comparison.coverage.stored) >= 0.8
    // What agrees in less than nearly half is no copy; with evidence from all over it may be one of which half is covered.
    let least = 0.45 - 0.15 * max(0, min(1, (comparison.evidence - 50) / 100))
    return [
      1, beyond, commonness.expected * trust, PortableMath.logarithm(1 + max(0, comparison.evidence)) / 5,
      max(0, min(1, (0.5 - largest) / 0.3)), patches.lostSquares, odds(patches.squares) / 2, patches.toWorst / 16,
      max(0, 0.35 - beyond), max(0, 0.6 - beyond), rivals * many * max(0, min(0.5, commonness.lead - 0.3)),
      rivals * max(0, 0.3 - commonness.lead), isWhole ? alone * max(0, oneSided - 0.85) / 0.15 : 0,
      max(0, least - max(commonness.share, pixels.agrees)),
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

  private static let weights: [Double] = [
    -0.86, 4.62, -3.91, 1.69, -5.9, -0.28, 1.08, 0, -2.75, -4.43, 3.83, -7.79, 2.24, -12,
  ]
}

/// How likely it is that two stored images that agree somewhere are copies, and do not merely share something.
///
/// Nothing is known of them but what is stored: patches are those that both have a keypoint at, pixels those of the miniatures. A logistic model of
/// second order in what ``PatchAgreement`` and ``PixelAgreement`` measure; its weights are fitted by `Benchmarks/Index/fit_agreement.py` to
/// copies and strangers of many kinds that are drawn for that purpose.
enum StoredLikelihood {
  /// The numbers that the model weighs: those that are multiplied with each other, then those that are not.
  static func measures(_ comparison: Comparison) -> (squared: [Double], linear: [Double]) {
    let (patches, pixels) = (comparison.patches, comparison.pixels)
    let squared = [
      odds(patches.adapted) / 2, odds(patches.squares) / 2, odds(patches.agrees) / 2, odds(patches.smallAgree) / 2,
      odds(pixels.agrees) / 3, max(pixels.queryOver, pixels.storedOver) * 3,
      min(pixels.queryOver, pixels.storedOver) * 6, pixels.balanced * 5, patches.quality / 8, patches.lostSquares * 2,
      patches.toMiddle / 8, patches.toWorst / 16,
    ]
    let overlap = comparison.overlap
    let linear = [
      PortableMath.logarithm(1 + max(0, comparison.evidence)) / 5, PortableMath.logarithm(1 + patches.count) / 5,
      max(overlap.query, overlap.stored), min(overlap.query, overlap.stored),
    ]
    return (squared, linear)
  }

  /// The measures, and the log-odds of a copy.
  static func weighed(_ comparison: Comparison) -> (measures: [Double], logit: Double) {
    let (squared, linear) = measures(comparison)
    var terms = [1.0] + squared
    for i in squared.indices {
      for j in i..<squared.count { terms.append(squared[i] * squared[j]) }
    }
    terms += linear
    return (squared + linear, zip(terms, weights).reduce(0) { $0 + $1.0 * $1.1 })
  }

  /// Logarithm of the odds, kept finite.
  private static func odds(_ share: Double) -> Double {
    PortableMath.logarithm((share + 0.02) / max(0.02, 1.02 - share))
  }

  /// In the order of ``weighed(_:)``: 1, each, each pair, the linear ones.
  private static let weights: [Double] = [
    -0.339, 0.115, 0.255, 0.546, -0.584, 0.577, -0.110, -0.469, -0.362, 0.069, -0.447, 0.058,
    -0.353, 0.109, 0.119, 0.432, 0.064, 0.453, -0.150, -0.287, -0.314, -0.017, -0.227, -0.073,
    -0.167, -0.075, 0.636, 0.175, 0.400, -0.073, -0.074, -0.009, -0.324, -0.014, -0.071, -0.092,
    0.906, -0.271, 0.635, 0.086, -0.360, -0.251, 0.204, -0.198, 0.303, 0.076, 0.957, -0.174,
    0.238, -1.177, -1.067, 0.220, -0.694, -0.906, -0.920, 0.739, 0.035, -0.021, 0.071, 0.358,
    -0.041, 0.077, 0.072, 0.246, -0.350, -0.462, 0.030, -0.195, 0.235, -0.039, -0.164, -0.427,
    -0.253, -0.172, -0.260, -0.276, -0.109, -0.078, -0.332, 0.001, -0.222, -0.187, -0.007, -0.577,
    -0.269, -0.461, 0.029, -0.389, -0.467, -0.165, -0.650, 0.481, 0.489, 0.181, -1.532,
  ]
}
