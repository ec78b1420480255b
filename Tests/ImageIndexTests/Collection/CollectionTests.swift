#if LocalIndex
  import FoundationEssentials
  import ImageCodecs
  import ImageSearch
  import Rasters
  import Testing

  @testable import ImageIndex

  @Suite struct CollectionTests {
    private let folder: TemporaryFolder
    private let index: LocalIndex

    init() async throws {
      folder = try TemporaryFolder()
      index = try LocalIndex(path: folder.path + "/index")
    }

    private func add(_ id: String, _ names: [String] = ["p"], category: String? = nil, seed: UInt64 = 1) async throws {
      let images = try names.enumerated().map { number, name in
        ImageItem.Image(name: name, source: .bytes(try Drawing(seed: seed + 100 * UInt64(number)).jpeg()))
      }
      let report = try await index.addImages([ImageItem(itemID: id, images: images, category: category)])
      #expect(report.entries.allSatisfy { $0.outcome.text == "added" })
    }

    @Test func itemsComeInTheOrderOfAddingAndInPages() async throws {
      for (number, id) in ["c", "a", "b", "d"].enumerated() { try await add(id, ["y", "x"], seed: UInt64(number)) }
      let all = try await index.items()
      #expect(all.map(\.itemID) == ["c", "a", "b", "d"])
      #expect(all.map { $0.images.map(\.imageName) } == Array(repeating: ["y", "x"], count: 4))
      var paged: [String] = []
      var position: Int64 = 0
      while let item = try await index.items(after: position, limit: 1).first {
        paged.append(item.itemID)
        position = item.position
        // Items removed meanwhile do not hide others.
        if item.itemID == "a" { _ = try await index.removeImages([RemoveRequest(itemID: "c")], options: .init()) }
      }
      #expect(paged == ["c", "a", "b", "d"])
      var iterated: [String] = []
      for try await item in index.allItems() { iterated.append(item.itemID) }
      #expect(iterated == ["a", "b", "d"])
    }

    @Test func anImageTellsWhatWasAsked() async throws {
      let bytes = try Drawing(seed: 3).jpeg()
      let path = folder.path + "/é.jpg"
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      _ = try await index.addImages([
        ImageItem(itemID: "a", images: [.init(name: "p", source: .file(path))], category: "x", customContent: "y")
      ])
      let image = try #require(try await index.item("a")?.images.first)
      #expect(image.width == 240 && image.height == 180 && image.fileSize == bytes.count && image.format == "JPEG")
      #expect(image.category == "x" && image.customContent == "y" && image.sha256.count == 64)
      #expect(image.sourcePath?.hasSuffix("/é.jpg") == true)
      #expect(abs(image.addedAt.timeIntervalSinceNow) < 600)
      #expect(try await index.item("b") == nil)
      #expect(try await index.contains(itemID: "a"))
      #expect(try await index.contains(itemID: "a", imageName: "p"))
      #expect(try await !index.contains(itemID: "a", imageName: "q"))
      #expect(try await !index.contains(itemID: "b"))
      #expect(try await index.images(sameAs: .bytes(bytes)).map(\.itemID) == ["a"])
      let match = try #require(try await index.search(SearchRequest(image: .bytes(bytes))).matches.first)
      #expect(match.sha256 == image.sha256 && match.exifDate == nil && match.fileSize == bytes.count)
      #expect(try await index.images(sameAs: .bytes([1, 2, 3])).isEmpty)
    }

    @Test func imagesAreCountedByCategory() async throws {
      try await add("a", ["1", "2"], category: "x", seed: 1)
      try await add("b", category: "y", seed: 2)
      try await add("c", seed: 3)
      #expect(try await index.count() == 4)
      #expect(try await index.count(category: "x") == 2)
      #expect(try await index.count(category: "z") == 0)
      #expect(try await index.categories().map { "\($0.name) \($0.count)" } == ["x 2", "y 1"])
    }

    /// For Swift, texts are equal that only look alike; for a file system, for SQLite and for C they are two.
    @Test func whatOnlyLooksAlikeIsTwo() async throws {
      let (one, two) = ("caf\u{e9}", "cafe\u{301}")
      #expect(one == two)
      func bytes(_ texts: [String?]) -> [[UInt8]] { texts.map { Array(($0 ?? "-").utf8) } }
      for id in [one, two] { try await add(id, [one, two], category: one) }

      var groups: [LocalIndex.Group] = []
      for try await group in index.groups() { groups.append(group) }
      #expect(groups.map { bytes($0.members.map(\.image.itemID)) } == [bytes([two, one]), bytes([two, one])])
      let found = try await index.search(stored: one, imageName: two).matches
      #expect(bytes(found.map(\.itemID)) == bytes([two]) && bytes(found.map(\.imageName)) == bytes([two]))

      #expect(try await index.update(itemID: one, imageName: two, category: .some(two)) == 1)
      let images = try #require(try await index.item(one)?.images)
      #expect(bytes(images.map(\.category)) == bytes([one, two]))
      #expect(bytes(try await index.categories().map(\.name)) == bytes([two, one]))
      #expect(try await index.count(category: two) == 1)
      var options = LocalIndex.GroupOptions(category: two)
      options.withinItems = true
      for try await group in index.groups(options) { Issue.record("\(group.members.count) of one image") }
      let drawing = try Drawing(seed: 1).jpeg()
      #expect(try await index.add("a", "p", drawing, content: one).text == "added")
      #expect(try await index.add("a", "p", drawing, content: two).text == "replaced")
      #expect(try await index.add("a", "p", drawing, content: two).text == "unchanged")
    }

    @Test func anUpdateChangesWhatIsSaidAndNotWhatIsFound() async throws {
      try await add("a", ["1", "2"], category: "x", seed: 1)
      try await add("b", category: "x", seed: 2)
      #expect(try await index.update(itemID: "a", customContent: .some("new")) == 2)
      #expect(try await index.update(itemID: "a", imageName: "2", category: .some("y")) == 1)
      let item = try #require(try await index.item("a"))
      #expect(item.images.map(\.customContent) == ["new", "new"])
      #expect(item.images.map(\.category) == ["x", "y"])
      let query = ImageSource.bytes(try Drawing(seed: 101).jpeg(200, 150))
      #expect(try await index.search(SearchRequest(image: query, category: "y")).matches.map(\.imageName) == ["2"])
      #expect(try await index.search(SearchRequest(image: query, category: "x")).matches.isEmpty)
      #expect(try await index.update(itemID: "a", category: .some(nil), customContent: .some(nil)) == 2)
      #expect(try await index.item("a")?.images.allSatisfy { $0.category == nil && $0.customContent == nil } == true)
      #expect(try await index.imageCount(options: .init()) == 3)
      let error = await #expect(throws: ImageSearchError.self) { try await index.update(itemID: "none") }
      #expect(error?.code == .notFound)
    }

    @Test func aThumbnailIsASmallWebP() async throws {
      try await add("a")
      let thumbnail = try await index.thumbnail(itemID: "a", imageName: "p")
      #expect(Array(thumbnail[8..<12]) == Array("WEBP".utf8))
      let error = await #expect(throws: ImageSearchError.self) {
        try await index.thumbnail(itemID: "a", imageName: "q")
      }
      #expect(error?.code == .notFound)
    }

    @Test func aStoredImageFindsTheOthers() async throws {
      let drawing = Drawing(seed: 5)
      for (id, bytes) in [("a", try drawing.jpeg()), ("b", try drawing.jpeg(200, 150)), ("c", try drawing.jpeg())] {
        _ = try await index.addImages([ImageItem(itemID: id, images: [.init(name: "p", source: .bytes(bytes))])])
      }
      try await add("d", seed: 9)
      let page = try await index.search(stored: "a", imageName: "p")
      #expect(Set(page.matches.compactMap(\.itemID)) == ["b", "c"] && page.total == 2)
      // Page by page: the image itself takes no place, whatever its rank.
      for id in ["a", "b", "c"] {
        let all = try await index.search(stored: id, imageName: "p").matches.compactMap(\.itemID)
        var request = SearchRequest(image: .bytes([UInt8]()), limit: 1)
        var found: [String] = []
        for _ in 0..<4 {
          let page = try await index.search(stored: id, imageName: "p", request: request)
          #expect(page.total == 2 && page.hasMore == (found.count == 0))
          found += page.matches.compactMap(\.itemID)
          request.offset = page.nextOffset
        }
        #expect(found == all && Set(all) == Set(["a", "b", "c"]).subtracting([id]))
      }
      let error = await #expect(throws: ImageSearchError.self) { try await index.search(stored: "x", imageName: "p") }
      #expect(error?.code == .notFound)
    }

    @Test func imagesWhoseFilesAreGoneAreForgotten() async throws {
      let files = folder.path + "/files"
      try FileManager.default.createDirectory(atPath: files + "/sub", withIntermediateDirectories: true)
      for (number, name) in ["a.jpg", "b.jpg", "sub/c.jpg"].enumerated() {
        try Data(try Drawing(seed: UInt64(number)).jpeg()).write(to: URL(fileURLWithPath: files + "/" + name))
      }
      _ = try await index.addFolder(files)
      try await add("bytes", seed: 9)
      #expect(try await index.prune().gone.isEmpty)
      try FileManager.default.removeItem(atPath: files + "/b.jpg")
      try FileManager.default.removeItem(atPath: files + "/sub")
      let dry = try await index.prune()
      #expect(dry.gone.map(\.imageName) == ["b.jpg", "c.jpg"] && !dry.isApplied && dry.checkedCount == 3)
      #expect(try await index.count() == 4)
      let report = try await index.prune(folder: files, apply: true)
      #expect(report.isApplied && report.gone.count == 2)
      #expect(try await index.items().map(\.itemID) == ["a.jpg", "bytes"])
    }

    @Test func aFolderThatIsNotThereTakesNothingAlong() async throws {
      let files = folder.path + "/files"
      try FileManager.default.createDirectory(atPath: files, withIntermediateDirectories: true)
      try Data(try Drawing(seed: 1).jpeg()).write(to: URL(fileURLWithPath: files + "/a.jpg"))
      _ = try await index.addFolder(files)
      try FileManager.default.removeItem(atPath: files)
      let error = await #expect(throws: ImageSearchError.self) {
        try await index.prune(folder: files, apply: true)
      }
      #expect(error?.code == .fileNotReadable)
      #expect(try await index.count() == 1)
    }

    @Test func twoImagesAreCompared() async throws {
      let drawing = Drawing(seed: 4)
      let original = try drawing.jpeg()
      _ = try await index.addImages([ImageItem(itemID: "a", images: [.init(name: "p", source: .bytes(original))])])
      let same = try await index.compare(.image(.bytes(original)), .stored(itemID: "a", imageName: "p"))
      #expect(same.relation == .identical && same.confidence == 1 && same.score == 100)
      let smaller = try await index.compare(
        .image(.bytes(try drawing.jpeg(120, 90))), .stored(itemID: "a", imageName: "p"))
      #expect([.reencoded, .altered].contains(smaller.relation))
      #expect(smaller.confidence > 0.9 && smaller.firstOverlap > 95 && smaller.secondOverlap > 95)
      let transform = try #require(smaller.transform)
      #expect(abs(transform.m11 - 2) < 0.1 && abs(transform.m22 - 2) < 0.1)
      #expect(smaller.explanation.description.contains("agree in place and look"))
      let stranger = try await index.compare(.image(.bytes(try Drawing(seed: 8).jpeg())), .image(.bytes(original)))
      #expect(stranger.relation == nil && stranger.transform == nil)
      let flat = try await index.compare(.image(.bytes(try Drawing.flat())), .image(.bytes(original)))
      #expect(flat.relation == nil && flat.explanation.description.contains("too simple"))
      let drawn = try await index.overlay(
        .image(.bytes(try drawing.jpeg(120, 90))), .stored(itemID: "a", imageName: "p"), style: .sideBySide)
      #expect(Array(drawn[1..<4]) == Array("PNG".utf8))
      let nothing = await #expect(throws: ImageSearchError.self) {
        try await index.overlay(.image(.bytes(try Drawing(seed: 8).jpeg())), .image(.bytes(original)))
      }
      #expect(nothing?.code == .notFound)
    }
  }
#endif
