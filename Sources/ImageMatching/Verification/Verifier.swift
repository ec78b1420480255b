import CMatchingKernels
import Rasters

/// The result of geometric verification for one orientation of a query and one stored image.
struct Verification {
  /// From working pixels of the (possibly mirrored) query to working pixels of the stored image.
  var map: AffineMap
  /// Pairs under the map, at most one per spot on either side.
  var inliers: [Correspondence]
  /// In nats, see ``Evidence``.
  var evidence: Double
  /// Fraction of the query's features with neighbours that found their counterpart, 0...1.
  var share: Double
}

/// Finds the map from a query to a stored image. Deterministic: no random sampling.
struct Verifier {
  private let query: FeatureSet
  let guided: GuidedMatching
  private let similarity: [Double]

  /// Working pixels within which correspondences support a hypothesis.
  private static let supportTolerance: Float = 20
  /// Minimum number of correspondences that agree on a map, unless the image is a leading candidate.
  private static let leastSupport = 3
  /// Maximum number of maps refined per image.
  private static let mapsTried = 3
  /// The same for an image with few votes.
  private static let mapsTriedQuickly = 2
  /// The tolerances of the rounds of matching and fitting, in working pixels of the stored image.
  private static let rounds: [Float] = [16, 9, 6, 6]
  /// The same for images that may be stretched: the first similarities are inexact.
  private static let looseRounds: [Float] = [28, 16, 9, 6]
  /// Minimum number of inliers to fit an affine map.
  private static let affineInliers = 6
  /// Minimum number of inliers of a map.
  private static let leastInliers = 4
  /// Evidence from which a map is fitted again with tolerances for stretching.
  private static let promising = 2.0
  /// Evidence that ends the search for better maps.
  private static let plenty = 60.0

  init(_ query: FeatureSet) {
    self.query = query
    guided = GuidedMatching(query)
    similarity = Distinctiveness.similarity(guided.spots)
  }

  /// The best map from correspondences; `nil` when none has enough inliers.
  ///
  /// - Parameter thoroughly: Also tries maps that only one other correspondence supports.
  func verify(_ stored: StoredGrid, thoroughly: Bool) -> Verification? {
    let pairs = Hypotheses.correspondences(query, stored.set)
    let maps = Hypotheses.best(
      pairs, guided, stored, count: thoroughly ? Self.mapsTried : Self.mapsTriedQuickly,
      tolerance: Self.supportTolerance)
    var best: Verification?
    for (map, support) in maps {
      guard thoroughly || support >= Self.leastSupport else { break }
      let straight = refine(map, stored, rounds: Self.rounds, affineFrom: Self.affineInliers)
      if let straight, straight.evidence > best?.evidence ?? 0 { best = straight }
      if let best, best.evidence >= Self.plenty { break }
      // Some evidence, but little: the image may have been stretched.
      guard (straight?.evidence ?? 0) >= Self.promising else { continue }
      if let loose = refine(map, stored, rounds: Self.looseRounds, affineFrom: 4), loose.evidence > best?.evidence ?? 0
      {
        best = loose
      }
    }
    return best
  }

  /// The map near a given one, or `nil` when it has too few inliers.
  func verify(_ stored: StoredGrid, near map: AffineMap) -> Verification? {
    refine(map, stored, rounds: Self.looseRounds, affineFrom: 4)
  }

  private func refine(_ start: AffineMap, _ stored: StoredGrid, rounds: [Float], affineFrom: Int) -> Verification? {
    var map = start
    for tolerance in rounds {
      guard let outcome = guided.match(map, stored, tolerance: tolerance, least: Self.leastInliers) else { return nil }
      guard let next = fit(outcome.inliers, stored.set, affineFrom: affineFrom), Self.isPlausible(next) else { break }
      map = next
    }
    guard Self.isPlausible(map),
      let outcome = guided.match(map, stored, tolerance: rounds.last ?? 6, least: Self.leastInliers),
      outcome.inliers.count >= Self.leastInliers
    else { return nil }
    let raw = outcome.meetings.reduce(0) { $0 + ($1.distance <= GuidedMatching.distance ? 1 : 0) }
    let independence = min(1, Double(outcome.inliers.count) / Double(max(1, raw)))
    let most = Evidence.of(outcome.meetings, independence: independence)
    guard most.nats >= Self.promising else {
      return Verification(map: map, inliers: outcome.inliers, evidence: most.nats, share: most.share)
    }
    let distinct = Distinctiveness(
      guided.spots, stored.spots, querySimilarity: similarity, storedSimilarity: stored.similarity)
    let evidence = Evidence.of(outcome.meetings, independence: independence) { q, m in
      let s = Int(m.nearest)
      return distinct.chance(
        query: q, query.signatures[q], stored: s, stored.set.signatures[s], distance: Int(m.distance))
    }
    let extent = Extent.factor(
      outcome.inliers, map, from: query, to: stored.set, area: commonArea(map, stored.set))
    return Verification(
      map: map, inliers: outcome.inliers, evidence: evidence.nats * extent, share: most.share * extent)
  }

  /// Area of the part of the stored image that the query covers, in working pixels.
  private func commonArea(_ map: AffineMap, _ stored: FeatureSet) -> Double {
    let (width, height) = (Double(stored.width), Double(stored.height))
    guard let back = map.inverse else { return 0 }
    return width * height
      * Overlap.share(width, height, through: back, inside: Double(query.width), Double(query.height))
  }

  private func fit(_ inliers: [Correspondence], _ stored: FeatureSet, affineFrom: Int) -> AffineMap? {
    guard inliers.count >= 2 else { return nil }
    var sums = AffineFit()
    for c in inliers {
      sums.add(
        Double(query.x[c.query]), Double(query.y[c.query]), to: Double(stored.x[c.stored]), Double(stored.y[c.stored]))
    }
    if inliers.count >= affineFrom, let affine = sums.affine, Self.isPlausible(affine) { return affine }
    return sums.similarity
  }

  /// Whether scale and stretching are within limits.
  private static func isPlausible(_ map: AffineMap) -> Bool {
    map.determinant > 0 && map.scale >= 0.05 && map.scale <= 20 && map.anisotropy <= 2.2
  }
}
