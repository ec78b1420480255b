#if LocalIndex
  import ImageCodecs
  import ImageMatching
  import Rasters
  import ImageSearch
  import Testing

  @testable import ImageIndex

  /// Added images are found by their own bytes, whatever their content.
  @Suite struct SameBytesTests {
    private let folder: TemporaryFolder
    private let index: LocalIndex

    init() throws {
      folder = try TemporaryFolder()
      index = try LocalIndex(path: folder.path + "/index")
    }

    /// One colour, gradients, few shapes, tiny ones, noise, drawings.
    private static func image(_ kind: Int, _ random: inout SplitMix) throws -> [UInt8] {
      let width = kind == 3 ? Int.random(in: 1...12, using: &random) : Int.random(in: 30...200, using: &random)
      let height = kind == 3 ? Int.random(in: 1...12, using: &random) : Int.random(in: 30...150, using: &random)
      if kind == 5 { return try Drawing(seed: random.next()).jpeg(width, height) }
      var pixels = [UInt8](repeating: 0, count: 3 * width * height)
      let tone = UInt8.random(in: 0...255, using: &random)
      for y in 0..<height {
        for x in 0..<width {
          for channel in 0..<3 {
            let at = 3 * (y * width + x) + channel
            switch kind {
            case 0: pixels[at] = tone
            case 1: pixels[at] = UInt8(y * 255 / max(1, height - 1)) ^ tone
            case 2:
              pixels[at] =
                4 * (x - width / 2) * (x - width / 2) + 4 * (y - height / 2) * (y - height / 2) < width * height / 4
                ? tone : 255
            default: pixels[at] = UInt8.random(in: 0...255, using: &random)
            }
          }
        }
      }
      return try ImageEncoder.png(try #require(ColorImage(width: width, height: height, pixels: pixels)))
    }

    @Test func areFoundFirstAndForCertain() async throws {
      var random = SplitMix(state: 2026)
      var stored: [String: [UInt8]] = [:]
      for number in 0..<60 {
        let bytes = try Self.image(number % 6, &random)
        guard !stored.values.contains(bytes) else { continue }
        let report = try await index.addImages([
          ImageItem(itemID: "\(number)", images: [.init(name: "p", source: .bytes(bytes))], category: "\(number % 2)")
        ])
        let entry = try #require(report.entries.first)
        #expect(entry.outcome.text == "added", "\(number)")
        stored["\(number)"] = bytes
        if number == 30 { try index.makeSegments(all: true) }
      }
      for round in 0..<2 {
        for (item, bytes) in stored {
          let page = try await index.search(SearchRequest(image: .bytes(bytes), limit: 1))
          let match = try #require(page.matches.first, "\(item)")
          #expect(match.itemID == item)
          #expect(match.relation == .identical)
          #expect(match.confidence == 1)
          #expect(match.score == 100)
          #expect(match.queryOverlap == 100)
        }
        if round == 0 { #expect(try await index.rebuild().entries.allSatisfy { $0.outcome.text == "unchanged" }) }
      }
      // Not after they were removed, and not in another category.
      let flat = try #require(stored["0"])
      let other = SearchRequest(image: .bytes(flat), category: "1")
      #expect(await failure { try await index.search(other) }?.code == .imageTooSimple)
      #expect(try await index.search(SearchRequest(image: .bytes(flat), category: "0")).total == 1)
      #expect(try await index.removeImages([RemoveRequest(itemID: "0")]) == 1)
      #expect(await failure { try await index.names(flat) }?.code == .imageTooSimple)
    }

    @Test func everyItemWithTheBytesIsFoundInTheOrderOfItsNames() async throws {
      let bytes = try Drawing(seed: 5).jpeg()
      let altered = try Drawing(seed: 5).jpeg(200, 150)
      for item in ["b", "a", "c"] { try await index.add(item, "p", bytes) }
      try await index.add("A", "p", altered)
      var request = SearchRequest(image: .bytes(bytes))
      #expect(try await index.names(request) == ["a/p", "b/p", "c/p", "A/p"])
      let all = try await index.search(request)
      #expect(all.total == 4)
      // The same page by page.
      request.limit = 2
      var paged: [String?] = []
      for try await match in index.matches(request) { paged.append(match.itemID) }
      #expect(paged == ["a", "b", "c", "A"])
      request.offset = 3
      #expect(try await index.names(request) == ["A/p"])
      // A region is not the whole image.
      let region = SearchRequest(image: .bytes(bytes), region: .init(x: 0, y: 0, width: 240, height: 180))
      #expect(try await index.search(region).total == 4)
    }

    @Test func addingThemAgainChangesNothing() async throws {
      let flat = try Drawing.flat()
      #expect(try await index.add("a", "p", flat).text == "added")
      #expect(try await index.add("a", "p", flat).text == "unchanged")
      #expect(try await index.add("a", "p", flat, content: "x").text == "replaced")
      #expect(try await index.search(SearchRequest(image: .bytes(flat))).matches.map(\.customContent) == ["x"])
    }
  }
#endif
