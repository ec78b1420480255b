/// Judges all stored images that were looked at for one query together, because what several have in common tells nothing about any of them.
struct Jury {
  private let indexSize: Int
  private var looks: [Look] = []
  private var features: [ImageFeatures] = []

  /// Images whose agreement with the query is held against that of others, those with most evidence.
  private static let mostWitnesses = 48
  /// Images for which it is asked whether others that agree as they do are copies of them, and of how many others.
  private static let mostQuestions = 4
  private static let mostCopies = 5
  /// Share of the agreement of a copy from which on another image agrees as well as that.
  private static let alike = 0.85
  /// Share of two stored images that differs between copies. Of two images of a template more does, even if the rest passes for a copy.
  private static let mostDiffering = 0.1

  /// - Parameter indexSize: Number of images searched.
  init(indexSize: Int) { self.indexSize = indexSize }

  mutating func add(_ look: Look, of stored: ImageFeatures) {
    looks.append(look)
    features.append(stored)
  }

  /// - Returns: The matches, in the order of adding.
  func verdicts(_ check: () throws -> Void) rethrows -> [ImageMatch] {
    let compared = looks.indices.filter { looks[$0].comparison != nil }
    let witnesses = compared.sorted { a, b in
      let (x, y) = (evidence(a), evidence(b))
      return x != y ? x > y : a < b
    }
    .prefix(Self.mostWitnesses)
    func judged(_ i: Int, without excluded: Set<Int> = []) -> ImageMatch {
      guard let own = looks[i].comparison else { return looks[i].judged() }
      let others = witnesses.compactMap { $0 == i || excluded.contains($0) ? nil : looks[$0].comparison?.places }
      return looks[i].judged(Commonness(own.places, others: others))
    }
    var matches = looks.indices.map { judged($0) }
    // An index may hold several copies of one image, all of which agree alike: those say nothing against each other. None of them is
    // a copy then, or one by a hair.
    let most = compared.filter { matches[$0].kind != .shared }.map(share).max() ?? 0
    let doubtful = witnesses.filter {
      matches[$0].kind == .shared && share($0) > Self.alike * most && looks[$0].judged().kind != .shared
    }
    for i in doubtful.prefix(Self.mostQuestions) {
      try check()
      let copies = copies(of: i, among: witnesses.filter { $0 != i }.prefix(Self.mostCopies))
      if !copies.isEmpty { matches[i] = judged(i, without: copies) }
    }
    return matches
  }

  /// How much of what was compared agrees.
  private func share(_ i: Int) -> Double { looks[i].comparison.map { Commonness($0.places).share } ?? 0 }

  private func evidence(_ i: Int) -> Double { looks[i].comparison?.evidence ?? 0 }

  /// Which other images are copies of one, by what is stored of them.
  private func copies(of i: Int, among others: some Sequence<Int>) -> Set<Int> {
    let stored = QueryFeatures(stored: features[i])
    let matcher = Matcher(stored, indexSize: indexSize)
    return Set(
      others.filter { other in
        let match = matcher.match(features[other], .everything(of: stored, features[other]))
        guard let match, let shares = match.shares, match.kind != .shared else { return false }
        return match.confidence >= ImageMatch.accepted && shares.differs < Self.mostDiffering
      })
  }
}

extension Matcher.Hints {
  /// Everything that a pair can be tried with, whatever led to it.
  package static func everything(of query: QueryFeatures, _ stored: ImageFeatures) -> Matcher.Hints {
    var hints = Matcher.Hints(upright: true, mirrored: true, leads: true)
    for (i, code) in query.codes.enumerated() {
      let distance = code.distance(to: stored.globalCode)
      if distance <= Matcher.codeDistance, distance < hints.code?.distance ?? .max {
        hints.code = (distance, Dihedral(rawValue: UInt8(truncatingIfNeeded: i)))
      }
    }
    return hints
  }
}
