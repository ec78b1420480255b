import CMatchingKernels

/// How much more likely the distances under a map are if the images show the same than if they do not.
///
/// Every feature of the query that has stored neighbours under the map is a trial. If the images are unrelated, the nearest
/// of k neighbours is at a distance as random pairs are; if they are related, a share of the trials finds its own
/// counterpart, and the others are random. That share is not known, so the best of a few is taken; few good pairs among
/// many bad ones then weigh little.
enum Evidence {
  /// - Parameters:
  ///   - independence: Share of the inliers that are left when those at one spot count once, 0...1.
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
  /// One pair never says more than this.
  private static let mostRatio = 3000.0
  /// A near counterpart never says less than this, so that an image that repeats one motif all over is found when next to
  /// nothing in it disagrees.
  private static let leastRatio = 1.2

  /// Likelihood of a distance for counterparts over that for random features of the same place, turn and size.
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
