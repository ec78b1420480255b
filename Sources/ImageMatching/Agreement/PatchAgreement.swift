import Rasters

/// Summary of the distances between the stored features of the overlap and the query's patches at the same positions.
///
/// Patches of unrelated images differ in 31.5 ± 5 bits of 64, the same patch after hard edits in fewer than 20. Blur and noise shift all
/// patches alike, while replaced content is at random distances, so one limit depends on the best quarter.
struct PatchAgreement {
  /// Total weight of the patches, at most 1 each.
  private(set) var count = 0.0
  /// Fraction of the patches within a fixed limit, of all and of small ones only.
  private(set) var agrees = 0.5
  private(set) var smallAgree = 0.5
  /// Fraction within the limit that depends on the best quarter, by patches and by cells of a grid.
  private(set) var adapted = 0.5
  private(set) var squares = 0.5
  /// Fraction of the cells in which almost nothing agrees.
  private(set) var lostSquares = 0.3
  /// The lower quartile of the distances, in bits.
  private(set) var quality = 8.0
  /// Bits from the lowest decile to the median, and to the upper quartile: an altered copy is worse everywhere,
  /// while a form with other entries agrees perfectly in some places.
  private(set) var toMiddle = 6.0
  private(set) var toWorst = 12.0

  /// The fixed limit in bits.
  private static let limit = 19.5
  /// Features below this size are small.
  private static let small: Float = 3.2
  private static let grid = 6
  /// Mean gradient in gray levels below which a patch of the query is featureless and ignored.
  private static let leastStrength: Float = 1

  init(_ patches: [Laying.Patch], of stored: FeatureSet, into map: inout AgreementMap) {
    // A patch below the query's resolution has little weight.
    let used = patches.compactMap { p -> (patch: Laying.Patch, weight: Double)? in
      p.strength > Self.leastStrength ? (p, max(0.05, min(1, (p.sigma - 0.7) / 0.9))) : nil
    }
    count = used.reduce(0) { $0 + $1.weight }
    var sum = 0.0
    var (smallSum, smallCount) = (0.0, 0.0)
    var byDistance = [Double](repeating: 0, count: 65)
    for (patch, weight) in used {
      let d = min(64, patch.distance)
      byDistance[d] += weight
      sum += weight * Self.fixed[d]
      map.add(patch.square, agrees: Float(Self.fixed[d]), weight: Float(weight))
      if stored.sigma[patch.feature] < Self.small {
        smallSum += weight * Self.fixed[d]
        smallCount += weight
      }
    }
    agrees = (sum + 1) / (count + 2)
    smallAgree = (smallSum + 1) / (smallCount + 2)
    guard used.count >= 3, count > 0 else { return }
    func quantile(_ share: Double) -> Double {
      var below = 0.0
      for d in 0...64 {
        let here = byDistance[d]
        if below + here >= share * count, here > 0 { return Double(d) + (share * count - below) / here }
        below += here
      }
      return 64
    }
    quality = quantile(0.25)
    toMiddle = quantile(0.5) - quantile(0.1)
    toWorst = quantile(0.75) - quantile(0.1)
    let own = Self.agreement(limit: min(23, 9 + 1.3 * quality), softness: 1.5)
    var cells = [SIMD2<Double>](repeating: SIMD2(), count: Self.grid * Self.grid)
    var all = 0.0
    for (patch, weight) in used {
      let a = weight * own[min(64, patch.distance)]
      all += a
      let c = Self.cell(stored.x[patch.feature], stored.width)
      let r = Self.cell(stored.y[patch.feature], stored.height)
      cells[r * Self.grid + c] += SIMD2(a, weight)
    }
    adapted = (all + 1) / (count + 2)
    let shares = cells.filter { $0.y > 0.8 }.map { $0.x / $0.y }
    guard !shares.isEmpty else { return }
    squares = shares.reduce(0, +) / Double(shares.count)
    lostSquares = Double(shares.count { $0 < 0.35 }) / Double(shares.count)
  }

  /// The same measures by a map of the agreement alone.
  init(_ map: AgreementMap) {
    let shares = map.seen.indices.filter { map.seen[$0] > 0 }.map { Double(map.agrees[$0] / map.seen[$0]) }
    count = map.seen.reduce(0) { $0 + Double($1) }
    agrees = (map.agrees.reduce(0) { $0 + Double($1) } + 1) / (count + 2)
    (smallAgree, adapted, squares) = (agrees, agrees, agrees)
    lostSquares = Double(shares.count { $0 < 0.35 }) / Double(max(1, shares.count))
  }

  private static func cell(_ at: Float, _ side: Float) -> Int { max(0, min(grid - 1, Int(at / side * Float(grid)))) }

  private static func agreement(limit: Double, softness: Double) -> [Double] {
    (0...64).map { 1 / (1 + PortableMath.exponential((Double($0) - limit) / softness)) }
  }

  private static let fixed = agreement(limit: limit, softness: 1.8)
}

extension PatchAgreement {
  typealias Number = any WritableKeyPath<PatchAgreement, Double> & Sendable

  /// All stored properties, in the order in which they are encoded.
  static let numbers: [Number] = [
    \.count, \.agrees, \.smallAgree, \.adapted, \.squares, \.lostSquares, \.quality, \.toMiddle, \.toWorst,
  ]

  init(numbers: some Sequence<Double>) {
    for (path, number) in zip(Self.numbers, numbers) { self[keyPath: path] = number }
  }
}
