import CMatchingKernels

/// The likelihood ratio of the distances under a map: of images that show the same over unrelated ones.
///
/// Every feature of the query that has stored neighbours under the map is a trial. If the images are unrelated, the nearest
/// of k neighbours is at a distance as random pairs are; if they are related, a fraction of the trials finds its own
/// counterpart, and the others are random. That fraction is unknown, so the most likely of a few is used; few good
/// pairs among many bad ones then weigh little.
enum Evidence {
  /// - Parameters:
  ///   - independence: Fraction of the inliers that remain when those at one spot are counted once, 0...1.
  ///   - chance: For a feature of the query that has a near counterpart: how likely such an agreement is by chance, over what
  ///     it is between photographs; see ``Distinctiveness``.
  /// - Returns: The logarithm of the likelihood ratio (nats), at least 0, and the best share.
  static func of(
    _ meetings: [matching_meeting], independence: Double, chance: (Int, matching_meeting) -> Double = { _, _ in 0 }
  ) -> (nats: Double, share: Double) {
    let terms: [Double] = meetings.enumerated().compactMap { q, m in
      guard m.neighbours > 0 else { return nil }
      let ratio = ratios[min(64, Int(m.distance))]
      guard m.distance <= GuidedMatching.distance else { return ratio / Double(m.neighbours) }
      return min(mostRatio, max(leastRatio, 1 / (1 / ratio + chance(q, m)) / Double(m.neighbours)))
    }
    var best = (nats: 0.0, share: 0.0)
    for share in shares {
      // The logarithm of a product: one logarithm for some twenty factors.
      var sum = 0.0
      var product = 1.0
      for (i, ratio) in terms.enumerated() {
        product *= 1 - share + share * ratio
        if i % 20 == 19 {
          sum += PortableMath.logarithm(product)
          product = 1
        }
      }
      sum += PortableMath.logarithm(product)
      if sum > best.nats { best = (sum, share) }
    }
    return (best.nats * independence, best.share)
  }

  private static let shares = [0.04, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95]
  /// Maximum likelihood ratio of one pair.
  private static let mostRatio = 3000.0
  /// Minimum likelihood ratio of a near counterpart, so that an image that repeats one motif is found if hardly
  /// anything in it disagrees.
  private static let leastRatio = 1.2

  /// Likelihood ratio of a distance: for counterparts over random features of the same position, direction and size.
  private static let ratios: [Double] = (0...64).map { d in
    let distance = Double(d)
    let own = 0.75 * normal(distance, 4, 3.5) + 0.25 * normal(distance, 9, 4)
    let other = 0.9 * normal(distance, 31.5, 5) + 0.1 * normal(distance, 22, 6)
    return own / other
  }

  private static func normal(_ x: Double, _ mean: Double, _ deviation: Double) -> Double {
    let t = (x - mean) / deviation
    return PortableMath.exponential(-t * t / 2) / deviation
  }
}

/// Converts evidence to confidence.
///
/// Both kinds of evidence are in nats and are added. The more images an index has, the more evidence its best unrelated
/// image has by chance, so the required evidence increases with the logarithm of the number of images.
struct Calibration: Sendable {
  private let needed: Double

  /// Evidence in nats at which the confidence is 0.5 in an index of 1 000 images.
  private static let neededAtThousand = 7.0
  /// Hamming distance from which codes are no evidence …
  private static let wholeDistance = 62.0
  /// … and nats per bit below that. A code alone is sufficient up to a distance of 42.
  private static let natsPerBit = 0.35
  /// Nats that multiply the odds by e: more than 1, since features are less independent than assumed.
  private static let softness = 1.8

  init(indexSize: Int) {
    needed = Self.neededAtThousand + max(0, PortableMath.logarithm(Double(max(1, indexSize)) / 1000))
  }

  /// The evidence of both kinds, in nats.
  ///
  /// - Parameters:
  ///   - local: Nats of geometric evidence, see ``Evidence``; `nil` when no map was found.
  ///   - distance: Hamming distance of the global codes; `nil` when it is large.
  ///   - reliability: Reliability of the query's code, 0...1.
  func evidence(local: Double?, distance: Int?, reliability: Double) -> Double {
    let whole = distance.map { max(0, Self.wholeDistance - Double($0)) * Self.natsPerBit * reliability } ?? 0
    return (local ?? 0) + whole
  }

  /// Confidence for an amount of evidence in nats, 0...1.
  func confidence(_ evidence: Double) -> Double {
    let above = (evidence - needed) / Self.softness
    return 1 / (1 + PortableMath.exponential(-max(-30, min(30, above))))
  }
}
