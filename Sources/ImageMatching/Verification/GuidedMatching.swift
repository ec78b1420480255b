import CMatchingKernels
import Rasters

/// Pairs features of the query with stored features at their mapped positions.
struct GuidedMatching: Sendable {
  /// The pairs under a map.
  struct Outcome {
    /// One-to-one pairs of features, at most one per spot on either side.
    var inliers: [Correspondence] = []
    /// For each feature of the query, its nearest stored neighbour under the map.
    var meetings: [matching_meeting] = []
  }

  /// Maximum Hamming distance of an inlier.
  static let distance = 21
  /// Maximum difference of log2 of the sizes.
  private static let sizeTolerance: Float = 0.7
  /// Maximum difference of directions, in turns.
  private static let turnTolerance: Float = 0.11

  let query: FeatureSet
  let spots: Spots
  /// log2 of the sizes of the query's features.
  let doublings: [Float]
  /// Cosine and sine of their directions.
  let turns: [SIMD2<Float>]

  init(_ query: FeatureSet) {
    self.query = query
    spots = Spots(query)
    doublings = query.sigma.map { PackedFrame.doublings($0) }
    turns = query.angle.map { angle in
      let a = Double(angle) * 2 * PortableMath.pi
      return SIMD2(Float(PortableMath.cosine(a)), Float(PortableMath.sine(a)))
    }
  }

  /// - Returns: The pairs; `nil` when fewer than `least` features of the query have a similar neighbour.
  func match(_ map: AffineMap, _ stored: StoredGrid, tolerance: Float, least: Int) -> Outcome? {
    let scale = map.scale
    guard scale.isFinite, scale > 1e-3, query.count > 0, stored.set.count > 0 else { return nil }
    let grow = Float(PortableMath.logarithm(scale) * 1.4426950408889634)
    let (meetings, met) = meet(query, map, turn: map.turn, grow: grow, stored, tolerance: tolerance)
    guard met >= least else { return nil }
    return Outcome(inliers: inliers(meetings, stored), meetings: meetings)
  }

  /// The pairs of features that are already mapped.
  func pairs(
    _ moved: FeatureSet, turn: Float, grow: Float, _ stored: StoredGrid, tolerance: Float
  ) -> [Correspondence] {
    inliers(meet(moved, .identity, turn: turn, grow: grow, stored, tolerance: tolerance).meetings, stored)
  }

  func meet(
    _ query: FeatureSet, _ map: AffineMap, turn: Float, grow: Float, _ stored: StoredGrid, tolerance: Float
  ) -> (meetings: [matching_meeting], met: Int) {
    let rows = [map.m11, map.m12, map.m13, map.m21, map.m22, map.m23].map { Float($0) }
    var met = 0
    let meetings = [matching_meeting](unsafeUninitializedCapacity: query.count) { buffer, used in
      met = stored.withGrid { grid in
        query.withColumns(doublings: doublings) { features in
          withUnsafePointer(to: features) { features in
            withUnsafePointer(to: grid) { grid in
              matching_meet(
                rows, turn, grow, features, grid,
                matching_tolerance(
                  distance: tolerance, turn: Self.turnTolerance, doubling: Self.sizeTolerance),
                UInt32(Self.distance), buffer.baseAddress)
            }
          }
        }
      }
      used = query.count
    }
    return (meetings, met)
  }

  /// The nearest feature of the query for each stored one; of those, one per spot on either side.
  private func inliers(_ meetings: [matching_meeting], _ stored: StoredGrid) -> [Correspondence] {
    var best = [Int32](repeating: -1, count: stored.set.count)
    for (q, m) in meetings.enumerated() where m.nearest >= 0 && m.distance <= Self.distance {
      let other = best[Int(m.nearest)]
      if other < 0 || m.distance < meetings[Int(other)].distance { best[Int(m.nearest)] = Int32(q) }
    }
    var byDistance = [[Correspondence]](repeating: [], count: Self.distance + 1)
    for s in best.indices where best[s] >= 0 {
      let d = Int(meetings[Int(best[s])].distance)
      byDistance[d].append(Correspondence(query: Int(best[s]), stored: s, distance: d))
    }
    var kept: [Correspondence] = []
    for pair in byDistance.joined() {
      let repeats = kept.contains { other in
        spots.coincide(pair.query, other.query) || stored.spots.coincide(pair.stored, other.stored)
      }
      if !repeats { kept.append(pair) }
    }
    return kept
  }
}
