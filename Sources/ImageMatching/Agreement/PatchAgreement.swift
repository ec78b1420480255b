import Rasters

/// What the stored features of the common part meet in the query at their own places, summed up.
///
/// A patch of another image differs from the stored one in 31.5 bits, give or take 5; the same patch after hard edits in less than 20 of 64. Blur and
/// noise shift all patches alike, while what was replaced is at random: the limit follows the best quarter.
struct PatchAgreement {
  /// Weight of the patches, each at most 1.
  private(set) var count = 0.0
  /// Share of patches that agree by a fixed limit, of all and of small ones alone.
  private(set) var agrees = 0.5
  private(set) var smallAgree = 0.5
  /// Share that agrees by the limit that follows from the best quarter, by patches and by squares of a grid.
  private(set) var adapted = 0.5
  private(set) var squares = 0.5
  /// Share of the squares in which next to nothing agrees.
  private(set) var lostSquares = 0.3
  /// Bits by which the best quarter differs at most.
  private(set) var quality = 8.0
  /// Bits between the best tenth and the middle, and between the best tenth and the worst quarter: a copy is worse all over,
  /// where a form that was filled in anew is perfect in places.
  private(set) var toMiddle = 6.0
  private(set) var toWorst = 12.0

  /// Bits up to which a patch agrees, as a rule.
  private static let limit = 19.5
  /// Features of less than this are small.
  private static let small: Float = 3.2
  private static let grid = 6
  /// Gray levels below which a patch of the query is even, and says nothing.
  private static let leastStrength: Float = 1

  init(_ patches: [Laying.Patch], of stored: FeatureSet, into map: inout AgreementMap) {
    // A patch that the query is too small to resolve counts little.
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

  private static func cell(_ at: Float, _ side: Float) -> Int { max(0, min(grid - 1, Int(at / side * Float(grid)))) }

  private static func agreement(limit: Double, softness: Double) -> [Double] {
    (0...64).map { 1 / (1 + PortableMath.exponential((Double($0) - limit) / softness)) }
  }

  private static let fixed = agreement(limit: limit, softness: 1.8)
}

extension PatchAgreement {
  typealias Number = any WritableKeyPath<PatchAgreement, Double> & Sendable

  /// All that it consists of, in the order in which it is sent.
  static let numbers: [Number] = [
    \.count, \.agrees, \.smallAgree, \.adapted, \.squares, \.lostSquares, \.quality, \.toMiddle, \.toWorst,
  ]

  init(numbers: some Sequence<Double>) {
    for (path, number) in zip(Self.numbers, numbers) { self[keyPath: path] = number }
  }
}
