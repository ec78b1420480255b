/// Judges all verified images of one query together, because what several of them have in common is no evidence for any one of them.
///
/// The verdicts depend on the findings only and not on their order, so that the distribution of the images over segments and indexes does not
/// matter.
package struct Jury {
  private let indexSize: Int
  private let findings: [Finding]
  /// Those with a comparison, most evidence first.
  private let compared: [Int]

  /// Maximum number of witnesses of an image: those with most evidence.
  private static let mostWitnesses = 48
  /// Number of the best copies whose detail is compared.
  private static let mostInDetail = 4
  /// The same in one of several indexes, where others may be the best.
  package static let mostInDetailOfOneIndex = 8
  /// Maximum number of images whose copies among the others are determined, and by how many non-copies may outnumber the copies before that
  /// ends.
  private static let mostQuestions = 4
  private static let mostCopies = 5
  /// Maximum number of compared images, and limit of their evidence, for which images without a comparison are used as witnesses.
  private static let fewCompared = 3
  private static let littleEvidence = 100.0
  /// Fraction of the best copy's agreement above which an image rejected so far may be a copy as well.
  private static let alike = 0.85
  /// Maximum fraction of the area that differs between two stored copies. Two images of one template differ in more, even if they are
  /// otherwise judged copies.
  private static let mostDiffering = 0.1

  /// - Parameter indexSize: Number of images searched.
  package init(_ findings: [Finding], indexSize: Int) {
    self.findings = findings
    self.indexSize = indexSize
    // Extracted first: Swift 6.3 fails to optimise a closure that compares two findings.
    let keys = findings.map { (evidence: $0.evidence, fingerprint: $0.fingerprint) }
    compared = findings.indices.filter { keys[$0].evidence != nil }.sorted { a, b in
      let (x, y) = (keys[a], keys[b])
      // Findings with the same evidence and the same features are interchangeable.
      return x.evidence != y.evidence ? x.evidence ?? 0 > y.evidence ?? 0 : x.fingerprint < y.fingerprint
    }
  }

  /// - Parameters:
  ///   - check: Called now and then; throws to stop.
  ///   - differs: Whether a finding differs from the query in its detail; `nil` when that cannot be told. Asked of the best copies,
  ///     unless the finding itself says so.
  /// - Returns: The matches, in the order of the findings.
  package func verdicts(
    _ check: () throws -> Void, differs: (Int) throws -> Bool?
  ) rethrows -> [ImageMatch] {
    var matches = try verdictsWithoutDetail(check)
    var known = 0
    for i in copies(among: matches) {
      guard known < Self.mostInDetail else { break }
      try check()
      guard let differs = try findings[i].differsInDetail ?? differs(i) else { continue }
      known += 1
      if differs { matches[i].shareOnly(confidence: findings[i].look.found.confidence) }
    }
    return matches
  }

  /// The same by what the findings say of their detail.
  package func verdicts(_ check: () throws -> Void) rethrows -> [ImageMatch] { try verdicts(check) { _ in nil } }

  /// The findings whose detail another index may have to know for the verdicts on these findings and its own, best first.
  package func wantsDetail(_ check: () throws -> Void) rethrows -> [Int] {
    // Without the findings of this index some may be copies that are none here.
    let matches = zip(findings, try verdictsWithoutDetail(check)).map { finding, match in
      match.kind == .shared ? finding.look.judged() : match
    }
    return copies(among: matches)
  }

  /// Accepted copies, in the order of the matches.
  private func copies(among matches: [ImageMatch]) -> [Int] {
    let keys = matches.map { ($0.order, $0.kind != .shared && $0.confidence >= ImageMatch.accepted) }
    return matches.indices.filter { keys[$0].1 }.sorted { a, b in
      keys[a].0 != keys[b].0
        ? keys[a].0 > keys[b].0 : (findings[a].fingerprint, a) < (findings[b].fingerprint, b)
    }
  }

  private func verdictsWithoutDetail(_ check: () throws -> Void) rethrows -> [ImageMatch] {
    var matches = findings.indices.map { judged($0) }
    // An index may have several copies of one image. As witnesses against each other, they would lead to no copy at all, or to one by a
    // small margin.
    let first = compared.prefix(Self.mostWitnesses)
    let most = first.filter { matches[$0].kind != .shared }.map(share).max() ?? 0
    let doubtful = first.filter {
      matches[$0].kind == .shared && share($0) > Self.alike * most && mayBeCopy($0)
    }
    var known: [[UInt64]: Bool] = [:]
    var asked: Set<UInt64> = []
    var settled: Set<Int> = []
    for i in doubtful where !settled.contains(i) {
      // The same image again does not count towards the limit.
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

  /// The part of each finding that another index needs to reach the same verdicts on these findings and its own: `nil` for a finding that
  /// affects no verdict and cannot be a match.
  package var essentials: [Finding?] {
    var essentials = findings.map {
      $0.mayBeAccepted || isDoubtful && $0.look.witness != nil ? $0.withoutFeatures : nil
    }
    // Findings of other indexes can only lower the ranks.
    for (rank, i) in compared.prefix(Self.mostWitnesses + 1).enumerated() {
      essentials[i] = isAsked(i, rank: rank) ? findings[i] : findings[i].withoutFeatures
    }
    return essentials
  }

  /// Whether images without a comparison affect a verdict.
  package var wantsWitnesses: Bool { isDoubtful && !compared.isEmpty }

  /// Whether the image may have to be tested as a copy of another one.
  private func isAsked(_ i: Int, rank: Int) -> Bool {
    rank <= Self.mostCopies || rank < Self.mostWitnesses && mayBeCopy(i)
  }

  /// Whether even the best has little evidence, and few others are available to compute the expected agreement. Images without a comparison
  /// are then used as witnesses. Further findings can only change this from true to false.
  private var isDoubtful: Bool {
    compared.count <= Self.fewCompared && compared.allSatisfy { findings[$0].evidence ?? 0 < Self.littleEvidence }
  }

  /// Whether it is judged a copy without any witness.
  private func mayBeCopy(_ i: Int) -> Bool { findings[i].look.judged().kind != .shared }

  private func judged(_ i: Int, without excluded: Set<Int> = []) -> ImageMatch {
    guard let own = findings[i].look.comparison else { return findings[i].look.judged() }
    // One more, so that an image among them has as many witnesses as one that is not.
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

  /// Fraction of the compared area that agrees.
  private func share(_ i: Int) -> Double { findings[i].look.comparison.map { Commonness($0.places).share } ?? 0 }

  /// Returns the other images that are copies of one, by their stored data. Tests those with most evidence and those that may be copies of the
  /// query, until non-copies are in the majority.
  ///
  /// - Parameter known: Results for pairs of fingerprints, so that no pair is compared twice.
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
  /// All hypotheses for a pair, for images that were not found by a search.
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
