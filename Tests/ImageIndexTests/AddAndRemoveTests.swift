#if LocalIndex
  import FoundationEssentials
  import ImageSearch
  import Testing

  @testable import ImageIndex

  @Suite struct AddAndRemoveTests {
    private let folder: TemporaryFolder
    private let index: LocalIndex

    init() throws {
      folder = try TemporaryFolder()
      index = try LocalIndex(path: folder.path + "/index")
    }

    @Test func whatWasAddedIsCountedAndFoundWithEverythingThatWasSaid() async throws {
      let bytes = try Drawing(seed: 1).jpeg(400, 300)
      #expect(try await index.add("1000", "front", bytes, category: "shoes", content: "{\"k\":\"ü\"}").text == "added")
      #expect(try await index.imageCount() == 1)
      let page = try await index.search(SearchRequest(image: .bytes(bytes)))
      let match = try #require(page.matches.first)
      #expect(page.total == 1)
      #expect(match.itemID == "1000")
      #expect(match.imageName == "front")
      #expect(match.category == "shoes")
      #expect(match.customContent == "{\"k\":\"ü\"}")
      #expect(match.width == 400)
      #expect(match.height == 300)
      #expect(match.format == "JPEG")
      #expect(match.fileSize == bytes.count)
      #expect(try #require(match.score) > 99)
      #expect(try #require(match.confidence) > 0.99)
    }

    @Test func addingAgainReplaces() async throws {
      let first = try Drawing(seed: 1).jpeg()
      let second = try Drawing(seed: 2).jpeg()
      #expect(try await index.add("a", "p", first).text == "added")
      #expect(try await index.add("a", "p", second).text == "replaced")
      #expect(try await index.imageCount() == 1)
      #expect(try await index.names(first) == [])
      #expect(try await index.names(second) == ["a/p"])
    }

    @Test func theSameBytesAreLeftAloneButNewWordsAreTaken() async throws {
      let bytes = try Drawing(seed: 1).jpeg()
      try await index.add("a", "p", bytes, category: "x", content: "1")
      #expect(try await index.add("a", "p", bytes, category: "x", content: "1").text == "unchanged")
      #expect(try await index.add("a", "p", bytes, category: "y", content: "2").text == "replaced")
      let page = try await index.search(SearchRequest(image: .bytes(bytes)))
      #expect(page.matches.map(\.category) == ["y"])
      #expect(page.matches.map(\.customContent) == ["2"])
    }

    @Test func oneBadImageDoesNotStopTheRest() async throws {
      let good = try Drawing(seed: 1).jpeg()
      let flat = try Drawing.flat()
      let long = String(repeating: "é", count: 2049)
      let path = String(repeating: "é", count: 2048)
      let report = try await index.addImages([
        ImageItem(
          itemID: "a",
          images: [
            .init(name: "1", source: .bytes(good)), .init(name: "2", source: .bytes([1, 2, 3])),
            .init(name: "3", source: .bytes([])), .init(name: "4", source: .bytes(Array(good.prefix(200)))),
            .init(name: "5", source: .file(folder.path + "/nowhere.jpg")), .init(name: "6", source: .bytes(flat)),
            .init(name: long, source: .bytes(good)), .init(name: "", source: .bytes(good)),
            .init(name: "7", source: .url("http://127.0.0.1/a.jpg")), .init(name: "8", source: .file("/dev/zero")),
            .init(name: path, source: .bytes(good)),
          ]),
        ImageItem(itemID: path, images: [.init(name: path, source: .bytes(good))]),
        ImageItem(itemID: long, images: [.init(name: "1", source: .bytes(good))]),
        ImageItem(
          itemID: "b", images: [.init(name: "1", source: .bytes(good))],
          customContent: String(repeating: "é", count: 4097)),
        ImageItem(itemID: "c", images: [.init(name: "1", source: .bytes(good))], parameters: ["IntAttr": "1"]),
        ImageItem(itemID: "d\0", images: [.init(name: "1", source: .bytes(good))]),
        ImageItem(
          itemID: "e", images: [.init(name: "1", source: .bytes(good))],
          customContent: String(repeating: "é", count: 4096)),
      ])
      #expect(
        report.entries.map(\.outcome.text) == [
          "added", "notAnImage", "emptyImage", "corruptImage", "fileNotReadable", "added",
          "invalidArgument", "invalidArgument", "addressRefused", "fileNotReadable", "added", "added",
          "invalidArgument", "invalidArgument",
          "invalidArgument", "invalidArgument", "added",
        ])
      #expect(report.succeededCount == 5)
      #expect(
        report.entries[5].warning == "the image is too simple to be matched, only exact copies of the file are found")
      #expect(try await index.imageCount() == 5)
      guard case .failed(let error) = report.entries[6].outcome else { return }
      #expect(error.message == "imageName has 4098 bytes, allowed are 1 to 4096")
    }

    @Test func anItemWithoutImagesIsAnEntry() async throws {
      let good = try Drawing(seed: 1).jpeg()
      let items = [
        ImageItem(itemID: "a", images: []), ImageItem(itemID: "b", images: [.init(name: "p", source: .bytes(good))]),
      ]
      for report in [try await index.addImages(items), try await index.addBatch(items)] {
        #expect(report.entries.map(\.itemID) == ["a", "b"])
        #expect(report.entries.first?.outcome.text == "invalidArgument")
        #expect(report.failedCount == 1)
      }
      #expect(try await index.imageCount() == 1)
    }

    @Test func theSameImageTwiceInACallIsTheSecond() async throws {
      let bytes = try [Drawing(seed: 1).jpeg(), Drawing(seed: 2).jpeg()]
      let report = try await index.addImages([
        ImageItem(itemID: "a", images: bytes.map { .init(name: "p", source: .bytes($0)) })
      ])
      #expect(report.entries.map(\.outcome.text) == ["added", "replaced"])
      #expect(try await index.imageCount() == 1)
      #expect(try await index.names(bytes[1]) == ["a/p"])
    }

    @Test func removalOfAnImageAndOfAnItem() async throws {
      let bytes = try (0..<4).map { try Drawing(seed: 10 + $0).jpeg() }
      for (i, image) in bytes.enumerated() { try await index.add(i < 3 ? "a" : "b", "\(i)", image) }
      #expect(try await index.removeImages([RemoveRequest(itemID: "a", imageName: "1")]) == 1)
      #expect(try await index.imageCount() == 3)
      #expect(try await index.names(bytes[1]) == [])
      #expect(try await index.removeImages([RemoveRequest(itemID: "a"), RemoveRequest(itemID: "nobody")]) == 2)
      #expect(try await index.imageCount() == 1)
      #expect(try await index.names(bytes[0]) == [])
      #expect(try await index.names(bytes[3]) == ["b/3"])
      #expect(try await index.removeImages([RemoveRequest(itemID: "a")]) == 0)
      let error = await failure { try await index.removeImages([RemoveRequest(itemID: "")]) }
      #expect(error?.code == .invalidArgument)
    }

    @Test func filesAreRead() async throws {
      let bytes = try Drawing(seed: 1).jpeg()
      let file = try folder.write("ä image?.jpg", bytes)
      let report = try await index.addImages([
        ImageItem(itemID: "a", images: [.init(name: "p", source: .file(file))])
      ])
      #expect(report.succeededCount == 1)
      #expect(try await index.names(SearchRequest(image: .file(file))) == ["a/p"])
    }

    @Test func urlsAreFetchedWhereThereIsAFetcher() async throws {
      var configuration = LocalIndexConfiguration()
      configuration.fetcher = Shelf(images: ["https://example.org/1": try Drawing(seed: 1).jpeg()])
      let index = try LocalIndex(path: folder.path + "/fetching", configuration: configuration)
      #expect(index.capabilities.contains(.searchByURL))
      let report = try await index.addImages([
        ImageItem(
          itemID: "a",
          images: [
            .init(name: "p", source: .url("https://example.org/1")),
            .init(name: "q", source: .url("https://example.org/2")),
          ])
      ])
      #expect(report.entries.map(\.outcome.text) == ["added", "urlNotFetched"])
      #expect(try await index.names(SearchRequest(image: .url("https://example.org/1"))) == ["a/p"])
    }

    @Test func aWholeCallIsOneTransaction() async throws {
      let items = try (0..<20).map {
        ImageItem(itemID: "\($0)", images: [.init(name: "p", source: .bytes(try Drawing(seed: $0).jpeg(160, 120)))])
      }
      let before = try index.store.read(CallControl()) { try $0.state().generation }
      #expect(try await index.addImages(items).succeededCount == 20)
      #expect(try index.store.read(CallControl()) { try $0.state().generation } == before + 1)
    }
  }

  /// Images by URL.
  private struct Shelf: ImageFetching {
    let images: [String: [UInt8]]

    func fetch(_ url: String, options: CallOptions) async throws -> [UInt8] {
      guard let bytes = images[url] else { throw ImageSearchError(.urlNotFetched, "not on the shelf") }
      return bytes
    }
  }
#endif
