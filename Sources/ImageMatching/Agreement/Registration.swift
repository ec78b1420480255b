import CMatchingKernels
import Rasters

/// The alignment of a query with a stored image, more exact than an affine map: a projective map with a small local
/// displacement.
struct Registration {
  /// From working pixels of the stored image to those of the upright query.
  let back: Projective
  /// The residual, in working pixels of the stored image.
  let shift: LocalShift
  /// Pairs of features of the query and the stored image; the query's features are those of the matched orientation.
  let pairs: [Correspondence]
  /// The stored features with a neighbour among the query's features, for a query without pixels: features without a neighbour
  /// are no evidence.
  let patches: [Laying.Patch]

  /// The tolerances of the rounds of matching under a projective map, in working pixels of the stored image.
  private static let rounds: [Float] = [9, 6]

  /// - Parameters:
  ///   - found: The affine map and its pairs; `nil` when only the map of the whole images is known.
  ///   - map: From working pixels of the upright query to those of the stored image.
  ///   - guided: Features of the query in the matched orientation.
  ///   - mirrored: Whether that orientation is the mirrored one.
  init(_ found: Verification?, _ map: AffineMap, _ guided: GuidedMatching, mirrored: Bool, _ stored: StoredGrid) {
    let (query, set) = (guided.query, stored.set)
    let size = (width: Double(set.width), height: Double(set.height))
    let start = map.inverse ?? .identity
    guard let found, !found.inliers.isEmpty else {
      pairs = []
      patches = []
      back = Projective(start)
      shift = LocalShift([], size: size)
      return
    }
    func from(_ i: Int) -> SIMD2<Double> { SIMD2(Double(query.x[i]), Double(query.y[i])) }
    func to(_ i: Int) -> SIMD2<Double> { SIMD2(Double(set.x[i]), Double(set.y[i])) }
    let querySide = Double(max(query.width, query.height))
    func forward(_ pairs: [Correspondence]) -> Projective {
      Projective(pairs.map { (from($0.query), to($0.stored)) }, near: found.map, size: querySide)
    }
    var pairs = found.inliers
    var bent = forward(pairs)
    if bent.g != 0 || bent.h != 0 {
      for tolerance in Self.rounds {
        let more = guided.match(bent, near: found.map, stored, tolerance: tolerance)
        guard more.count > pairs.count else { break }
        pairs = more
        bent = forward(pairs)
      }
    }
    patches = guided.patches(bent, near: found.map, stored, tolerance: Self.rounds.last ?? 6, mirrored: mirrored)
    let width = Double(query.width)
    let upright = pairs.map { pair -> (from: SIMD2<Double>, to: SIMD2<Double>) in
      let q = from(pair.query)
      return (to(pair.stored), mirrored ? SIMD2(width - q.x, q.y) : q)
    }
    self.pairs = pairs
    back = Projective(upright, near: start, size: max(size.width, size.height))
    shift = LocalShift(
      pairs.map {
        let q = from($0.query)
        return (bent.apply(q.x, q.y), to($0.stored))
      }, size: size)
  }
}

extension GuidedMatching {
  /// The pairs under a projective map.
  ///
  /// - Parameter affine: A map with the projective map's overall rotation and scale.
  func match(_ bent: Projective, near affine: AffineMap, _ stored: StoredGrid, tolerance: Float) -> [Correspondence] {
    let grow = Self.grow(affine)
    return pairs(moved(bent), turn: affine.turn, grow: grow, stored, tolerance: tolerance)
  }

  /// Each stored feature with a neighbour among the query's features under a projective map, with the smallest distance.
  func patches(
    _ bent: Projective, near affine: AffineMap, _ stored: StoredGrid, tolerance: Float, mirrored: Bool
  ) -> [Laying.Patch] {
    let meetings = meet(
      moved(bent), .identity, turn: affine.turn, grow: Self.grow(affine), stored, tolerance: tolerance
    ).meetings
    var least = [UInt16](repeating: 65, count: stored.set.count)
    var square = [Int](repeating: 0, count: stored.set.count)
    for (q, m) in meetings.enumerated() where m.nearest >= 0 && m.neighbours > 0 {
      let s = Int(m.nearest)
      guard m.distance < least[s] else { continue }
      least[s] = m.distance
      let x = mirrored ? query.width - query.x[q] : query.x[q]
      square[s] = AgreementMap.square(Double(x / query.width), Double(query.y[q] / query.height))
    }
    return least.indices.filter { least[$0] <= 64 }.map {
      Laying.Patch(
        feature: $0, distance: Int(least[$0]), sigma: Double(stored.set.sigma[$0]), strength: 255, square: square[$0])
    }
  }

  private static func grow(_ affine: AffineMap) -> Float {
    Float(PortableMath.logarithm(max(1e-3, affine.scale)) * 1.4426950408889634)
  }

  private func moved(_ bent: Projective) -> FeatureSet {
    var moved = FeatureSet(width: query.width, height: query.height)
    moved.x.reserveCapacity(query.count)
    moved.y.reserveCapacity(query.count)
    for i in 0..<query.count {
      let p = bent.apply(Double(query.x[i]), Double(query.y[i]))
      moved.x.append(p.x.isFinite ? Float(p.x) : -1e6)
      moved.y.append(p.y.isFinite ? Float(p.y) : -1e6)
    }
    moved.angle = query.angle
    moved.sigma = query.sigma
    moved.signatures = query.signatures
    return moved
  }
}
