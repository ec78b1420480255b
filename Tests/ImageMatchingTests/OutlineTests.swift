import Rasters
import Testing

@testable import ImageMatching

/// Second passes by the outlines of whole images, and with rectangles that look like images of their own.
@Suite struct OutlineTests {
  private static let seeds: Range<UInt64> = 700..<724
  private static let stored: [ImageFeatures] = seeds.compactMap {
    try? ImageFeatures(of: soft($0).drawn(320, 240))
  }

  /// Few large shapes, as in a photograph that is out of focus.
  private static func soft(_ seed: UInt64) -> Scene { Scene(seed: seed, shapes: 14) }

  private static func edited(_ image: GrayImage, _ edit: (Int, Int, Int) -> Int) -> GrayImage {
    let pixels = image.pixels.enumerated().map { i, level in
      UInt8(max(0, min(255, edit(i % image.width, i / image.width, Int(level)))))
    }
    return GrayImage(width: image.width, height: image.height, pixels: pixels) ?? .empty
  }

  /// Strong noise, and white stripes over a third of the image.
  private static func ruined(_ image: GrayImage, seed: UInt64 = 5) -> GrayImage {
    var random = SplitMix(seed)
    return edited(image) { _, y, level in
      y * 9 / image.height % 3 == 1 ? 255 : level + Int.random(in: -70...70, using: &random)
    }
  }

  private static let memory: MemoryPostings = {
    var memory = MemoryPostings()
    memory.add(stored.enumerated().map { (number: $0.offset, features: $0.element) })
    return memory
  }()

  private func hits(_ query: QueryFeatures, mirrored: Bool = true) throws -> [CandidateSearch.Hit] {
    try Self.memory.withTables { tables in
      try CandidateSearch.verify(
        CandidateSearch.candidates(for: query, in: tables, mirrored: mirrored), of: query,
        indexSize: Self.stored.count, load: { Self.memory.image(table: $0, slot: $1)?.features }
      ).filter { $0.match.kind != .shared }
    }
  }

  @Test func anOutlineSurvivesNoiseAndStripes() throws {
    var (before, after) = (0, 0)
    for (number, seed) in Self.seeds.enumerated() {
      let query = try QueryFeatures(of: Self.ruined(Self.soft(seed).drawn(320, 240)))
      if try hits(query).first?.image == number { before += 1 }
      guard let hit = try hits(query.outline).first else { continue }
      #expect(hit.image == number)
      #expect(!hit.match.isMirrored && hit.match.inliers == 0)
      let middle = hit.match.transform.apply(160, 120)
      #expect(abs(middle.x - 160) < 8 && abs(middle.y - 120) < 8)
      after += 1
    }
    #expect(after >= 12 && before < 6, "\(before) by features, \(after) by outlines")
  }

  @Test func aMirroredOneIsFoundWhereItIsWanted() throws {
    let image = Self.ruined(Self.soft(703).drawn(240, 320) { (1 - $1, $0) })
    let turned = try QueryFeatures(of: image).outline
    #expect(try hits(turned).first?.image == 3)
    let mirrored = try QueryFeatures(of: Self.ruined(Self.soft(703).drawn(320, 240) { (1 - $0, $1) })).outline
    let hit = try #require(try hits(mirrored).first)
    #expect(hit.image == 3 && hit.match.isMirrored)
    #expect(try hits(mirrored, mirrored: false).isEmpty)
  }

  @Test func unrelatedOutlinesAreNotFound() throws {
    for seed in 800..<840 as Range<UInt64> {
      let image = Self.soft(seed).drawn(320, 240)
      for query in [image, Self.ruined(image)] {
        #expect(try hits(QueryFeatures(of: query).outline).isEmpty, "\(seed)")
      }
    }
  }

  /// An affine map between two outlines is found, as of a crop.
  @Test func theExactPositionIsFitted() throws {
    let query = try QueryFeatures(of: Self.soft(703).drawn(320, 240) { (0.05 + 0.9 * $0, 0.02 + 0.93 * $1) })
    let stored = try ImageFeatures(of: Self.soft(703).drawn(320, 240))
    let small = try #require(stored.miniature)
    let fit = try #require(Outline.best(query.outline.outlines, stored, small, mirrored: true))
    #expect(fit.orientation == .identity && fit.correlation > 0.5 && fit.evidence > 10)
    let (corner, end) = (fit.map.apply(0, 0), fit.map.apply(1, 1))
    #expect(abs(corner.x - 0.05) < 0.02 && abs(corner.y - 0.02) < 0.02)
    #expect(abs(end.x - 0.95) < 0.02 && abs(end.y - 0.95) < 0.02)
  }

