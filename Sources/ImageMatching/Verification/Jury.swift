/// Judges all stored images that were looked at for one query together, because what several have in common tells nothing about any of them.
///
/// The verdicts depend on the findings alone and not on their order, so that it does not matter how the images are spread over segments and
/// indexes.
package struct Jury {
  private let indexSize: Int
  private let findings: [Finding]
  /// Those that were compared all over, most evidence first.
  private let compared: [Int]

  /// Images with whose agreement that of another one is compared, those with most evidence.
  private static let mostWitnesses = 48
  /// Images for which it is asked whether others that agree as they do are copies of them, and of how many others.
  private static let mostQuestions = 4
  private static let mostCopies = 5
  /// Share of the agreement of a copy from which on another image agrees as well as that.
  private static let alike = 0.85
  /// Share of two stored images that differs between copies. Of two images of a template more does, even if the rest passes for a copy.
  private static let mostDiffering = 0.1

  /// - Parameter indexSize: Number of images searched.
  package init(_ findings: [Finding], indexSize: Int) {
    self.findings = findings
    self.indexSize = indexSize
    // Apart from the findings: Swift 6.3 fails to optimise a closure that compares two of them.
    let keys = findings.map { (evidence: $0.evidence, fingerprint: $0.fingerprint) }
    compared = findings.indices.filter { keys[$0].evidence != nil }.sorted { a, b in
      let (x, y) = (keys[a], keys[b])
      // Those that have the same evidence and the same features may be taken for each other.
      return x.evidence != y.evidence ? x.evidence ?? 0 > y.evidence ?? 0 : x.fingerprint < y.fingerprint
    }
  }

  /// - Returns: The matches, in the order of the findings.
  package func verdicts(_ check: () throws -> Void) rethrows -> [ImageMatch] {
    var matches = findings.indices.map { judged($0) }
    // An index may hold several copies of one image, all of which agree alike: those say nothing against each other. None of them is
    // a copy then, or one by a hair.
    let first = compared.prefix(Self.mostWitnesses)
    let most = first.filter { matches[$0].kind != .shared }.map(share).max() ?? 0
    let doubtful = first.filter {
      matches[$0].kind == .shared && share($0) > Self.alike * most && mayBeCopy($0)
    }
    var known: [[UInt64]: Bool] = [:]
    var asked: Set<UInt64> = []
    for i in doubtful {
      // The question about the same image twice is one.
      guard asked.contains(findings[i].fingerprint) || asked.count < Self.mostQuestions else { continue }
      asked.insert(findings[i].fingerprint)
      try check()
      let copies = copies(of: i, &known)
      if !copies.isEmpty { matches[i] = judged(i, without: copies) }
    }
    return matches
  }

  /// What has to be known elsewhere of each finding for the same verdicts on these and others: `nil` of those that matter to no verdict
  /// and are no match whatever it is.
  package var essentials: [Finding?] {
    var essentials = findings.map { $0.mayBeAccepted ? $0.withoutFeatures : nil }
    // Where others come in between, ranks only fall.
    for (rank, i) in compared.prefix(Self.mostWitnesses + 1).enumerated() {
      let isAsked = rank <= Self.mostCopies || rank < Self.mostWitnesses && mayBeCopy(i)
      essentials[i] = isAsked ? findings[i] : findings[i].withoutFeatures
    }
    return essentials
  }

  /// Whether it passes for a copy as long as no other image is known.
  private func mayBeCopy(_ i: Int) -> Bool { findings[i].look.judged().kind != .shared }

  private func judged(_ i: Int, without excluded: Set<Int> = []) -> ImageMatch {
    guard let own = findings[i].look.comparison else { return findings[i].look.judged() }
    // As many for those that are among them as for those that are not.
    let witnesses = compared.prefix(Self.mostWitnesses + 1).filter { $0 != i }.prefix(Self.mostWitnesses)
    let others = witnesses.compactMap { excluded.contains($0) ? nil : findings[$0].look.comparison?.places }
    return findings[i].look.judged(Commonness(own.places, others: others))
  }

  /// How much of what was compared agrees.
  private func share(_ i: Int) -> Double { findings[i].look.comparison.map { Commonness($0.places).share } ?? 0 }

  /// Which of the images with most evidence are copies of one, by what is stored of them.
  ///
  /// - Parameter known: What is known of pairs by their fingerprints.
  private func copies(of i: Int, _ known: inout [[UInt64]: Bool]) -> Set<Int> {
    guard let features = findings[i].features else { return [] }
    let stored = QueryFeatures(stored: features)
    let matcher = Matcher(stored, indexSize: indexSize)
    var copies: Set<Int> = []
    for other in compared.prefix(Self.mostCopies + 1).filter({ $0 != i }).prefix(Self.mostCopies) {
      let pair = [findings[i].fingerprint, findings[other].fingerprint]
      let isCopy = known[pair] ?? findings[other].features.map { Self.isCopy($0, of: stored, matcher) } ?? false
      known[pair] = isCopy
      if isCopy { copies.insert(other) }
    }
    return copies
  }

  private static func isCopy(_ other: ImageFeatures, of stored: QueryFeatures, _ matcher: Matcher) -> Bool {
    let match = matcher.match(other, .everything(of: stored, other))
    guard let match, let shares = match.shares, match.kind != .shared else { return false }
    return match.confidence >= ImageMatch.accepted && shares.differs < mostDiffering
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
