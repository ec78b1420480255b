/// The likelihood that a query is a copy of a stored image that agrees with it somewhere, and does not only share an element with it.
///
/// A logistic model, linear except for a few thresholds. The main terms are the agreement beyond what other stored images have in common
/// with the query (``Commonness``), and the lead of its evidence over theirs; the others weight them by their reliability. A copy agrees in
/// almost half of the compared area, or in a third when there is much evidence. The weights are fitted by
/// `Benchmarks/Index/fit_agreement.py` to copies and unrelated images of synthetic kinds, and to altered photographs; their signs are given.
enum CopyLikelihood {
  /// The model's terms, in the order of ``weights``.
  static func terms(_ comparison: Comparison, _ commonness: Commonness) -> [Double] {
    // When almost all of the agreement was expected, as for thumbnails of two forms or when the index has several copies of one image, the
    // remainder is rounding noise.
    let trust = max(0, min(1, (1 - commonness.expected) / 0.1))
    let beyond = max(-0.2, min(1, commonness.beyond)) * trust + commonness.share * (1 - trust)
    let largest = max(comparison.overlap.query, comparison.overlap.stored)
    let (patches, pixels) = (comparison.patches, comparison.pixels)
    // How likely the compared witnesses are of the same template.
    let rivals = min(1, commonness.known / 0.3)
    // A lead over one of them may be chance; a lead over thirty is not.
    let many = min(1, Double(commonness.rivals) / 30)
    let alone = 1 - min(1, commonness.expected / 0.3)
    // Fraction of the structure where the two images do not each have different content: what covers a copy is in one of them only.
    let oneSided = 1 - pixels.balanced - min(pixels.queryOver, pixels.storedOver)
    let isWhole = min(comparison.coverage.query, comparison.coverage.stored) >= 0.8
    // Less agreement than this counts against a copy. The threshold is lower with much evidence: half of a copy may be covered.
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

  /// The log-odds of a fraction, kept finite.
  private static func odds(_ share: Double) -> Double {
    PortableMath.logarithm((share + 0.02) / max(0.02, 1.02 - share))
  }

  private static let weights: [Double] = [
    -0.86, 4.62, -3.91, 1.69, -5.9, -0.28, 1.08, 0, -2.75, -4.43, 3.83, -7.79, 2.24, -12,
  ]
}

/// The likelihood that two stored images that agree somewhere are copies, and do not only share an element.
///
/// Only stored data is available: patches where both images have a keypoint, and the pixels of the miniatures. A logistic model of second
/// order in the measures of ``PatchAgreement`` and ``PixelAgreement``; its weights are fitted by `Benchmarks/Index/fit_agreement.py` to copies
/// and unrelated images of many synthetic kinds.
enum StoredLikelihood {
  /// The inputs of the model: those that also enter as products with each other, and those that enter linearly.
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

  /// The log-odds of a fraction, kept finite.
  private static func odds(_ share: Double) -> Double {
    PortableMath.logarithm((share + 0.02) / max(0.02, 1.02 - share))
  }

  /// In the order of ``weighed(_:)``: the constant, the single terms, the products, the linear terms.
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
