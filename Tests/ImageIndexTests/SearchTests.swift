#if LocalIndex
  import FoundationEssentials
  import ImageSearch
  import ImageCodecs
  import ImageMatching
  import Rasters
  import Testing

  @testable import ImageIndex

  @Suite struct SearchTests {
    /// Twelve images, made once: extraction takes long without optimization. Tests of this suite only search.
    private struct Fixture {
      let folder: TemporaryFolder
      let index: LocalIndex
    }

    private static let fixture = Task {
      let folder = try TemporaryFolder()
      let index = try LocalIndex(path: folder.path + "/index")
      let items = try (0..<12).map { seed in
        ImageItem(
          itemID: "\(seed)", images: [.init(name: "p", source: .bytes(try Drawing(seed: UInt64(seed)).jpeg()))],
          category: seed % 2 == 0 ? "even" : "odd")
      }
      #expect(try await index.addImages(items).succeededCount == 12)
      return Fixture(folder: folder, index: index)
    }

    private let index: LocalIndex
    private let folder: TemporaryFolder

    init() async throws {
      let fixture = try await Self.fixture.value
      (index, folder) = (fixture.index, fixture.folder)
    }

    @Test func alteredCopiesAreFound() async throws {
      for seed in [UInt64(3), 8] {
        let drawing = Drawing(seed: seed)
        let copies = [
          try drawing.jpeg(640, 480), try drawing.jpeg(120, 90), try drawing.jpeg(quality: 20),
          try ImageEncoder.png(drawing.drawn(200, 200)),
        ]
        for copy in copies { #expect(try await index.names(copy) == ["\(seed)/p"]) }
      }
    }

    @Test(arguments: 0..<8)
    func turnedAndMirroredCopiesAreFound(raw: Int) async throws {
      let orientation = Dihedral(rawValue: UInt8(raw))
      let copy = try ImageEncoder.png(Drawing(seed: 5).drawn().applying(orientation))
      let page = try await index.search(SearchRequest(image: .bytes(copy)))
      #expect(page.matches.map(\.itemID) == ["5"])
      #expect(page.matches.first?.isMirrored == orientation.isMirrored)
    }

    @Test func noMatchIsAnEmptyPage() async throws {
      let page = try await index.search(SearchRequest(image: .bytes(try Drawing(seed: 999).jpeg())))
      #expect(page.matches.isEmpty)
      #expect(page.total == 0)
      #expect(!page.hasMore)
    }

    @Test func categoriesLimitTheSearch() async throws {
      let bytes = try Drawing(seed: 4).jpeg()
      #expect(try await index.names(SearchRequest(image: .bytes(bytes), category: "even")) == ["4/p"])
      #expect(try await index.names(SearchRequest(image: .bytes(bytes), category: "odd")) == [])
      #expect(try await index.names(SearchRequest(image: .bytes(bytes), category: "unheard of")) == [])
    }

    @Test func pagesAreCutFromOneOrder() async throws {
      let folder = try TemporaryFolder()
      let index = try LocalIndex(path: folder.path + "/index")
      let drawing = Drawing(seed: 77)
      for i in 0..<7 { try await index.add("copy", "\(i)", try drawing.jpeg(300 + 10 * i, 220, quality: 90 - 10 * i)) }
      let query = ImageSource.bytes(try drawing.jpeg())
      let whole = try await index.search(SearchRequest(image: query))
      #expect(whole.total == 7)
      #expect(whole.matches.count == 7)
      #expect(whole.matches.allSatisfy { Match.Relation.copies.contains($0.relation ?? .shared) })
      #expect(whole.matches.compactMap(\.agreement).allSatisfy { $0.differs < 0.1 })
      var pieces: [String?] = []
      for offset in stride(from: 0, to: 9, by: 3) {
        let page = try await index.search(SearchRequest(image: query, limit: 3, offset: offset))
        #expect(page.total == 7)
        #expect(page.offset == offset)
        #expect(page.hasMore == (offset + 3 < 7))
        pieces += page.matches.map(\.imageName)
      }
      #expect(pieces == whole.matches.map(\.imageName))
      #expect(try await index.search(SearchRequest(image: query, offset: .max)).matches.isEmpty)
    }

    @Test func scoreAndConfidenceFilterBeforeCounting() async throws {
      let drawing = Drawing(seed: 3)
      let page = try await index.search(SearchRequest(image: .bytes(try drawing.jpeg(90, 70, quality: 15))))
      let match = try #require(page.matches.first)
      let score = try #require(match.score)
      let query = ImageSource.bytes(try drawing.jpeg(90, 70, quality: 15))
      #expect(try await index.search(SearchRequest(image: query, minimumScore: score)).total == 1)
      #expect(try await index.search(SearchRequest(image: query, minimumScore: min(100, score + 0.01))).total == 0)
      let confidence = try #require(match.confidence)
      #expect(try await index.search(SearchRequest(image: query, minimumConfidence: confidence)).total == 1)
    }

    @Test func aRegionIsSearchedAlone() async throws {
      let left = Drawing(seed: 2)
      let right = Drawing(seed: 9)
      // Two images side by side.
      let pair = left.drawn(320, 240).beside(right.drawn(320, 240))
      let bytes = try ImageEncoder.png(pair)
      let leftHalf = PixelRect(x: 0, y: 0, width: 320, height: 240)
      let rightHalf = PixelRect(x: 320, y: 0, width: 320, height: 240)
      #expect(try await index.names(SearchRequest(image: .bytes(bytes), region: leftHalf)) == ["2/p"])
      #expect(try await index.names(SearchRequest(image: .bytes(bytes), region: rightHalf)) == ["9/p"])
      let outside = PixelRect(x: 321, y: 0, width: 320, height: 240)
      let error = await failure {
        try await index.search(SearchRequest(image: .bytes(bytes), region: outside))
      }
      #expect(error?.code == .invalidArgument)
      #expect(error?.message.contains("640 × 240") == true)
    }

    @Test func argumentsOutOfRangeAreNamed() async throws {
      let image = ImageSource.bytes(try Drawing(seed: 1).jpeg(60, 60))
      let region = { PixelRect(x: $0, y: 0, width: $1, height: 1) }
      let refused: [(SearchRequest, String)] = [
        (SearchRequest(image: image, limit: 0), "limit is 0, allowed are 1 to 1000"),
        (SearchRequest(image: image, limit: 1001), "limit is 1001, allowed are 1 to 1000"),
        (SearchRequest(image: image, offset: -1), "offset is -1, it must be 0 or more"),
        (SearchRequest(image: image, minimumScore: 100.5), "minimumScore is 100.5, allowed are 0 to 100"),
        (SearchRequest(image: image, minimumScore: .nan), "minimumScore is nan, allowed are 0 to 100"),
        (SearchRequest(image: image, minimumConfidence: -0.1), "minimumConfidence is -0.1, allowed are 0 to 1"),
        (SearchRequest(image: image, category: ""), "category has 0 characters, allowed are 1 to 256"),
        (SearchRequest(image: image, region: region(-1, 1)), "region begins at (-1, 0), both must be 0 or more"),
        (SearchRequest(image: image, region: region(0, 0)), "region is 0 × 1 pixels, both must be 1 or more"),
        (SearchRequest(image: image, parameters: ["sort": "x"]), "The local index has no parameter sort"),
      ]
      for (request, message) in refused {
        let error = await failure { try await index.search(request) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message == message)
      }
      let huge = PixelRect(x: .max, y: .max, width: .max, height: .max)
      #expect(
        await failure { try await index.search(SearchRequest(image: image, region: huge)) }?.code == .invalidArgument)
    }

    @Test func badQueriesHaveTheirOwnCodes() async throws {
      let flat = try Drawing.flat()
      let cases: [(ImageSource, ImageSearchError.Code)] = [
        (.bytes([]), .emptyImage), (.bytes([9, 9, 9, 9]), .notAnImage), (.bytes(flat), .imageTooSimple),
        (.file(folder.path), .fileNotReadable), (.file("a\0b"), .fileNotReadable),
        (.url("http://127.0.0.1/a.jpg"), .addressRefused),
      ]
      for (image, code) in cases {
        #expect(await failure { try await index.search(SearchRequest(image: image)) }?.code == code)
      }
    }

    @Test func noDocumentIsMadeThatNobodyAskedFor() async throws {
      let page = try await index.search(SearchRequest(image: .bytes(try Drawing(seed: 6).jpeg())))
      #expect(page.matches.map(\.itemID) == ["6"])
      #expect(page.raw.isEmpty)
      #expect(page.service == "LocalIndex")
    }

    @Test func searchesAreUnlimitedAndNotCounted() async throws {
      #expect(try await index.quota().isUnlimited)
      #expect(!index.capabilities.contains(.remainingSearches))
      await #expect(throws: ImageSearchError.self) { try await index.remainingSearches() }
    }
  }

  extension ColorImage {
    /// Another image of the same height to the right of this.
    func beside(_ other: ColorImage) -> ColorImage {
      var result: [UInt8] = []
      for y in 0..<height {
        result += pixels[3 * width * y..<3 * width * (y + 1)]
        result += other.pixels[3 * other.width * y..<3 * other.width * (y + 1)]
      }
      return ColorImage(width: width + other.width, height: height, pixels: result) ?? self
    }
  }
#endif
