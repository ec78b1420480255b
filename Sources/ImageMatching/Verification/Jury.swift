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
  /// Images for which it is asked whether others that agree as they do are copies of them, and how many of those may be none, beyond
  /// as many as are.
  private static let mostQuestions = 4
  private static let mostCopies = 5
  /// Images that were compared, and their evidence, up to which others are asked what they agree in.
  private static let fewCompared = 3
  private static let littleEvidence = 100.0
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
    var settled: Set<Int> = []
    for i in doubtful where !settled.contains(i) {
      // The question about the same image twice is one.
      guard asked.contains(findings[i].fingerprint) || asked.count < Self.mostQuestions else { continue }
      asked.insert(findings[i].fingerprint)
      let copies = try copies(of: i, &known, check)
      guard !copies.isEmpty else { continue }
      let all = copies.union([i])
      for copy in all.subtracting(settled) { matches[copy] = judged(copy, without: all) }
      settled.formUnion(all)
    }
    if !settled.isEmpty {
      for i in compared.dropFirst(Self.mostWitnesses) where matches[i].kind == .shared && mayBeCopy(i) {
        matches[i] = judged(i, without: settled)
      }
    }
    return matches
  }

  /// What has to be known elsewhere of each finding for the same verdicts on these and others: `nil` of those that matter to no verdict
  /// and are no match whatever it is.
  package var essentials: [Finding?] {
    var essentials = findings.map {
      $0.mayBeAccepted || isDoubtful && $0.look.witness != nil ? $0.withoutFeatures : nil
    }
    // Where others come in between, ranks only fall.
    for (rank, i) in compared.prefix(Self.mostWitnesses + 1).enumerated() {
      essentials[i] = isAsked(i, rank: rank) ? findings[i] : findings[i].withoutFeatures
    }
    return essentials
  }

  /// Whether images that were not compared have a say in a verdict.
  package var wantsWitnesses: Bool { isDoubtful && !compared.isEmpty }

  /// Whether it may be asked of an image if it is a copy of another one.
  private func isAsked(_ i: Int, rank: Int) -> Bool {
    rank <= Self.mostCopies || rank < Self.mostWitnesses && mayBeCopy(i)
  }

  /// Whether little speaks for the best, and few others are known to say what is to be expected: then those are asked that were not
  /// compared. With more findings it is less doubtful, never more.
  private var isDoubtful: Bool {
    compared.count <= Self.fewCompared && compared.allSatisfy { findings[$0].evidence ?? 0 < Self.littleEvidence }
  }

  /// Whether it passes for a copy as long as no other image is known.
  private func mayBeCopy(_ i: Int) -> Bool { findings[i].look.judged().kind != .shared }

  private func judged(_ i: Int, without excluded: Set<Int> = []) -> ImageMatch {
    guard let own = findings[i].look.comparison else { return findings[i].look.judged() }
    // As many for those that are among them as for those that are not.
    let witnesses = compared.prefix(Self.mostWitnesses + 1).filter { $0 != i }.prefix(Self.mostWitnesses)
    let others = witnesses.compactMap { i -> Commonness.Witness? in
      guard !excluded.contains(i), let other = findings[i].look.comparison else { return nil }
      return Commonness.Witness(places: other.places, evidence: other.evidence)
    }
    let alike = (isDoubtful ? findings : []).compactMap(\.look.witness).map {
      Commonness.Witness(places: $0, evidence: nil)
    }
    return findings[i].look.judged(Commonness(own.places, evidence: own.evidence, others: others + alike))
  }

  /// How much of what was compared agrees.
  private func share(_ i: Int) -> Double { findings[i].look.comparison.map { Commonness($0.places).share } ?? 0 }

  /// Which other images are copies of one, by what is stored of them. Asks those with most evidence and those that may be copies of the
  /// query, until strangers are in the majority.
  ///
  /// - Parameter known: What is known of pairs by their fingerprints.
  private func copies(
    of i: Int, _ known: inout [[UInt64]: Bool], _ check: () throws -> Void
  ) rethrows -> Set<Int> {
    guard let features = findings[i].features else { return [] }
    let stored = QueryFeatures(stored: features)
    let matcher = Matcher(stored, indexSize: indexSize)
    var copies: Set<Int> = []
    var strangers = 0
    for (rank, other) in compared.prefix(Self.mostWitnesses).enumerated() where other != i && isAsked(other, rank: rank)
    {
      guard strangers < copies.count + Self.mostCopies else { break }
      try check()
      let pair = [findings[i].fingerprint, findings[other].fingerprint]
      let isCopy = known[pair] ?? findings[other].features.map { Self.isCopy($0, of: stored, matcher) } ?? false
      known[pair] = isCopy
      if isCopy { copies.insert(other) } else { strangers += 1 }
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
