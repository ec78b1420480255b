/// How much of what a stored image has in common with the query it has for itself.
///
/// Frames, letterheads, templates, the bars of a program and the lines of a form are in many images. What agrees with several stored images
/// is theirs in common, and says nothing about any of them; the rest is what tells a copy. As between two observers of whom one asks what they
/// would agree in by chance (Cohen's kappa), the measure is the share that agrees beyond what was to be expected, of all that was not.
struct Commonness: Sendable {
  /// One of the two ways of comparing: patches or pixels.
  struct Part: Sendable {
    /// Share of what was compared that agrees.
    var share: Double
    /// Share that other stored images would make one expect.
    var expected: Double
    /// (share − expected) / (1 − expected); at least −1.
    var beyond: Double
  }

  private(set) var patches: Part
  private(set) var pixels: Part

  /// Stored images that say what is to be expected: those that agree most where the image in question was compared.
  private static let witnesses = 3
  /// Weight from which on a square of a stored image was compared.
  private static let leastSeen: Float = 0.5

  /// Without other images nothing is to be expected.
  init(_ map: AgreementMap) { self.init(map, others: []) }

  /// - Parameters:
  ///   - map: Where the stored image agrees with the query.
  ///   - others: The same of other images that are no copies of it.
  init(_ map: AgreementMap, others: [AgreementMap]) {
    patches = Self.part(map.patches, others.lazy.map(\.patches))
    pixels = Self.part(map.pixels, others.lazy.map(\.pixels))
  }

  private static func part(_ own: AgreementMap.Part, _ others: some Sequence<AgreementMap.Part>) -> Part {
    var best: [(explained: Float, other: AgreementMap.Part)] = []
    for other in others {
      let explained = explained(own, other)
      guard best.count < witnesses || explained > best[best.count - 1].explained else { continue }
      let at = best.firstIndex { $0.explained < explained } ?? best.count
      best.insert((explained, other), at: at)
      if best.count > witnesses { best.removeLast() }
    }
    var (seen, agrees, expected) = (0.0, 0.0, 0.0)
    for i in own.seen.indices where own.seen[i] > 0 {
      seen += Double(own.seen[i])
      agrees += Double(own.agrees[i])
      let common = best.reduce(0) { $0 + Double(Self.share($1.other, i)) } / Double(max(1, best.count))
      expected += Double(own.seen[i]) * common
    }
    guard seen > 0 else { return Part(share: 0, expected: 0, beyond: 0) }
    return Part(
      share: agrees / seen, expected: expected / seen,
      beyond: max(-1, (agrees - expected) / max(1e-6, seen - expected)))
  }

  /// How much another image agrees where this one was compared.
  private static func explained(_ own: AgreementMap.Part, _ other: AgreementMap.Part) -> Float {
    own.seen.indices.reduce(0) { $0 + own.seen[$1] * share(other, $1) }
  }

  private static func share(_ part: AgreementMap.Part, _ square: Int) -> Float {
    part.seen[square] >= leastSeen ? part.agrees[square] / part.seen[square] : 0
  }
}
