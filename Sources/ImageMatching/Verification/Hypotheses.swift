import CMatchingKernels

/// Maps from query to stored image that single correspondences suggest: each carries a turn, a scale and a place.
///
/// All are tried, so there is nothing random in it.
enum Hypotheses {
  /// Bits by which a correspondence may differ to suggest or support a map.
  static let distance = 17
  /// Correspondences looked at, the nearest ones.
  static let most = 240
  /// Stored features tried for one of the query.
  private static let perFeature = 8

  /// Near pairs of features, nearest first.
  static func correspondences(_ query: FeatureSet, _ stored: FeatureSet) -> [Correspondence] {
    let capacity = 4 * most
    let pairs = [matching_pair](unsafeUninitializedCapacity: capacity) { buffer, used in
      used = matching_near_pairs(
        query.signatures, min(query.count, 65_535), stored.signatures, min(stored.count, 65_535), UInt32(distance),
        perFeature, buffer.baseAddress, capacity)
    }
    // Counting by distance is a stable sort.
    var byDistance = [[matching_pair]](repeating: [], count: distance + 1)
    for p in pairs { byDistance[Int(p.distance)].append(p) }
    return byDistance.joined().prefix(most).map {
      Correspondence(query: Int($0.query), stored: Int($0.stored), distance: Int($0.distance))
    }
  }

  /// The best supported maps, best first.
  ///
  /// - Parameters:
  ///   - count: Maps wanted. Ones that nearly repeat a better one are left out.
  ///   - tolerance: Working pixels of the stored image.
  static func best(
    _ pairs: [Correspondence], _ guided: GuidedMatching, _ grid: StoredGrid, count: Int, tolerance: Float
  ) -> [(map: Affine, support: Int)] {
    guard !pairs.isEmpty else { return [] }
    let query = guided.query
    let suggestions = Suggestions(
      pairs, query, grid.set, queryTurns: guided.turns, storedTurns: grid.turns, queryDoublings: guided.doublings,
      storedDoublings: grid.doublings)
    let supports = suggestions.supports(
      matching_tolerance(distance: tolerance, turn: 0.11, doubling: 0.8))
    let order = pairs.indices.sorted { (supports[$1], $0) < (supports[$0], $1) }
    var chosen: [(map: Affine, support: Int)] = []
    for i in order {
      guard chosen.count < count, supports[i] >= 2 else { break }
      let map = suggestions.map(i)
      let repeats = chosen.contains { nearlyEqual($0.map, map, query) }
      if !repeats { chosen.append((map, Int(supports[i]))) }
    }
    return chosen
  }

  /// Whether two maps take the middle and a corner of the query to nearly the same places.
  private static func nearlyEqual(_ a: Affine, _ b: Affine, _ query: FeatureSet) -> Bool {
    let w = Double(query.width)
    let h = Double(query.height)
    return [(w / 2, h / 2), (w * 0.8, h * 0.3)].allSatisfy { x, y in
      let p = a.apply(x, y)
      let q = b.apply(x, y)
      return abs(p.x - q.x) + abs(p.y - q.y) < 16
    }
  }
}
