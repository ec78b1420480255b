import Rasters
import Testing

@testable import ImageMatching

/// Verdicts depend on the findings only.
@Suite struct JuryTests {
  /// A page of a template: the upper part is the same in all of them.
  private static func template(_ seed: UInt64) -> GrayImage {
    let ground = Scene(seed: 8_888, shapes: 70).drawn(320, 180)
    let own = Scene(seed: seed, shapes: 60).drawn(320, 60)
    return GrayImage(width: 320, height: 240, pixels: Array(ground.pixels) + Array(own.pixels)) ?? .empty
  }

  private static func findings(_ query: GrayImage, _ stored: [ImageFeatures]) throws -> [Finding] {
    let query = try QueryFeatures(of: query)
    let candidates = stored.enumerated().map { number, features in
      CandidateSearch.Candidate(table: 0, image: number, hints: .everything(of: query, features))
    }
    return try CandidateSearch.look(at: candidates, of: query, indexSize: 100, load: { _, number in stored[number] })
      .map(\.finding)
  }

  /// Twelve pages of a template, and six images, two of them the same and some copies.
  private static let stored = Result { () -> [ImageFeatures] in
    let scene = Scene(seed: 55, shapes: 70)
    let copies = [(320, 240), (400, 300), (280, 210), (320, 240), (320, 240), (352, 264)]
    return try (1...12).map { try ImageFeatures(of: template($0)) }
      + copies.map { try ImageFeatures(of: scene.drawn($0.0, $0.1)) }
  }

  private static func queries() throws -> [GrayImage] {
    [template(3), template(200), template(201), Scene(seed: 55, shapes: 70).drawn(360, 270)]
  }

  @Test func theOrderDoesNotMatter() throws {
    let stored = try Self.stored.get()
    var random = SplitMix(9)
    for query in try Self.queries() {
      let findings = try Self.findings(query, stored)
      #expect(findings.count > 3)
      let expected = Jury(findings, indexSize: 100).verdicts {}
      for _ in 0..<6 {
        let order = Array(findings.indices).shuffled(using: &random)
        let other = Jury(order.map { findings[$0] }, indexSize: 100).verdicts {}
        for (place, i) in order.enumerated() { #expect(other[place] == expected[i]) }
      }
    }
  }

  /// All verdicts follow from the essential findings of each part, in one part or several, in memory or encoded.
  @Test func whatIsEssentialIsEnough() throws {
    let stored = try Self.stored.get()
    for query in try Self.queries() {
      let findings = try Self.findings(query, stored)
      let expected = Jury(findings, indexSize: 100).verdicts {}
      for parts in 1...4 {
        var gathered: [(number: Int, finding: Finding)] = []
        for part in 0..<parts {
          let own = findings.indices.filter { $0 * 5 / 3 % parts == part }
          let essentials = Jury(own.map { findings[$0] }, indexSize: 100).essentials
          for (i, finding) in zip(own, essentials) {
            guard let finding else {
              #expect(expected[i].confidence < ImageMatch.accepted)
              continue
            }
            var bytes = LittleEndianBytes()
            EncodedFinding.encode(finding, into: &bytes)
            let read = try bytes.bytes.withUnsafeBytes { try EncodedFinding.decode($0) }
            #expect(read.length == bytes.bytes.count)
            gathered.append((i, read.finding))
          }
        }
        let verdicts = Jury(gathered.map(\.finding), indexSize: 100).verdicts {}
        for (gathered, verdict) in zip(gathered, verdicts) { #expect(verdict == expected[gathered.number]) }
      }
    }
  }

  /// What is known of a copy's detail is encoded with it, and makes it one that merely shares something.
  @Test func detailTravelsWithAFinding() throws {
    let scene = Scene(seed: 55, shapes: 70)
    let found = try Self.findings(scene.drawn(300, 225), [ImageFeatures(of: scene.drawn(320, 240))])
    for differs in [nil, false, true] as [Bool?] {
      var finding = try #require(found.first)
      finding.differsInDetail = differs
      let jury = Jury([finding], indexSize: 100)
      var bytes = LittleEndianBytes()
      EncodedFinding.encode(try #require(jury.essentials[0]), into: &bytes)
      let read = try bytes.bytes.withUnsafeBytes { try EncodedFinding.decode($0) }.finding
      #expect(read.differsInDetail == differs)
      #expect(jury.wantsDetail {} == [0])
      let verdict = try #require(Jury([read], indexSize: 100).verdicts {}.first)
      #expect((verdict.kind == .shared) == (differs == true) && verdict.confidence > 0.9)
    }
  }

  /// With more findings than the maximum number of witnesses, each has the same number of witnesses.
  @Test func manyTakePart() throws {
    let scene = Scene(seed: 55, shapes: 70)
    let one = try ImageFeatures(of: scene.drawn(320, 240))
    let stored =
      try [ImageFeatures](repeating: one, count: 60) + (1...9).map { try ImageFeatures(of: Self.template($0)) }
    let findings = try Self.findings(scene.drawn(300, 225), stored)
    let verdicts = Jury(findings, indexSize: 100).verdicts {}
    let copies = verdicts.prefix(60)
    #expect(copies.allSatisfy { $0 == copies[0] && $0.kind != .shared && $0.confidence > 0.9 })
    let essentials = Jury(findings, indexSize: 100).essentials
    #expect(essentials.prefix(60).count { $0?.features != nil } <= 48)
  }

  /// A new property of a comparison must be encoded as well.
  @Test func allNumbersOfAComparisonAreSent() throws {
    func doubles(_ value: Any) -> Int { Mirror(reflecting: value).children.count { $0.value is Double } }
    let findings = try Self.findings(Self.template(3), try Self.stored.get())
    let comparison = try #require(findings.first?.look.comparison)
    #expect(doubles(comparison.patches) == PatchAgreement.numbers.count)
    #expect(Mirror(reflecting: comparison.patches).children.count == PatchAgreement.numbers.count)
    #expect(doubles(comparison.pixels) == PixelAgreement.numbers.count)
    #expect(Mirror(reflecting: comparison.pixels).children.count == PixelAgreement.numbers.count)
    #expect(Mirror(reflecting: comparison).children.count == 10)
    #expect(Mirror(reflecting: comparison.places).children.count == 2)
  }
}
