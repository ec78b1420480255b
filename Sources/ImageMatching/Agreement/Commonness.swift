/// Where a stored image agrees with the query, as a grid over the upright query.
struct AgreementMap: Sendable, Hashable {
  /// Number of cells on each axis.
  static let side = 10

  /// Total weight of the patches compared in each cell, and the part of it that agrees.
  private(set) var seen = [Float](repeating: 0, count: side * side)
  private(set) var agrees = [Float](repeating: 0, count: side * side)

  init() {}

  /// Creates a map from decoded values, see ``EncodedFinding``.
  init(seen: [Float], agrees: [Float]) {
    for square in self.seen.indices where seen.indices.contains(square) && agrees.indices.contains(square) {
      self.seen[square] = seen[square]
      self.agrees[square] = agrees[square]
    }
  }

  /// The cell of a position given in fractions of the query's width and height.
  static func square(_ x: Double, _ y: Double) -> Int {
    func place(_ share: Double) -> Int { max(0, min(side - 1, Int(max(0, min(1, share)) * Double(side)))) }
    return place(y) * side + place(x)
  }

  mutating func add(_ square: Int, agrees share: Float, weight: Float) {
    guard seen.indices.contains(square) else { return }
    agrees[square] += share * weight
    seen[square] += weight
  }

  /// Fraction of a cell that agrees; 0 where almost nothing was compared.
  func share(_ square: Int) -> Float { seen[square] >= Self.leastSeen ? agrees[square] / seen[square] : 0 }

  /// Minimum weight of a cell that counts as compared.
  private static let leastSeen: Float = 0.5
}

/// How far a stored image agrees with the query beyond what other stored images agree in as well.
///
/// Frames, letterheads, templates, an application's toolbars and the lines of a form occur in many images. What agrees with several stored
/// images is no evidence for any one of them; only the rest distinguishes a copy. The measure corrects for expected agreement as Cohen's kappa
/// does: (agreement − expected agreement) / (1 − expected agreement).
struct Commonness: Sendable {
  /// Another stored image, from which the expected agreement is computed; no copy of the image to be judged.
  struct Witness: Sendable {
    let places: AgreementMap
    /// Evidence against agreement by chance in nats; `nil` when unknown.
    let evidence: Double?
  }

  /// Fraction of the compared weight that agrees.
  let share: Double
  /// Fraction expected to agree, from other stored images.
  let expected: Double
  /// (share − expected) / (1 − expected), at least −1.
  let beyond: Double
  /// As `expected`, from the witnesses whose evidence is known only.
  let known: Double
  /// Number of those witnesses.
  let rivals: Int
  /// Logarithm of the ratio of the evidence to the greatest of any witness. Unrelated images of one template all have almost the same
  /// evidence, while a copy with text over it has 1.5 times that of the others, however little of it still agrees.
  let lead: Double
  /// The greatest evidence of any witness.
  let second: Double

  /// Number of witnesses that the expected agreement is computed from: those that agree most where the image to be judged was compared.
  private static let witnesses = 3
  /// Nats added to both sides of the ratio, so that a small amount of evidence is no lead over a smaller one.
  private static let leastEvidence = 3.0

  /// - Parameters:
  ///   - map: Where the stored image agrees with the query.
  ///   - evidence: Evidence against agreement by chance in nats.
  ///   - others: Other images; without any, the expected agreement is 0.
  init(_ map: AgreementMap, evidence: Double = 0, others: [Witness] = []) {
    var (seen, agrees) = (0.0, 0.0)
    for square in map.seen.indices where map.seen[square] > 0 {
      seen += Double(map.seen[square])
      agrees += Double(map.agrees[square])
    }
    let expected = Self.expected(map, others)
    share = seen > 0 ? agrees / seen : 0
    self.expected = seen > 0 ? expected / seen : 0
    beyond = seen > 0 ? max(-1, (agrees - expected) / max(1e-6, seen - expected)) : 0
    let compared = others.filter { $0.evidence != nil }
    rivals = compared.count
    let ofCompared = compared.count == others.count ? expected : Self.expected(map, compared)
    known = seen > 0 ? ofCompared / seen : 0
    second = compared.reduce(0) { max($0, $1.evidence ?? 0) }
    lead = PortableMath.logarithm((max(0, evidence) + Self.leastEvidence) / (second + Self.leastEvidence))
  }

  /// The weight that would agree if the image agreed as those of the others do that agree most.
  private static func expected(_ map: AgreementMap, _ others: [Witness]) -> Double {
    var best: [(explained: Float, other: AgreementMap)] = []
    for other in others.lazy.map(\.places) {
      let explained = map.seen.indices.reduce(Float(0)) { $0 + map.seen[$1] * other.share($1) }
      guard best.count < Self.witnesses || explained > best[best.count - 1].explained else { continue }
      best.insert((explained, other), at: best.firstIndex { $0.explained < explained } ?? best.count)
      if best.count > Self.witnesses { best.removeLast() }
    }
    return map.seen.indices.reduce(0.0) { sum, square in
      guard map.seen[square] > 0 else { return sum }
      let common = best.reduce(0) { $0 + Double($1.other.share(square)) } / Double(max(1, best.count))
      return sum + Double(map.seen[square]) * common
    }
  }
}
