#if LocalIndex
  import FoundationEssentials
  import ImageSearch
  import Testing

  @testable import ImageIndex

  /// Building, merging and repairing segments, and searching in them.
  @Suite struct CompactorTests {
    private let folder: TemporaryFolder
    private let index: LocalIndex

    init() throws {
      folder = try TemporaryFolder()
      index = try LocalIndex(path: folder.path + "/index")
    }

    private func insertRandom(_ range: Range<Int>) throws {
      try index.insert(range.map { NewImage.random($0, features: 12) })
    }

    @Test func whatIsTooMuchForASegmentBecomesSeveral() async throws {
      var configuration = LocalIndexConfiguration()
      configuration.segmentImages = 40
      let folder = try TemporaryFolder()
      let index = try LocalIndex(path: folder.path + "/index", configuration: configuration)
      try index.insert((0..<130).map { NewImage.random($0) })
      try index.makeSegments(all: true)
      #expect(try index.segmentRows.map(\.images) == [40, 40, 40, 10])
      try index.insert((130..<175).map { NewImage.random($0) })
      try index.makeSegments(all: true)
      #expect(try index.segmentRows.map(\.images) == [40, 40, 40, 10, 40, 5])
      _ = try index.store.write(CallControl()) { transaction in
        for i in 0..<20 { _ = try transaction.remove(RemoveRequest(itemID: "random-\(i)")) }
        try transaction.noteChange(of: -20)
      }
      // Merged where the size permits; each image is in one of them.
      try index.makeSegments(all: true)
      let rows = try index.segmentRows
      #expect(rows.map(\.images).reduce(0, +) == 155)
      #expect(rows.allSatisfy { $0.images <= 40 })
      #expect(try await index.imageCount() == 155)
      let bytes = try Drawing(seed: 7).jpeg()
      try await index.add("drawing", "p", bytes)
      try index.makeSegments(all: true)
      #expect(try await index.names(bytes) == ["drawing/p"])
    }

    @Test func sizesGrowGeometrically() throws {
      for step in 0..<12 {
        try insertRandom(step * 2100..<(step + 1) * 2100)
        try index.makeSegments()
        let rows = try index.segmentRows
        #expect(rows.reduce(0) { $0 + $1.images } == (step + 1) * 2100)
        #expect(rows.count <= 3)
        for (larger, smaller) in zip(rows, rows.dropFirst()) { #expect(larger.images > 3 * smaller.images) }
      }
    }

    @Test func fewImagesStayInMemory() throws {
      try insertRandom(0..<LocalIndexConfiguration().newerImages - 1)
      try index.makeSegments()
      #expect(try index.segmentRows.isEmpty)
    }

    @Test func manyDeletionsMakeASegmentAnew() throws {
      try insertRandom(0..<2100)
      try index.makeSegments()
      let before = try #require(try index.segmentRows.first)
      func remove(_ range: Range<Int>) throws {
        try index.store.write(CallControl()) { transaction in
          for i in range { _ = try transaction.remove(RemoveRequest(itemID: "random-\(i)")) }
          try transaction.noteChange(of: -range.count)
        }
      }
      try remove(0..<500)
      try index.makeSegments()
      #expect(try index.segmentRows == [before])
      try remove(500..<600)
      try index.makeSegments()
      #expect(try index.segmentRows.map(\.images) == [1500])
      #expect(try index.store.read(CallControl()) { try $0.lastDeletion() } == 0)
    }

    @Test func whatIsInSegmentsAndWhatIsNewerIsFoundAndDeletedThingsAreNot() async throws {
      let drawings = try (0..<3).map { try Drawing(seed: UInt64($0)).jpeg() }
      try await index.add("a", "0", drawings[0], category: "x")
      try await index.add("a", "1", drawings[1], category: "y")
      try insertRandom(0..<2100)
      try index.makeSegments()
      #expect(try index.segmentRows.count == 1)
      try await index.add("a", "2", drawings[2], category: "y")
      let other = try LocalIndex(path: index.path)
      for reader in [index, other] {
        for (i, bytes) in drawings.enumerated() { #expect(try await reader.names(bytes) == ["a/\(i)"]) }
        #expect(try await reader.names(SearchRequest(image: .bytes(drawings[1]), category: "y")) == ["a/1"])
        #expect(try await reader.names(SearchRequest(image: .bytes(drawings[1]), category: "x")) == [])
        #expect(try await reader.names(SearchRequest(image: .bytes(drawings[2]), category: "y")) == ["a/2"])
      }
      #expect(try await index.removeImages([RemoveRequest(itemID: "a", imageName: "1")]) == 1)
      #expect(try await other.removeImages([RemoveRequest(itemID: "a", imageName: "2")]) == 1)
      for reader in [index, other] {
        #expect(try await reader.names(drawings[0]) == ["a/0"])
        #expect(try await reader.names(drawings[1]) == [])
        #expect(try await reader.names(drawings[2]) == [])
      }
      try index.makeSegments(all: true)
      for reader in [index, other] {
        #expect(try await reader.names(drawings[0]) == ["a/0"])
        #expect(try await reader.names(drawings[1]) == [])
      }
    }

    @Test(arguments: ["missing", "short", "header", "starts", "postings"])
    func aDamagedSegmentIsMadeAnew(how: String) async throws {
      let bytes = try Drawing(seed: 1).jpeg()
      try await index.add("a", "p", bytes)
      try insertRandom(0..<2100)
      try index.makeSegments()
      let row = try #require(try index.segmentRows.first)
      let layout = try Segment(
        directory: index.store.directory.segments, name: row.file, firstImage: row.first, lastImage: row.last
      ).header.layout
      index.close()
      let file = index.store.directory.segments + "/" + row.file
      var content = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
      switch how {
      case "missing": content = []
      case "short": content.removeLast(content.count / 3)
      case "header": content[20] ^= 4
      case "starts": content[layout.starts.lowerBound + 100] ^= 4
      // Damages every posting, so that a search reads some of them.
      default: for i in layout.words { content[i] ^= 0x10 }
      }
      if how == "missing" {
        try FileManager.default.removeItem(atPath: file)
      } else {
        _ = try folder.write("index/segments/" + row.file, content)
      }
      var readOnly = LocalIndexConfiguration()
      readOnly.readOnly = true
      let reader = try LocalIndex(path: index.path, configuration: readOnly)
      #expect(try await reader.names(bytes) == ["a/p"])
      #expect(try reader.segmentRows == [row])
      let writer = try LocalIndex(path: index.path)
      #expect(try await writer.names(bytes) == ["a/p"])
      let repaired = try writer.segmentRows
      #expect(repaired.map(\.images) == [2101])
      #expect(repaired.map(\.file) != [row.file])
      #expect(try await reader.names(bytes) == ["a/p"])
    }

    @Test func leftoversAreRemoved() throws {
      try insertRandom(0..<2100)
      try index.makeSegments()
      _ = try folder.write("index/segments/1-9-9.segment.new", [1, 2, 3])
      try index.makeSegments()
      let names = try FileManager.default.contentsOfDirectory(atPath: index.store.directory.segments)
      #expect(names == [try #require(try index.segmentRows.first).file])
    }

    @Test func addingManyImagesMakesSegmentsByItself() async throws {
      try insertRandom(0..<2100)
      try await index.add("a", "p", try Drawing(seed: 1).jpeg())
      for _ in 0..<400 where try index.segmentRows.isEmpty { try await Task.sleep(for: .milliseconds(50)) }
      #expect(try index.segmentRows.map(\.images) == [2101])
    }
  }
#endif
