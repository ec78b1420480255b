#if LocalIndex
  import Glibc
  import ImageCodecs
  import ImageMatching
  import Rasters
  import ImageSearch
  import Testing

  @testable import ImageIndex

  @Suite struct EncodedQueryTests {
    private struct Fixture {
      let folder: TemporaryFolder
      let index: LocalIndex
    }

    private static let fixture = Task {
      let folder = try TemporaryFolder()
      let index = try LocalIndex(path: folder.path + "/index")
      let items = try (0..<10).map { seed in
        ImageItem(
          itemID: "\(seed)", images: [.init(name: "p", source: .bytes(try Drawing(seed: UInt64(seed)).jpeg()))],
          category: seed % 2 == 0 ? "even" : "odd")
      }
      #expect(try await index.addImages(items).succeededCount == 10)
      try await index.add("flat", "p", try Drawing.flat())
      return Fixture(folder: folder, index: index)
    }

    private let index: LocalIndex

    init() async throws { index = try await Self.fixture.value.index }

    /// Queries of all kinds: altered copies, parts of collages, negatives, unrelated images.
    private static func queries() throws -> [(name: String, bytes: [UInt8])] {
      func negative(_ image: ColorImage) throws -> ColorImage {
        try #require(
          ColorImage(width: image.width, height: image.height, pixels: image.pixels.map { 255 - $0 }))
      }
      func sheared(_ image: ColorImage) throws -> ColorImage {
        let width = image.width + image.height * 7 / 10
        var pixels = [UInt8](repeating: 0, count: 3 * width * image.height)
        for y in 0..<image.height {
          let row = image.pixels[3 * y * image.width..<3 * (y + 1) * image.width]
          pixels.replaceSubrange(3 * (y * width + y * 7 / 10)..<3 * (y * width + y * 7 / 10 + image.width), with: row)
        }
        return try #require(ColorImage(width: width, height: image.height, pixels: pixels))
      }
      var collage = [UInt8](repeating: 90, count: 3 * 1200 * 900)
      let part = Drawing(seed: 6).drawn(330, 250)
      for y in 0..<250 {
        for x in 0..<330 {
          for c in 0..<3 { collage[3 * ((y + 600) * 1200 + x + 820) + c] = part.pixels[3 * (y * 330 + x) + c] }
        }
      }
      return [
        ("the same bytes", try Drawing(seed: 3).jpeg()),
        ("larger", try Drawing(seed: 3).jpeg(900, 675, quality: 60)),
        ("smaller", try Drawing(seed: 8).jpeg(100, 75)),
        ("mirrored", try ImageEncoder.png(Drawing(seed: 5).drawn().applying(Dihedral(rawValue: 1)))),
        ("turned", try ImageEncoder.png(Drawing(seed: 4).drawn(640, 480).applying(Dihedral(rawValue: 6)))),
        ("negative", try ImageEncoder.jpeg(try negative(Drawing(seed: 7).drawn(640, 480)), quality: 80)),
        ("stretched", try Drawing(seed: 2).jpeg(760, 240)),
        ("sheared", try ImageEncoder.png(try sheared(Drawing(seed: 9).drawn(640, 480)))),
        (
          "part of a collage",
          try ImageEncoder.jpeg(try #require(ColorImage(width: 1200, height: 900, pixels: collage)))
        ),
        ("stranger", try Drawing(seed: 999).jpeg(1300, 800)),
        ("flat", try Drawing.flat()),
      ]
    }

    @Test func anEncodedQueryFindsWhatItsImageFinds() async throws {
      for (name, bytes) in try Self.queries() {
        let request = SearchRequest(
          image: .bytes(bytes), relations: Match.Relation.copies.union([.shared]), effort: .thorough)
        let page = try await index.search(request)
        let encoded = try await index.encodedQuery(of: request)
        let other = try await index.search(encoded: encoded, request)
        #expect(other.matches == page.matches, "\(name)")
        #expect(other.total == page.total, "\(name)")
        #expect(other.look == page.look || page.total == 0, "\(name)")
        #expect(!other.isApproximate, "\(name)")
      }
    }

    @Test func aCompactQueryFindsTheSameImages() async throws {
      for (name, bytes) in try Self.queries() {
        let request = SearchRequest(
          image: .bytes(bytes), relations: Match.Relation.copies.union([.shared]), effort: .fast)
        let page = try await index.search(request)
        let encoded = try await index.encodedQuery(of: request, form: .compact)
        #expect(try LocalIndex.compactQuery(try await index.encodedQuery(of: request)) == encoded, "\(name)")
        #expect(try LocalIndex.compactQuery(encoded) == encoded, "\(name)")
        #expect(encoded.count <= 96 << 10, "\(name)")
        let other = try await index.search(encoded: encoded, request)
        #expect(other.matches.map(\.itemID) == page.matches.map(\.itemID), "\(name)")
        // Matches by bytes need no pixels.
        let needsPixels = page.matches.contains { $0.relation != .identical }
        #expect(other.isApproximate || !needsPixels, "\(name)")
      }
    }

    @Test func effortAndRegionAreInTheBytes() async throws {
      let bytes = try Drawing(seed: 4).jpeg(1200, 900)
      let fast = try await index.encodedQuery(of: SearchRequest(image: .bytes(bytes), effort: .fast))
      let normal = try await index.encodedQuery(of: SearchRequest(image: .bytes(bytes)))
      #expect(normal.count > 2 * fast.count)
      let region = PixelRect(x: 300, y: 200, width: 800, height: 600)
      let part = try await index.encodedQuery(of: SearchRequest(image: .bytes(bytes), region: region))
      let page = try await index.search(SearchRequest(image: .bytes(bytes), region: region))
      #expect(try await index.search(encoded: part).matches == page.matches)
      #expect(page.matches.map(\.itemID) == ["4"])
      let error = await failure {
        try await index.search(encoded: part, SearchRequest(image: .bytes([UInt8]()), region: region))
      }
      #expect(error?.code == .invalidArgument)
    }

    @Test func categoriesLimitsAndRelationsHold() async throws {
      let query = try await index.encodedQuery(of: SearchRequest(image: .bytes(try Drawing(seed: 4).jpeg(500, 375))))
      func items(_ request: SearchRequest) async throws -> [String?] {
        try await index.search(encoded: query, request).matches.map(\.itemID)
      }
      let any = ImageSource.bytes([UInt8]())
      #expect(try await items(SearchRequest(image: any, category: "even")) == ["4"])
      #expect(try await items(SearchRequest(image: any, category: "odd")) == [])
      #expect(try await items(SearchRequest(image: any, offset: 1)) == [])
      #expect(try await items(SearchRequest(image: any, relations: [.shared])) == [])
    }

    @Test func whatIsTooSimpleIsFoundByItsBytesAlone() async throws {
      let flat = try await index.encodedQuery(of: SearchRequest(image: .bytes(try Drawing.flat())))
      #expect(try await index.search(encoded: flat).matches.map(\.relation) == [.identical])
      let other = try #require(ColorImage(width: 50, height: 60, pixels: [UInt8](repeating: 99, count: 9000)))
      let none = try await index.encodedQuery(of: SearchRequest(image: .bytes(try ImageEncoder.png(other))))
      let error = await failure { try await index.search(encoded: none) }
      #expect(error?.code == .imageTooSimple)
    }

    @Test func evidenceScoreAndNamesAreTheOrder() async throws {
      let folder = try TemporaryFolder()
      let index = try LocalIndex(path: folder.path + "/index")
      let drawing = Drawing(seed: 77)
      for i in 0..<7 {
        try await index.add("copy", "\(6 - i)", try drawing.jpeg(300 + 30 * i, 220, quality: 90 - 10 * i))
      }
      try await index.add("same", "p", try drawing.jpeg(400, 300))
      let page = try await index.search(SearchRequest(image: .bytes(try drawing.jpeg(400, 300))))
      #expect(page.matches.first?.relation == .identical)
      #expect(page.matches.first?.evidence == nil)
      let rest = page.matches.dropFirst()
      #expect(rest.count == 7)
      for (a, b) in zip(rest, rest.dropFirst()) {
        let (x, y) = (try #require(a.evidence), try #require(b.evidence))
        #expect(x > y || x == y && (a.score ?? 0, b.imageName ?? "") >= (b.score ?? 0, a.imageName ?? ""))
      }
    }

    /// Any changed byte, any length: an error or a page, never a trap.
    @Test func hostileBytesAreRefusedOrSearched() async throws {
      let image = ImageSource.bytes(try Drawing(seed: 3).jpeg(160, 120))
      for form in [LocalIndex.QueryForm.exact, .compact] {
        let sound = try await index.encodedQuery(of: SearchRequest(image: image), form: form)
        var random = SplitMix(state: 5)
        for round in 0..<80 {
          var bytes = sound
          for _ in 0..<(1 + round % 4) {
            // Counts and positions are in the headers.
            let place = Int(random.next() % UInt64(round % 3 == 0 ? bytes.count : 200))
            bytes[place] = round % 2 == 0 ? UInt8(truncatingIfNeeded: random.next()) : [0, 255, 1, 128][round % 4]
          }
          if round % 5 == 4 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
          if round % 7 == 6 { bytes += [1, 2, 3] }
          let isUntouched = bytes == sound
          let error = await refusal(bytes)
          #expect(isUntouched || error != nil, "its checksum is wrong")
          EncodedQuery.form.seal(&bytes)
          let sealed = await refusal(bytes)
          #expect([nil, .invalidArgument, .indexVersionMismatch, .imageTooSimple, .imageTooSmall].contains(sealed))
        }
      }
      for bytes in [[], [1], Array("imgquery".utf8), [UInt8](repeating: 255, count: 4096)] as [[UInt8]] {
        #expect(await refusal(bytes) == .invalidArgument)
      }
    }

    private func refusal(_ bytes: [UInt8]) async -> ImageSearchError.Code? {
      do {
        _ = try await index.search(encoded: bytes)
        return nil
      } catch {
        return (error as? ImageSearchError)?.code ?? .internalFailure
      }
    }

    @Test func whatIsReadIsWrittenAgain() async throws {
      let image = ImageSource.bytes(try Drawing(seed: 3).jpeg(700, 500))
      let bytes = try await index.encodedQuery(of: SearchRequest(image: image, effort: .fast))
      let look = try #require(EncodedQuery(bytes).steps.first?.first)
      let made = try QueryFeatures(of: try ImageDecoder.decodeGray(Drawing(seed: 3).jpeg(700, 500)).image)
      #expect(look.upright.count == made.upright.count)
      #expect(look.upright.signatures == made.upright.signatures)
      #expect(look.upright.x == made.upright.x)
      #expect(look.mirrored.x == made.mirrored.x)
      #expect(look.mirrored.angle == made.mirrored.angle)
      #expect(look.codes == made.codes)
    }

    @Test func aDirectoryThatIsReplacedIsReadAnew() async throws {
      let folder = try TemporaryFolder()
      func make(_ name: String, _ seed: UInt64) async throws {
        let index = try LocalIndex(path: folder.path + "/" + name)
        try await index.add("item\(seed)", "p", try Drawing(seed: seed).jpeg())
        index.close()
      }
      try await make("live", 1)
      var configuration = LocalIndexConfiguration()
      configuration.readOnly = true
      let open = try LocalIndex(path: folder.path + "/live", configuration: configuration)
      let queries = try await [UInt64(1), 2].asyncMap { seed in
        try await index.encodedQuery(of: SearchRequest(image: .bytes(try Drawing(seed: seed).jpeg(300, 225))))
      }
      #expect(try await open.search(encoded: queries[0]).matches.map(\.itemID) == ["item1"])
      try await make("next", 2)
      #expect(rename(folder.path + "/live", folder.path + "/old") == 0)
      #expect(rename(folder.path + "/next", folder.path + "/live") == 0)
      #expect(try await open.search(encoded: queries[0]).total == 0)
      #expect(try await open.search(encoded: queries[1]).matches.map(\.itemID) == ["item2"])
    }
  }

  extension Array {
    func asyncMap<Value>(_ body: (Element) async throws -> Value) async throws -> [Value] {
      var all: [Value] = []
      for element in self { all.append(try await body(element)) }
      return all
    }
  }
#endif
