import CMatchingKernels
import Rasters

/// A feature of the query and a stored one that may be the same.
struct Correspondence: Sendable, Equatable {
  var query: Int
  var stored: Int
  /// Hamming distance of the 64-bit signatures.
  var distance: Int
}

/// Maps from query to stored image from single correspondences: each determines rotation, scale and translation.
///
/// All are tried; nothing is random.
enum Hypotheses {
  /// Maximum Hamming distance of a correspondence that yields or supports a hypothesis.
  static let distance = 17
  /// Maximum number of correspondences, the nearest ones.
  static let most = 240
  /// Maximum number of stored features per feature of the query.
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
  ///   - count: Maximum number of maps. Those close to a better one are left out.
  ///   - tolerance: Working pixels of the stored image.
  static func best(
    _ pairs: [Correspondence], _ guided: GuidedMatching, _ grid: StoredGrid, count: Int, tolerance: Float
  ) -> [(map: AffineMap, support: Int)] {
    guard !pairs.isEmpty else { return [] }
    let query = guided.query
    let suggestions = Suggestions(
      pairs, query, grid.set, queryTurns: guided.turns, storedTurns: grid.turns, queryDoublings: guided.doublings,
      storedDoublings: grid.doublings)
    let supports = suggestions.supports(
      matching_tolerance(distance: tolerance, turn: 0.11, doubling: 0.8))
    let order = pairs.indices.sorted { (supports[$1], $0) < (supports[$0], $1) }
    var chosen: [(map: AffineMap, support: Int)] = []
    for i in order {
      guard chosen.count < count, supports[i] >= 2 else { break }
      let map = suggestions.map(i)
      let repeats = chosen.contains { nearlyEqual($0.map, map, query) }
      if !repeats { chosen.append((map, Int(supports[i]))) }
    }
    return chosen
  }

  /// Whether two maps send the middle and a corner of the query to nearly the same positions.
  private static func nearlyEqual(_ a: AffineMap, _ b: AffineMap, _ query: FeatureSet) -> Bool {
    let w = Double(query.width)
    let h = Double(query.height)
    return [(w / 2, h / 2), (w * 0.8, h * 0.3)].allSatisfy { x, y in
      let p = a.apply(x, y)
      let q = b.apply(x, y)
      return abs(p.x - q.x) + abs(p.y - q.y) < 16
    }
  }
}

/// The hypotheses: one similarity per pair of features, in columns.
struct Suggestions {
  private var x: [Float] = [], y: [Float] = [], u: [Float] = [], v: [Float] = []
  private var a: [Float] = [], b: [Float] = [], tx: [Float] = [], ty: [Float] = []
  private var turn: [Float] = [], doubling: [Float] = []

  /// - Parameters:
  ///   - queryTurns: Cosine and sine of the direction of every feature of the query.
  ///   - storedTurns: The same for the stored ones.
  init(
    _ pairs: [Correspondence], _ query: FeatureSet, _ stored: FeatureSet, queryTurns: [SIMD2<Float>],
    storedTurns: [SIMD2<Float>], queryDoublings: [Float], storedDoublings: [Float]
  ) {
    for c in pairs {
      let (qx, qy) = (query.x[c.query], query.y[c.query])
      let (sx, sy) = (stored.x[c.stored], stored.y[c.stored])
      let difference = stored.angle[c.stored] - query.angle[c.query]
      let ratio = stored.sigma[c.stored] / max(1e-3, query.sigma[c.query])
      let (q, s) = (queryTurns[c.query], storedTurns[c.stored])
      // Cosine and sine of the difference of two directions.
      let along = ratio * (s.x * q.x + s.y * q.y)
      let across = ratio * (s.y * q.x - s.x * q.y)
      x.append(qx)
      y.append(qy)
      u.append(sx)
      v.append(sy)
      a.append(along)
      b.append(across)
      tx.append(sx - (along * qx - across * qy))
      ty.append(sy - (across * qx + along * qy))
      turn.append(difference < 0 ? difference + 1 : difference)
      doubling.append(storedDoublings[c.stored] - queryDoublings[c.query])
    }
  }

  /// For each hypothesis, the number of hypotheses that agree with it, including itself.
  func supports(_ tolerance: matching_tolerance) -> [UInt32] {
    let columns = [x, y, u, v, a, b, tx, ty, turn, doubling].flatMap { $0 }
    let n = x.count
    return [UInt32](unsafeUninitializedCapacity: n) { result, used in
      columns.withUnsafeBufferPointer { all in
        func column(_ k: Int) -> UnsafePointer<Float>? { all.baseAddress.map { $0 + k * n } }
        var suggestions = matching_suggestions(
          x: column(0), y: column(1), u: column(2), v: column(3), a: column(4), b: column(5), tx: column(6),
          ty: column(7), turn: column(8), doubling: column(9), count: n)
        matching_support(&suggestions, tolerance, result.baseAddress)
      }
      used = n
    }
  }

  func map(_ i: Int) -> AffineMap {
    AffineMap(
      m11: Double(a[i]), m12: -Double(b[i]), m13: Double(tx[i]), m21: Double(b[i]), m22: Double(a[i]),
      m23: Double(ty[i]))
  }
}
