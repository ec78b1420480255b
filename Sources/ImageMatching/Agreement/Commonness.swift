/// Where in the query a stored image agrees with it, in squares of the upright query.
struct AgreementMap: Sendable, Hashable {
  /// Squares on each axis.
  static let side = 10

  /// Weight of the patches that were compared in each square, and of what agrees of them.
  private(set) var seen = [Float](repeating: 0, count: side * side)
  private(set) var agrees = [Float](repeating: 0, count: side * side)

  init() {}

  /// A map that was made elsewhere, see ``EncodedFinding``.
  init(seen: [Float], agrees: [Float]) {
    for square in self.seen.indices where seen.indices.contains(square) && agrees.indices.contains(square) {
      self.seen[square] = seen[square]
      self.agrees[square] = agrees[square]
    }
  }

  /// The square of a place in shares of the query's sides.
  static func square(_ x: Double, _ y: Double) -> Int {
    func place(_ share: Double) -> Int { max(0, min(side - 1, Int(max(0, min(1, share)) * Double(side)))) }
    return place(y) * side + place(x)
  }

  mutating func add(_ square: Int, agrees share: Float, weight: Float) {
    guard seen.indices.contains(square) else { return }
    agrees[square] += share * weight
    seen[square] += weight
  }

  /// Share that agrees in a square, 0 where next to nothing was compared.
  func share(_ square: Int) -> Float { seen[square] >= Self.leastSeen ? agrees[square] / seen[square] : 0 }

  /// Weight from which on a square was compared.
  private static let leastSeen: Float = 0.5
}

/// How much of what a stored image has in common with the query it has for itself.
///
/// Frames, letterheads, templates, the bars of a program and the lines of a form are in many images. What agrees with several stored images
/// is theirs in common, and says nothing about any of them; the rest is what tells a copy. As between two observers of whom one asks what they
/// would agree in by chance (Cohen's kappa), the measure is the share that agrees beyond what was to be expected, of all that was not.
struct Commonness: Sendable {
  /// Another stored image that is no copy of the one in question.
  struct Witness: Sendable {
    let places: AgreementMap
    /// Nats of evidence that it agrees with the query by no chance; `nil` when that is not known.
    let evidence: Double?
  }

  /// Share of what was compared that agrees.
  let share: Double
  /// Share that other stored images would make one expect.
  let expected: Double
  /// (share − expected) / (1 − expected), at least −1.
  let beyond: Double
  /// The same as `expected` by those witnesses alone whose evidence is known.
  let known: Double
  /// How many witnesses those are.
  let rivals: Int
  /// By how much the evidence is more than that of any witness, as a logarithm. All strangers of a template have nearly as much as each other,
  /// while a copy with letters over it has half as much again as the others, whatever is left of it to agree.
  let lead: Double

  /// Stored images that say what is to be expected: those that agree most where the image in question was compared.
  private static let witnesses = 3
  /// Nats that make little evidence no lead over less.
  private static let leastEvidence = 3.0

  /// - Parameters:
  ///   - map: Where the stored image agrees with the query.
  ///   - evidence: Nats of evidence that it does so by no chance.
  ///   - others: Other images; without any, nothing is to be expected.
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
    let second = compared.reduce(0) { max($0, $1.evidence ?? 0) }
    lead = PortableMath.logarithm((max(0, evidence) + Self.leastEvidence) / (second + Self.leastEvidence))
  }

  /// How much would agree if the image agreed as those others do that agree most.
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
