import Rasters
import Testing

@testable import ImageMatching

@Suite struct MatcherTests {
  private static let seeds: Range<UInt64> = 500..<508
  private static let stored: [ImageFeatures] = seeds.compactMap {
    try? ImageFeatures(of: Scene(seed: $0).drawn(240, 180))
  }
  private static let memory: MemoryPostings = {
    var memory = MemoryPostings()
    memory.add(stored.enumerated().map { (number: $0.offset, features: $0.element) })
    return memory
  }()

  private func search(_ image: GrayImage, region: PixelRect? = nil) throws -> [CandidateSearch.Hit] {
    try search(with: try QueryFeatures(of: image, region: region))
  }

  private func search(with query: QueryFeatures) throws -> [CandidateSearch.Hit] {
    try Self.memory.withTables { tables in
      try CandidateSearch.verify(
        CandidateSearch.candidates(for: query, in: tables), of: query, indexSize: Self.stored.count,
        load: { Self.memory.image(table: $0, slot: $1)?.features })
    }
  }

  /// An edit of a scene: maps a point of the query (0...1) to a point of the scene.
  struct Edit: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let width: Int
    let height: Int
    let map: @Sendable (Double, Double) -> (Double, Double)?
    let mirrored: Bool
  }

  static let edits: [Edit] = [
    Edit(testDescription: "as it is", width: 240, height: 180, map: { ($0, $1) }, mirrored: false),
    Edit(testDescription: "half the size", width: 120, height: 90, map: { ($0, $1) }, mirrored: false),
    Edit(testDescription: "mirrored", width: 240, height: 180, map: { (1 - $0, $1) }, mirrored: true),
    Edit(testDescription: "upside down", width: 240, height: 180, map: { (1 - $0, 1 - $1) }, mirrored: false),
    Edit(testDescription: "a quarter turn", width: 180, height: 240, map: { ($1, 1 - $0) }, mirrored: false),
    Edit(
      testDescription: "cropped to a third", width: 240, height: 180, map: { (0.2 + 0.58 * $0, 0.3 + 0.58 * $1) },
      mirrored: false),
    Edit(testDescription: "stretched", width: 300, height: 160, map: { ($0, $1) }, mirrored: false),
    Edit(
      testDescription: "turned by 20 degrees", width: 280, height: 280,
      map: { x, y in
        let (u, v) = (280 * (x - 0.5), 280 * (y - 0.5))
        let p = ((0.9397 * u + 0.342 * v) / 240 + 0.5, (0.9397 * v - 0.342 * u) / 180 + 0.5)
        return (0..<1).contains(p.0) && (0..<1).contains(p.1) ? p : nil
      }, mirrored: false),
    Edit(
      testDescription: "mirrored, cropped and framed", width: 260, height: 200,
      map: { x, y in
        let (u, v) = ((260 * x - 30) / 200, (200 * y - 25) / 150)
        return (0..<1).contains(u) && (0..<1).contains(v) ? (0.95 - 0.8 * u, 0.1 + 0.8 * v) : nil
      }, mirrored: true),
  ]

  @Test(arguments: edits)
  func alteredCopiesAreFound(edit: Edit) throws {
    let image = Scene(seed: 503).drawn(edit.width, edit.height, map: edit.map)
    let hits = try search(image)
    let hit = try #require(hits.first)
    #expect(hits.count == 1)
    #expect(Self.memory.image(table: hit.table, slot: hit.image)?.number == 3)
    #expect(hit.match.isMirrored == edit.mirrored)
    #expect((hit.match.transform.determinant < 0) == edit.mirrored)
    // The transform is the inverse of the edit, compared at points of the query inside the scene.
    for (x, y) in [(0.4, 0.4), (0.6, 0.45), (0.5, 0.62)] {
      let truth = try #require(edit.map(x, y))
      let p = hit.match.transform.apply(x * Double(edit.width), y * Double(edit.height))
      #expect(abs(p.x - truth.0 * 240) < 5 && abs(p.y - truth.1 * 180) < 5)
    }
  }

  /// What a shear leaves empty is black.
  private static func sheared(_ shear: Double, upright: Bool, seed: UInt64) -> (image: GrayImage, edit: Edit) {
    let (w, h) = (480.0, 360.0)
    let (width, height) = upright ? (w, h + abs(shear) * w) : (w + abs(shear) * h, h)
    let edit = Edit(
      testDescription: "sheared", width: Int(width), height: Int(height),
      map: { x, y in
        let (u, v) = (x * width, y * height)
        let p = upright ? (u, v - shear * u + min(0, shear) * w) : (u - shear * v + min(0, shear) * h, v)
        let q = (p.0 / w, p.1 / h)
        return (0..<1).contains(q.0) && (0..<1).contains(q.1) ? q : nil
      }, mirrored: false)
    return (Scene(seed: seed).drawn(edit.width, edit.height, map: edit.map), edit)
  }

  @Test(arguments: [0.6, 0.7, -0.6, -0.7], [false, true])
  func shearedCopiesAreFoundBySlantedLooks(shear: Double, upright: Bool) throws {
    let (image, edit) = Self.sheared(shear, upright: upright, seed: 505)
    let query = try QueryFeatures(of: image)
    let slanted = try [Slant.falling, .rising].map { try #require(try SecondLook.query(.slanted($0), query, image)) }
    for look in slanted { #expect(max(look.upright.width, look.upright.height) <= 513) }
    let hits = try slanted.flatMap { try search(with: $0) }.filter { $0.match.kind != .shared }
    let hit = try #require(hits.first)
    #expect(hits.allSatisfy { Self.memory.image(table: $0.table, slot: $0.image)?.number == 5 })
    // Its transform refers to the query as it was given.
    for (x, y) in [(0.45, 0.4), (0.55, 0.55), (0.5, 0.5)] {
      let truth = try #require(edit.map(x, y))
      let p = hit.match.transform.apply(x * Double(edit.width), y * Double(edit.height))
      #expect(abs(p.x - truth.0 * 240) < 5 && abs(p.y - truth.1 * 180) < 5)
    }
    // The scene takes up 62 to 69 % of the query.
    #expect((50...80).contains(hit.match.queryOverlap) && hit.match.matchOverlap > 95)
  }

  @Test func aSlantedLookFindsNoStranger() throws {
    for seed in 900..<906 as Range<UInt64> {
      let image = Scene(seed: seed).drawn(480, 360)
      let query = try QueryFeatures(of: image)
      for slant in [Slant.falling, .rising] {
        let look = try #require(try SecondLook.query(.slanted(slant), query, image))
        #expect(try search(with: look).isEmpty)
      }
    }
  }

  @Test func overlapsSayHowMuchIsCommon() throws {
    let whole = try #require(try search(Scene(seed: 504).drawn(240, 180)).first?.match)
    #expect(whole.queryOverlap > 97 && whole.matchOverlap > 97)
    #expect(whole.score > 90)
    let crop = try #require(
      try search(Scene(seed: 504).drawn(240, 180) { (0.1 + 0.5 * $0, 0.2 + 0.5 * $1) }).first?.match)
    #expect(crop.queryOverlap > 90)
    #expect((18...33).contains(crop.matchOverlap))
    #expect(crop.score < whole.score)
  }

  @Test func unrelatedImagesAreNotFound() throws {
    for seed in 900..<906 as Range<UInt64> {
      #expect(try search(Scene(seed: seed).drawn(240, 180)).isEmpty)
    }
  }

  @Test func everyImageInACollageIsFound() throws {
    let (a, b) = (Scene(seed: 501), Scene(seed: 506))
    let left = a.drawn(220, 165)
    let right = b.drawn(220, 165)
    var pixels: [UInt8] = []
    for y in 0..<165 {
      pixels += left.pixels[y * 220..<(y + 1) * 220]
      pixels += right.pixels[y * 220..<(y + 1) * 220]
    }
    let collage = try #require(GrayImage(width: 440, height: 165, pixels: pixels))
    let numbers = try search(collage).map { Self.memory.image(table: $0.table, slot: $0.image)?.number }
    #expect(Set(numbers) == [1, 6])
    // A region restricts the search, and its transform still refers to pixels of the whole query.
    let hits = try search(collage, region: PixelRect(x: 220, y: 0, width: 220, height: 165))
    let hit = try #require(hits.first)
    #expect(hits.count == 1)
    let p = hit.match.transform.apply(330, 82.5)
    #expect(abs(p.x - 120) < 4 && abs(p.y - 90) < 4)
  }

  @Test func aLargerIndexAsksForMore() throws {
    let query = try QueryFeatures(of: Scene(seed: 505).drawn(240, 180) { (0.3 + 0.4 * $0, 0.3 + 0.4 * $1) })
    var hints = Matcher.Hints()
    hints.upright = true
    let confidences = [100, 100_000, 100_000_000].compactMap {
      Matcher(query, indexSize: $0).match(Self.stored[5], hints)?.confidence
    }
    #expect(confidences.count == 3)
    #expect(confidences == confidences.sorted(by: >))
    #expect(confidences.allSatisfy { (0...1).contains($0) })
  }

  @Test func theCheckStopsTheSearch() throws {
    struct Stop: Error {}
    let query = try QueryFeatures(of: Scene(seed: 505).drawn(240, 180))
    let memory = Self.memory
    #expect(throws: Stop.self) {
      try memory.withTables { tables in
        try CandidateSearch.verify(
          CandidateSearch.candidates(for: query, in: tables), of: query, indexSize: 8,
          load: { memory.image(table: $0, slot: $1)?.features }, check: { throw Stop() })
      }
    }
  }
}
