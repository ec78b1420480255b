import CMatchingKernels
import Rasters
import Testing

@testable import ImageMatching

/// Copies, and images that only share an element.
@Suite struct AgreementTests {
  private static let width = 320
  private static let height = 240

  /// A page of a form: the same header and frame, other entries.
  private static func form(_ seed: UInt64) -> GrayImage {
    let head = Scene(seed: 7_777, shapes: 40).drawn(width, 80)
    let own = Scene(seed: seed, shapes: 60).drawn(width, height - 80)
    return GrayImage(width: width, height: height, pixels: Array(head.pixels) + Array(own.pixels)) ?? .empty
  }

  private static func match(_ query: GrayImage, _ stored: GrayImage) throws -> ImageMatch? {
    let matcher = Matcher(try QueryFeatures(of: query), indexSize: 100)
    return matcher.match(try ImageFeatures(of: stored), Matcher.Hints(upright: true, mirrored: true, leads: true))
  }

  @Test func twoFormsThatWereFilledInDifferentlyShareTheirHead() throws {
    for seed in [UInt64(1), 2, 3] {
      let other = try Self.match(Self.form(seed + 100), Self.form(seed))
      // Whether or not the header is sufficient evidence, it is not a copy, or a doubtful one if no third form is known.
      if let other, other.confidence >= ImageMatch.accepted {
        #expect(other.kind == .shared || other.confidence < 0.8, "\(seed) \(other.confidence)")
      }
      let own = try #require(try Self.match(Self.form(seed), Self.form(seed)))
      #expect(own.kind != .shared)
      #expect(own.confidence > 0.95)
      if let other { #expect(own.order > other.order) }
    }
  }

  /// Most of each page is the same in all of them.
  private static func template(_ seed: UInt64) -> GrayImage {
    let ground = Scene(seed: 8_888, shapes: 70).drawn(width, height * 3 / 4)
    let own = Scene(seed: seed, shapes: 60).drawn(width, height / 4)
    return GrayImage(width: width, height: height, pixels: Array(ground.pixels) + Array(own.pixels)) ?? .empty
  }

  private static func found(_ query: GrayImage, among stored: [ImageFeatures]) throws -> [(
    number: Int, match: ImageMatch
  )] {
    let query = try QueryFeatures(of: query)
    var candidates: [CandidateSearch.Candidate] = []
    for (number, features) in stored.enumerated() {
      candidates.append(
        CandidateSearch.Candidate(table: 0, image: number, hints: .everything(of: query, features)))
    }
    return try CandidateSearch.verify(candidates, of: query, indexSize: 100, load: { _, number in stored[number] })
      .map { ($0.image, $0.match) }
  }

  @Test func whatManyImagesHaveInCommonMakesNoCopy() throws {
    let stored = try (1...5).map { try ImageFeatures(of: Self.template(UInt64($0))) }
    for seed in 201...204 as ClosedRange<UInt64> {
      let answers = try Self.found(Self.template(seed), among: stored)
      #expect(!answers.isEmpty && answers.allSatisfy { $0.match.kind == .shared }, "\(seed)")
    }
    for number in 0..<5 {
      let answers = try Self.found(Self.template(UInt64(number + 1)), among: stored)
      #expect(answers.first?.number == number)
      #expect(answers.filter { $0.match.kind != .shared }.map(\.number) == [number])
    }
  }

  /// All copies of one image agree with a query alike, which is no evidence against any of them.
  @Test func anImageMayBeThereSeveralTimes() throws {
    let scene = Scene(seed: 55, shapes: 70)
    let stored = try [(320, 240), (400, 300), (280, 210)].map { try ImageFeatures(of: scene.drawn($0.0, $0.1)) }
    let image = scene.drawn(Self.width, Self.height)
    var covered = Array(image.pixels)
    for y in 60..<150 { for x in 90..<230 { covered[y * Self.width + x] = UInt8((x * 7 + y * 13) % 251) } }
    for query in [image, try #require(GrayImage(width: Self.width, height: Self.height, pixels: covered))] {
      let answers = try Self.found(query, among: stored)
      #expect(answers.filter { $0.match.kind != .shared }.count == 3)
    }
  }

  /// Any number of copies of each other are copies of the query.
  @Test func anImageMayBeThereManyTimes() throws {
    let scene = Scene(seed: 56, shapes: 70)
    let stored = try (0..<14).map { try ImageFeatures(of: scene.drawn(260 + 20 * $0, 195 + 15 * $0)) }
    let others = try (1...4).map { try ImageFeatures(of: Self.template(UInt64($0))) }
    let answers = try Self.found(scene.drawn(Self.width, Self.height), among: stored + others)
    #expect(answers.filter { $0.match.kind != .shared }.map(\.number).sorted() == Array(0..<14))
  }

  /// An image judged as a shared element in the first pass does not become a copy in a second pass that shows less of the difference.
  @Test func aSecondLookHasToShowMoreThanTheFirst() throws {
    let image = Scene(seed: 58, shapes: 60).drawn(Self.width, Self.height)
    let stored = try ImageFeatures(of: image)
    let query = try QueryFeatures(of: image)
    let hints = Matcher.Hints(upright: true, mirrored: true, leads: true)
    #expect(try #require(Matcher(query, indexSize: 100).match(stored, hints)).kind != .shared)
    #expect(try #require(Matcher(query.after(query), indexSize: 100).match(stored, hints)).confidence == 0)
    let negative = try #require(
      GrayImage(width: image.width, height: image.height, pixels: image.pixels.map { 255 - $0 }))
    let second = try QueryFeatures(of: negative)
    let looks = try SecondLook.ways(of: second, thorough: false).compactMap {
      try SecondLook.query($0, second, negative)
    }
    #expect(looks.contains { Matcher($0, indexSize: 100).match(stored, hints).map { $0.kind != .shared } ?? false })
  }