  /// Marks on a plain ground have no outline of their own, and images of one arrangement none that tells.
  @Test func aPlainGroundAndASecondImageAreNoEvidence() throws {
    let logo = Self.edited(.flat(320, 240, level: 240)) { x, y, level in
      abs(x - 160) + abs(y - 120) < 60 || abs(x - 70) < 20 && abs(y - 60) < 30 ? 30 : level
    }
    let isNothing =
      Matcher(try QueryFeatures(of: logo).outline, indexSize: 100).look(
        try ImageFeatures(of: logo), Matcher.Hints()) == nil
    #expect(isNothing)
    #expect(Outline.logit(20, second: 0) > 0 && Outline.logit(20, second: 10) < 0)
    #expect(Outline.logit(10, second: 0) < 0)
  }

  /// A query without pixels is compared by its miniature.
  @Test func aReceivedQueryHasAnOutlineToo() throws {
    let query = try QueryFeatures(of: Self.ruined(Self.soft(705).drawn(320, 240)))
    let whole = try hits(query.outline)
    for compact in [false, true] {
      let bytes = try #require(query.encoded(compact: compact))
      let received = try bytes.withUnsafeBytes { try QueryFeatures(encoded: $0) }
      let found = try hits(received.outline)
      #expect(found.first?.image == 5)
      if !compact { #expect(found.map(\.match) == whole.map(\.match)) }
    }
  }

  /// An image on a page, in a corner of another one, and between stripes.
  @Test func rectanglesAreFound() throws {
    let page = Self.edited(.flat(600, 450, level: 230)) { x, y, level in level - (x / 3 + y / 5) % 7 }
    func paste(_ image: GrayImage, on ground: GrayImage, x left: Int, y top: Int) -> GrayImage {
      Self.edited(ground) { x, y, level in
        let (u, v) = (x - left, y - top)
        return u >= 0 && v >= 0 && u < image.width && v < image.height ? Int(image.pixels[v * image.width + u]) : level
      }
    }
    func found(_ image: GrayImage, _ wanted: PixelRect) -> Bool {
      let plane = Plane(unchecked: image.width, image.height, image.pixels.map(Float.init))
      return InnerRectangles.find(in: plane).contains { rect in
        abs(rect.x - wanted.x) <= 4 && abs(rect.y - wanted.y) <= 4 && abs(rect.width - wanted.width) <= 8
          && abs(rect.height - wanted.height) <= 8
      }
    }
    let dark = Self.edited(Scene(seed: 90).drawn(220, 160)) { _, _, level in level / 2 }
    #expect(found(paste(dark, on: page, x: 150, y: 90), PixelRect(x: 150, y: 90, width: 220, height: 160)))
    #expect(found(paste(dark, on: page, x: 400, y: 300), PixelRect(x: 400, y: 300, width: 200, height: 150)))
    let striped = Self.edited(Scene(seed: 91).drawn(400, 300)) { _, y, level in y / 75 % 2 == 0 ? 255 : level * 3 / 4 }
    #expect(found(striped, PixelRect(x: 0, y: 75, width: 400, height: 75)))
    let whole = Scene(seed: 92).drawn(400, 300)
    #expect(InnerRectangles.find(in: Plane(unchecked: 400, 300, whole.pixels.map(Float.init))).isEmpty)
    for (width, height) in [(1, 1), (17, 400), (400, 3), (300, 300)] {
      #expect(
        InnerRectangles.find(in: Plane(unchecked: width, height, .init(repeating: 7, count: width * height))) == [])
    }
  }

  /// A ruined image that fills a fifth of the query is found in its rectangle.
  @Test func anImageOnAPageIsComparedAsAWhole() throws {
    let image = Self.ruined(Self.soft(707).drawn(240, 180))
    let page = Self.edited(.flat(640, 480, level: 120)) { x, y, level in
      let (u, v) = (x - 300, y - 200)
      return u >= 0 && v >= 0 && u < 240 && v < 180 ? Int(image.pixels[v * 240 + u]) : level - 100 + (x / 3 + y / 5) % 7
    }
    let query = try QueryFeatures(of: page)
    let inner = SecondLook.ways(of: query, thorough: false).filter {
      if case .inner = $0 { true } else { false }
    }
    #expect(!inner.isEmpty)
    let found = try inner.contains { way in
      let form = try #require(try SecondLook.query(way, query, page))
      guard let hit = try hits(form).first else { return false }
      return hit.image == 7 && hit.match.queryOverlap < 25
    }
    #expect(found)
  }
}
