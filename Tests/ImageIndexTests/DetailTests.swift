#if LocalIndex
  import ImageCodecs
  import ImageSearch
  import Rasters
  import Testing

  @testable import ImageIndex

  /// Pages of one template are told apart by their detail where no other stored page says what they have in common.
  @Suite struct DetailTests {
    /// A page of unreadable letters: letterhead and address are the same on all, the rest is a page's own.
    private struct Letter {
      static let width = 400
      static let height = 520
      private var pixels = [UInt8](repeating: 250, count: width * height)
      private static let glyphs = {
        var random = SplitMix(state: 77)
        return (0..<26).map { _ in (0..<24).map { _ in Bool.random(using: &random) } }
      }()

      init(_ number: UInt64) {
        var common = SplitMix(state: 5)
        write(30, 20, 7, 12, &common)
        write(30, 70, 2, 60, &common)
        for x in 30..<370 { for y in 90..<93 { fill(x, y, 1, 40) } }
        write(30, 490, 2, 70, &common)
        var own = SplitMix(state: 1_000 + number)
        for line in 0..<20 { write(30, 120 + 17 * line, 2, line % 6 == 5 ? 20 : 70, &own) }
      }

      private mutating func fill(_ x: Int, _ y: Int, _ side: Int, _ level: UInt8) {
        for v in y..<min(Self.height, y + side) {
          for u in x..<min(Self.width, x + side) { pixels[v * Self.width + u] = level }
        }
      }

      /// Writes glyphs of 4 × 6 squares.
      private mutating func write(_ x: Int, _ y: Int, _ side: Int, _ count: Int, _ random: inout SplitMix) {
        for k in 0..<count {
          let glyph = Int.random(in: 0..<32, using: &random)
          let left = x + 5 * side * k
          guard glyph < 26, left + 4 * side < Self.width - 25 else { continue }
          for (i, isSet) in Self.glyphs[glyph].enumerated() where isSet {
            fill(left + i % 4 * side, y + i / 4 * side, side, 30)
          }
        }
      }

      /// What is written in large letters over it.
      mutating func stamp() {
        var random = SplitMix(state: 3)
        write(40, 200, 10, 6, &random)
        write(40, 330, 10, 6, &random)
      }

      mutating func addNoise() {
        var random = SplitMix(state: 4)
        pixels = pixels.map { UInt8(max(0, min(255, Int($0) + Int.random(in: -40...40, using: &random)))) }
      }

      mutating func blur() {
        let (w, h) = (Self.width, Self.height)
        let old = pixels
        for y in 1..<h - 1 {
          for x in 1..<w - 1 {
            var sum = 0
            for v in y - 1...y + 1 { for u in x - 1...x + 1 { sum += Int(old[v * w + u]) } }
            pixels[y * w + x] = UInt8(sum / 9)
          }
        }
      }

      /// - Parameter part: The rows that are kept.
      func jpeg(_ part: Range<Int> = 0..<height, quality: Int = 85) throws -> [UInt8] {
        let rows = pixels[part.lowerBound * Self.width..<part.upperBound * Self.width]
        let image = try #require(
          ColorImage(width: Self.width, height: part.count, pixels: rows.flatMap { [$0, $0, $0] }))
        return try ImageEncoder.jpeg(image, quality: quality)
      }
    }

    private static let everything = Match.Relation.copies.union([.shared])

    private static func copies() throws -> [(name: String, bytes: [UInt8])] {
      var (noisy, blurred, stamped) = (Letter(1), Letter(1), Letter(1))
      noisy.addNoise()
      blurred.blur()
      stamped.stamp()
      return [
        ("quality 20", try Letter(1).jpeg(quality: 20)), ("upper part", try Letter(1).jpeg(0..<330)),
        ("lower part", try Letter(1).jpeg(170..<520)), ("noisy", try noisy.jpeg()), ("blurred", try blurred.jpeg()),
        ("lettered", try stamped.jpeg()),
      ]
    }

    private func index(_ folder: TemporaryFolder, _ name: String, _ images: [(String, [UInt8])]) async throws
      -> LocalIndex
    {
      let index = try LocalIndex(path: folder.path + "/" + name)
      let items = images.map { ImageItem(itemID: $0.0, images: [.init(name: "p", source: .bytes($0.1))]) }
      #expect(try await index.addImages(items).succeededCount == items.count)
      return index
    }

    private static func others() throws -> [(String, [UInt8])] {
      try (0..<4 as Range<UInt64>).map { ("drawing \($0)", try Drawing(seed: $0).jpeg()) }
    }

    @Test func aLetterAloneInItsIndex() async throws {
      let folder = try TemporaryFolder()
      let index = try await index(folder, "alone", [("letter", Letter(1).jpeg())] + Self.others())
      for number in 2..<6 as Range<UInt64> {
        let bytes = try Letter(number).jpeg()
        #expect(try await index.search(SearchRequest(image: .bytes(bytes))).matches.isEmpty, "letter \(number)")
        let all = try await index.search(SearchRequest(image: .bytes(bytes), relations: Self.everything))
        #expect(all.matches.first?.itemID == "letter", "letter \(number)")
        #expect(all.matches.allSatisfy { $0.relation == .shared && $0.confidence ?? 0 >= 0.5 }, "letter \(number)")
        for second in [
          LocalIndex.Subject.image(.bytes(try Letter(1).jpeg())), .stored(itemID: "letter", imageName: "p"),
        ] {
          #expect(try await index.compare(.image(.bytes(bytes)), second).relation == .shared, "letter \(number)")
          #expect(try await index.compare(second, .image(.bytes(bytes))).relation == .shared, "letter \(number)")
        }
      }
      for (name, bytes) in try Self.copies() {
        let page = try await index.search(SearchRequest(image: .bytes(bytes)))
        #expect(page.matches.first?.itemID == "letter", "\(name)")
        let relation = try await index.compare(.image(.bytes(bytes)), .image(.bytes(Letter(1).jpeg()))).relation
        #expect(relation != nil && relation != .shared, "\(name)")
      }
    }

    @Test func withoutThumbnailsTheVerdictIsThatOfTheFeatures() async throws {
      let folder = try TemporaryFolder()
      var bare = LocalIndexConfiguration()
      bare.thumbnailSide = 0
      let index = try LocalIndex(path: folder.path + "/bare", configuration: bare)
      let item = ImageItem(itemID: "letter", images: [.init(name: "p", source: .bytes(try Letter(1).jpeg()))])
      #expect(try await index.addImages([item]).succeededCount == 1)
      #expect(try await index.search(SearchRequest(image: .bytes(Letter(2).jpeg()))).total == 1)
    }

    /// Detail is compared where an image is stored, and the page is that of one index.
    @Test func severalIndexesGiveTheSamePage() async throws {
      let folder = try TemporaryFolder()
      let images =
        try [("letter", Letter(1).jpeg()), ("copy", Letter(1).jpeg(quality: 40)), ("other", Letter(7).jpeg())]
        + Self.others()
      let whole = try await index(folder, "whole", images)
      var parts: [LocalIndex] = []
      for part in 0..<3 {
        parts.append(
          try await index(folder, "part\(part)", images.enumerated().filter { $0.offset % 3 == part }.map(\.element)))
      }
      let queries = try [("stranger", Letter(2).jpeg()), ("same", Letter(1).jpeg())] + Self.copies()
      for (name, bytes) in queries {
        var request = SearchRequest(image: .bytes(bytes), relations: Self.everything)
        request.populationSize = images.count
        let ready = request
        let expected = try await whole.search(ready)
        let query = try await whole.encodedQuery(of: ready)
        #expect(try await whole.search(encoded: query, ready).matches == expected.matches, "\(name)")
        let partials = try await parts.asyncMap { try await $0.searchPartial(encoded: query, ready) }
        let page = try LocalIndex.mergePartials(partials, ready)
        #expect(page.matches == expected.matches && page.look == expected.look, "\(name)")
        if name == "stranger" { #expect(page.matches.allSatisfy { $0.relation == .shared }) }
      }
    }
  }
#endif