  /// For a template with few features, images without a comparison are used for the expected agreement.
  @Test func imagesThatAreNotComparedAreAskedWhereLittleIsKnown() throws {
    let image = Scene(seed: 59, shapes: 60).drawn(Self.width, Self.height)
    let stored = try ImageFeatures(of: image)
    let query = try QueryFeatures(of: image)
    let look = try #require(Matcher(query, indexSize: 100).look(stored, .everything(of: query, stored)))
    let own = try #require(look.comparison)
    func map(agreeing share: Float) -> AgreementMap {
      var map = AgreementMap()
      for square in own.places.seen.indices { map.add(square, agrees: share, weight: own.places.seen[square]) }
      return map
    }
    func kinds(evidence: Double, witnesses: Int) -> [ImageMatch.Kind] {
      let comparison = Comparison(
        places: map(agreeing: 0.8), patches: own.patches, pixels: own.pixels, evidence: evidence, overlap: own.overlap,
        coverage: own.coverage, isUpright: own.isUpright, fromPixels: true)
      let others = [Finding](
        repeating: Finding(Look(look.found, witness: map(agreeing: 0.75)), stored), count: witnesses)
      return Jury([Finding(Look(look.found, comparison), stored)] + others, indexSize: 100).verdicts {}.prefix(1)
        .map(\.kind)
    }
    #expect(kinds(evidence: 20, witnesses: 0) != [.shared])
    #expect(kinds(evidence: 20, witnesses: 3) == [.shared])
    #expect(kinds(evidence: 200, witnesses: 3) != [.shared])
  }

  @Test func commonnessIsWhatOthersAgreeInAsWell() {
    var own = AgreementMap()
    var other = AgreementMap()
    for square in 0..<10 {
      own.add(square, agrees: 1, weight: 2)
      if square < 6 { other.add(square, agrees: 1, weight: 5) }
    }
    own.add(11, agrees: 0, weight: 5)
    let alone = Commonness(own)
    #expect(abs(alone.share - 0.8) < 1e-6 && alone.expected == 0 && abs(alone.beyond - 0.8) < 1e-6)
    func witness(_ map: AgreementMap, _ evidence: Double?) -> Commonness.Witness {
      Commonness.Witness(places: map, evidence: evidence)
    }
    let beside = Commonness(own, evidence: 97, others: [witness(other, 47)])
    #expect(abs(beside.expected - 12.0 / 25) < 1e-6)
    #expect(abs(beside.beyond - 8.0 / 13) < 1e-6)
    // The evidence is twice that of the other, except for the constant that prevents a lead of little evidence.
    #expect(abs(beside.lead - PortableMath.logarithm(2)) < 1e-6 && beside.rivals == 1)
    // A witness without evidence counts for the expected agreement, and not for the lead.
    let unknown = Commonness(own, evidence: 97, others: [witness(other, nil)])
    #expect(unknown.expected == beside.expected && unknown.known == 0 && unknown.rivals == 0)
    #expect(abs(Commonness(other, others: [witness(own, 1)]).beyond) < 1e-6)
    #expect(Commonness(AgreementMap(), others: [witness(own, 1)]).beyond == 0)
  }

  @Test func aCopyAgreesAllOver() throws {
    let scene = Scene(seed: 12, shapes: 60)
    let match = try #require(try Self.match(scene.drawn(640, 480), scene.drawn(320, 240)))
    #expect(match.kind == .reencoded || match.kind == .altered)
    let shares = try #require(match.shares)
    #expect(shares.agrees + shares.empty > 0.9)
    #expect(abs(shares.agrees + shares.differs + shares.empty - 1) < 1e-6)
    #expect(match.score > 80)
  }

