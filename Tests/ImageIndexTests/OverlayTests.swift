#if LocalIndex
  import FoundationEssentials
  import ImageSearch
  import ImageCodecs
  import ImageMatching
  import Rasters
  import Testing

  @testable import ImageIndex

  @Suite struct OverlayTests {
    /// Item `file` from a file, `bytes` with a thumbnail only; made once, since extraction takes long without optimization.
    private struct Fixture {
      let folder: TemporaryFolder
      let index: LocalIndex
    }

    private static let drawing = Drawing(seed: 21)
    private static let fixture = Task {
      let folder = try TemporaryFolder()
      let index = try LocalIndex(path: folder.path + "/index")
      let file = try folder.write("a.jpg", try drawing.jpeg(360, 270, quality: 95))
      _ = try await index.addImages([ImageItem(itemID: "file", images: [.init(name: "p", source: .file(file))])])
      try await index.add("bytes", "p", try Drawing(seed: 22).jpeg(360, 270, quality: 95))
      return Fixture(folder: folder, index: index)
    }

    private let folder: TemporaryFolder
    private let index: LocalIndex
    private let drawing = Self.drawing

    init() async throws {
      let fixture = try await Self.fixture.value
      (folder, index) = (fixture.folder, fixture.index)
    }

    private func match(_ query: [UInt8], of item: String) async throws -> Match {
      let page = try await index.search(SearchRequest(image: .bytes(query)))
      #expect(page.matches.map(\.itemID) == [item])
      return try #require(page.matches.first)
    }

    private func overlay(_ query: [UInt8], _ match: Match, _ style: OverlayStyle) async throws -> ColorImage {
      let bytes = try await index.overlay(of: match, query: .bytes(query), style: style, options: .init())
      #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
      return try ImageDecoder.decodeColor(bytes).image
    }

    /// Mean difference of two images in a rectangle, in levels of 255.
    private func difference(_ a: ColorImage, _ b: ColorImage, columns: Range<Int>, shift: Int = 0) -> Double {
      var sum = 0
      for y in 0..<min(a.height, b.height) {
        for x in columns {
          for c in 0..<3 {
            sum += abs(Int(a.pixels[3 * (y * a.width + x) + c]) - Int(b.pixels[3 * (y * b.width + x - shift) + c]))
          }
        }
      }
      return Double(sum) / Double(3 * columns.count * min(a.height, b.height))
    }

    /// The query is rotated, mirrored and half as large; aligned with the match, it is equal to it.
    @Test(arguments: ["file", "bytes"])
    func theQueryIsWarpedOntoTheMatch(item: String) async throws {
      let original = item == "file" ? drawing : Drawing(seed: 22)
      let small = original.drawn(180, 135)
      let query = try ImageEncoder.png(small.applying(Dihedral(rawValue: 5)))
      let match = try await match(query, of: item)
      let expected = original.drawn(360, 270)
      for style in [OverlayStyle.aligned, .blend] {
        let drawn = try await overlay(query, match, style)
        #expect((drawn.width, drawn.height) == (360, 270))
        #expect(difference(drawn, expected, columns: 5..<355) < 8)
      }
      // The left half is the match, not the smaller query.
      let halves = try await overlay(query, match, .aligned)
      #expect(difference(halves, expected, columns: 0..<180) < 6)
      let beside = try await overlay(query, match, .sideBySide)
      #expect((beside.width, beside.height) == (203 + 8 + 360, 270))
      #expect(difference(beside, expected, columns: 211..<571, shift: 211) < 6)
    }

    @Test func whatTheQueryDoesNotCoverIsGray() async throws {
      let whole = drawing.drawn(360, 270)
      var pixels: [UInt8] = []
      for y in 0..<270 { pixels += whole.pixels[3 * (y * 360 + 60)..<3 * (y * 360 + 270)] }
      let crop = try ImageEncoder.png(try #require(ColorImage(width: 210, height: 270, pixels: pixels)))
      let match = try await match(crop, of: "file")
      let halves = try await overlay(crop, match, .aligned)
      #expect(difference(halves, whole, columns: 0..<260) < 8)
      let gray = [UInt8](repeating: 128, count: 3)
      #expect(Array(halves.pixels[3 * (100 * 360 + 330)..<3 * (100 * 360 + 331)]) == gray)
      // A blend shows the match where the query is not.
      #expect(difference(try await overlay(crop, match, .blend), whole, columns: 0..<360) < 8)
    }

    @Test func aLargeImageIsDrawnSmaller() async throws {
      let large = try Drawing(seed: 23).jpeg(720, 405)
      try await index.add("large", "p", large)
      let drawn = try await overlay(large, try await match(large, of: "large"), .aligned)
      #expect((drawn.width, drawn.height) == (512, 288))
    }

    @Test func whatCannotBeDrawnIsSaid() async throws {
      let query = try Drawing(seed: 31).jpeg(160, 120)
      try await index.add("changes", "p", query)
      let match = try await match(query, of: "changes")
      func code(_ query: ImageSource?, _ match: Match) async -> ImageSearchError.Code? {
        await failure { try await index.overlay(of: match, query: query, style: .aligned, options: .init()) }?.code
      }
      #expect(await code(nil, match) == .invalidArgument)
      #expect(await code(.bytes(query), Match()) == .invalidArgument)
      for value in [Double.nan, .infinity] {
        var broken = match
        broken.transform?.m12 = value
        #expect(await code(.bytes(query), broken) == .invalidArgument)
      }
      var flat = match
      flat.transform = AffineMap(m11: 0, m12: 0, m13: 0, m21: 0, m22: 0, m23: 0)
      #expect(await code(.bytes(query), flat) == .invalidArgument)
      var far = match
      far.transform = AffineMap(m11: 1e-300, m12: 0, m13: 1e300, m21: 0, m22: 1e300, m23: -1e300)
      _ = await failure2 { try await index.overlay(of: far, query: .bytes(query), style: .blend, options: .init()) }
      #expect(await code(.bytes([1, 2, 3]), match) == .notAnImage)
      #expect(await code(.file(folder.path + "/none"), match) == .fileNotReadable)
      var late = CallOptions()
      late.totalTimeout = .nanoseconds(1)
      #expect(
        await failure { try await index.overlay(of: match, query: .bytes(query), style: .blend, options: late) }?
          .code == .deadlineExceeded)
      // Replaced since, then removed.
      try await index.add("changes", "p", try Drawing(seed: 30).jpeg(160, 120))
      #expect(await code(.bytes(query), match) == .notFound)
      _ = try await index.removeImages([RemoveRequest(itemID: "changes")])
      #expect(await code(.bytes(query), match) == .notFound)
    }

    @Test func withoutFileAndThumbnailThereIsNothingToDraw() async throws {
      var bare = LocalIndexConfiguration()
      bare.thumbnailSide = 0
      let query = try Drawing(seed: 40).jpeg(160, 120)
      try await LocalIndex(path: index.path, configuration: bare).add("bare", "p", query)
      let match = try await match(query, of: "bare")
      let error = await failure {
        try await index.overlay(of: match, query: .bytes(query), style: .aligned, options: .init())
      }
      #expect(error?.code == .notFound)
    }

    /// The error, if any, for input that may lead to anything but the end of the process.
    private func failure2(_ body: () async throws -> [UInt8]) async -> (any Error)? {
      do {
        _ = try await body()
        return nil
      } catch { return error }
    }
  }
#endif
