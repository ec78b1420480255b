/// How likely it is that two images that agree somewhere are copies, and do not merely share something.
///
/// A logistic model of second order in what ``PatchAgreement`` and ``PixelAgreement`` measure; its weights are fitted by
/// `Benchmarks/Index/fit_agreement.py` to copies and strangers of many kinds that are drawn for that purpose.
enum CopyLikelihood {
  /// The numbers that the model weighs: those that are multiplied with each other, then those that are not.
  static func measures(
    _ patches: PatchAgreement, _ pixels: PixelAgreement, evidence: Double, queryOverlap: Double, storedOverlap: Double
  ) -> (squared: [Double], linear: [Double]) {
    let squared = [
      odds(patches.adapted) / 2, odds(patches.squares) / 2, odds(patches.agrees) / 2, odds(patches.smallAgree) / 2,
      odds(pixels.agrees) / 3, max(pixels.queryOver, pixels.storedOver) * 3,
      min(pixels.queryOver, pixels.storedOver) * 6, pixels.balanced * 5, patches.quality / 8, patches.lostSquares * 2,
      patches.toMiddle / 8, patches.toWorst / 16,
    ]
    let linear = [
      PortableMath.logarithm(1 + max(0, evidence)) / 5, PortableMath.logarithm(1 + patches.count) / 5,
      max(queryOverlap, storedOverlap), min(queryOverlap, storedOverlap),
    ]
    return (squared, linear)
  }

  /// Log-odds of a copy.
  ///
  /// - Parameter fromPixels: Whether the query was looked at itself, and not only what is stored of it.
  static func logit(_ measures: (squared: [Double], linear: [Double]), fromPixels: Bool) -> Double {
    var terms = [1.0] + measures.squared
    for i in measures.squared.indices {
      for j in i..<measures.squared.count { terms.append(measures.squared[i] * measures.squared[j]) }
    }
    terms += measures.linear
    return zip(terms, fromPixels ? weights : storedWeights).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// Logarithm of the odds, kept finite.
  private static func odds(_ share: Double) -> Double {
    PortableMath.logarithm((share + 0.02) / max(0.02, 1.02 - share))
  }

  /// In the order of ``logit(_:)``: 1, each, each pair, the linear ones.
  private static let weights: [Double] = [
    -2.767, -1.308, -1.311, -0.346, 0.379, -0.964, 0.705, -0.485, -0.555, -2.853, 0.094, -2.556,
    -0.037, 1.387, 2.223, -0.052, -4.914, 3.028, -1.132, -0.716, -1.403, 3.709, -1.994, 0.586,
    -2.126, -0.096, 0.379, 0.200, -3.859, 1.506, 2.046, 1.412, -0.439, 2.012, -0.788, 1.270,
    1.226, 1.750, 2.192, 0.666, -1.466, -0.429, 0.517, -0.102, 0.261, 0.122, 1.418, -0.584,
    2.407, -2.803, 0.101, -5.571, 1.340, -0.098, 0.686, 1.570, 1.367, 0.762, -0.852, 1.430,
    -0.618, 0.174, -0.237, 0.015, -2.142, -0.201, -0.367, 0.850, 1.470, 0.654, 0.377, -2.120,
    0.165, -0.472, 0.664, 0.676, -0.150, -0.263, 1.106, 0.104, -1.100, -0.465, 0.001, 0.432,
    -0.746, -2.645, 0.219, -0.435, 0.059, -0.289, 0.169, 1.937, 0.608, 4.236, -1.131,
  ]

  /// The same for two stored images: their patches are those that both have a keypoint at, which agree less often.
  private static let storedWeights: [Double] = [
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