  @Test func aNegativeIsFoundAsOne() throws {
    let image = Scene(seed: 31, shapes: 60).drawn(320, 240)
    let negative = try #require(
      GrayImage(width: image.width, height: image.height, pixels: image.pixels.map { 255 - $0 }))
    let stored = try ImageFeatures(of: image)
    let query = try QueryFeatures(of: negative)
    let hints = Matcher.Hints(upright: true, mirrored: true, leads: true)
    let straight = Matcher(query, indexSize: 100).match(stored, hints)
    #expect((straight?.confidence ?? 0) < ImageMatch.accepted)
    let found = try #require(Matcher(query.negative, indexSize: 100).match(stored, hints))
    #expect(found.confidence > 0.9)
    #expect(found.kind == .altered)
  }

  @Test func aStoredImageFindsItsCopyWithoutPixels() throws {
    let scene = Scene(seed: 41, shapes: 60)
    let (first, second) = (try ImageFeatures(of: scene.drawn(320, 240)), try ImageFeatures(of: scene.drawn(500, 375)))
    let hints = Matcher.Hints(upright: true, mirrored: true, leads: true)
    let match = try #require(Matcher(QueryFeatures(stored: first), indexSize: 100).match(second, hints))
    #expect(match.confidence > 0.9)
    #expect(match.kind != .shared)
    let turned = try ImageFeatures(of: scene.drawn(320, 240).applying(Dihedral(rawValue: 1)))
    let mirrored = try #require(Matcher(QueryFeatures(stored: first), indexSize: 100).match(turned, hints))
    #expect(mirrored.isMirrored)
    #expect(mirrored.confidence > 0.9)
  }

  @Test func aProjectiveMapIsFoundAgain() {
    var random = SplitMix(3)
    var map = Projective(AffineMap(m11: 0.9, m12: 0.2, m13: 14, m21: -0.1, m22: 1.1, m23: -9))
    (map.g, map.h) = (0.0005, -0.0003)
    let pairs = (0..<60).map { _ -> (from: SIMD2<Double>, to: SIMD2<Double>) in
      let p = SIMD2(Double.random(in: 0...512, using: &random), Double.random(in: 0...384, using: &random))
      return (p, map.apply(p.x, p.y))
    }
    let fit = Projective(pairs, near: AffineMap(m11: 0.9, m12: 0.2, m13: 14, m21: -0.1, m22: 1.1, m23: -9), size: 512)
    for pair in pairs {
      let p = fit.apply(pair.from.x, pair.from.y)
      #expect(abs(p.x - pair.to.x) + abs(p.y - pair.to.y) < 3)
    }
  }

  @Test func everyVariantFindsTheSamePostings() {
    var random = SplitMix(11)
    for count in [0, 1, 7, 8, 9, 63, 200] {
      let postings = (0..<count).map { _ in UInt64.random(in: 0...UInt64.max, using: &random) }
      let query = UInt64.random(in: 0..<1 << 40, using: &random)
      let all = (0...2).map { variant -> [String] in
        var positions = [UInt32](repeating: 0, count: 256)
        var distances = [UInt8](repeating: 0, count: 256)
        let found = matching_scan_postings_variant(
          Int32(variant), postings, count, query, 18, &positions, &distances, 256)
        return (0..<found).map { "\(positions[$0]) \(distances[$0])" }
      }
      #expect(all[0] == all[1])
      #expect(all[0] == all[2])
      if count == 200 { #expect(!all[0].isEmpty) }
    }
  }

  @Test func aLargeQueryIsLookedAtInOverlappingParts() throws {
    func ways(_ width: Int, _ height: Int) throws -> [SecondLook.Way] {
      SecondLook.ways(of: try QueryFeatures(of: Scene(seed: 60, shapes: 60).drawn(width, height)), thorough: true)
    }
    func isPart(_ way: SecondLook.Way) -> Bool { if case .part = way { true } else { false } }
    #expect(try !ways(900, 600).contains(where: isPart))
    #expect(try ways(1200, 800).count(where: isPart) == 9)
    for (thorough, count) in [(false, 4), (true, 9)] {
      let parts = SecondLook.parts(width: 1600, height: 1200, thorough: thorough)
      #expect(parts.count == count)
      #expect(parts.allSatisfy { $0.isInside(width: 1600, height: 1200) })
      // Every region of 300 × 225 pixels is contained in one of them.
      for x in stride(from: 0, through: 1300, by: 50) {
        for y in stride(from: 0, through: 975, by: 25) {
          #expect(
            parts.contains { $0.x <= x && $0.y <= y && x + 300 <= $0.x + $0.width && y + 225 <= $0.y + $0.height })
        }
      }
    }
  }
}
