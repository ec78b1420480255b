#if LocalIndex
  import FoundationEssentials
  import ImageSearch
  import ImageCodecs
  import ImageMatching
  import Rasters
  import Testing

  @testable import ImageIndex

  /// Searches beside writers, ending of searches, and several images in one query.
  @Suite struct ReadersAndLimitsTests {
    private let folder: TemporaryFolder
    private let index: LocalIndex

    init() throws {
      folder = try TemporaryFolder()
      index = try LocalIndex(path: folder.path + "/index")
    }

    @Test func everyImageOfACollageIsFound() async throws {
      let drawings = (0..<5).map { Drawing(seed: 200 + $0) }
      for (i, drawing) in drawings.enumerated() { try await index.add("\(i)", "p", try drawing.jpeg()) }
      let parts = drawings[0..<4].map { $0.drawn(200, 150) }
      var pixels: [UInt8] = []
      for row in 0..<2 {
        for y in 0..<150 {
          for column in 0..<2 { pixels += parts[2 * row + column].pixels[3 * 200 * y..<3 * 200 * (y + 1)] }
        }
      }
      let collage = try ImageEncoder.png(try #require(ColorImage(width: 400, height: 300, pixels: pixels)))
      let matches = try await index.search(SearchRequest(image: .bytes(collage))).matches
      #expect(matches.compactMap(\.itemID).sorted() == ["0", "1", "2", "3"])
      // Each transform is correct: the middle of its quarter is the middle of the match.
      for match in matches {
        let number = try #require(match.itemID.flatMap { Int($0) })
        let map = try #require(match.transform)
        let (x, y) = (Double(100 + 200 * (number % 2)), Double(75 + 150 * (number / 2)))
        #expect(abs(map.m11 * x + map.m12 * y + map.m13 - 120) < 6)
        #expect(abs(map.m21 * x + map.m22 * y + map.m23 - 90) < 6)
        let covered = try #require(match.queryOverlap)
        #expect((12...30).contains(covered), "\(covered) %")
        #expect(try #require(match.matchOverlap) > 80)
      }
      // A region contains one of them.
      var request = SearchRequest(image: .bytes(collage))
      request.region = .init(x: 200, y: 150, width: 200, height: 150)
      #expect(try await index.names(request) == ["3/p"])
    }

    @Test func aSearchEndsWithItsDeadlineAndItsTask() async throws {
      let bytes = try Drawing(seed: 1).jpeg()
      try await index.add("a", "p", bytes)
      let request = SearchRequest(image: .bytes(bytes))
      let late = CallOptions(totalTimeout: .seconds(1e-6))
      #expect(await failure { try await index.search(request, options: late) }?.code == .deadlineExceeded)
      let call = Task { try await index.search(request) }
      call.cancel()
      #expect(await failure { try await call.value }?.code == .cancelled)
      let batch = await failure {
        try await index.addBatch(
          [ImageItem(itemID: "b", images: [.init(name: "p", source: .bytes(bytes))])], options: late)
      }
      #expect(batch?.code == .deadlineExceeded)
      #expect(try await index.imageCount() == 1)
    }

    /// Another process may hold the write lock as long as it likes.
    @Test func aReaderNeverWaitsForAWriter() async throws {
      let bytes = try Drawing(seed: 1).jpeg()
      try await index.add("a", "p", bytes)
      let writer = try SQLiteConnection(path: index.store.directory.database, access: .readWrite, lockTimeout: .zero)
      try writer.run("BEGIN IMMEDIATE")
      try writer.run("DELETE FROM images")
      let reader = try LocalIndex(path: index.path)
      let options = CallOptions(totalTimeout: .seconds(60))
      for client in [index, reader] {
        let page = try await client.search(SearchRequest(image: .bytes(bytes)), options: options)
        #expect(page.matches.map(\.itemID) == ["a"])
        #expect(try await client.imageCount(options: options) == 1)
      }
      try writer.run("ROLLBACK")
    }

    /// An image of 12 megapixels takes 36 MB in colour; only a fraction of it is in memory at a time, also with four of them.
    @Test(.timeLimit(.minutes(5))) func largeImagesAreNotHeldWhole() async throws {
      let small = Drawing(seed: 9).drawn(500, 375)
      let times = 8
      var pixels = [UInt8](repeating: 0, count: 3 * 500 * times * 375 * times)
      small.pixels.withUnsafeBufferPointer { source in
        pixels.withUnsafeMutableBufferPointer { target in
          for y in 0..<375 * times {
            for x in 0..<500 * times {
              let (to, from) = (3 * (y * 500 * times + x), 3 * (y / times * 500 + x / times))
              target[to] = source[from]
              target[to + 1] = source[from + 1]
              target[to + 2] = source[from + 2]
            }
          }
        }
      }
      let large = try #require(ColorImage(width: 500 * times, height: 375 * times, pixels: pixels))
      let bytes = try ImageEncoder.jpeg(large)
      for i in 0..<4 { _ = try folder.write("\(i).jpg", bytes) }
      let child = try Child("memory", ["LOCAL_INDEX_PATH": index.path, "LOCAL_INDEX_FOLDER": folder.path])
      #expect(child.wait() == 0)
      #expect(try await index.imageCount() == 4)
    }
  }
#endif
