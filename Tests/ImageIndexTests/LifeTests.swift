#if LocalIndex
  import FoundationEssentials
  import ImageSearch
  import Synchronization
  import Testing

  @testable import ImageIndex

  /// Opening, sharing, closing, and invalid directories.
  @Suite struct LifeTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/index" }

    init() throws { folder = try TemporaryFolder() }

    @Test func imagesAreThereAfterOpeningAgain() async throws {
      let bytes = try Drawing(seed: 1).jpeg()
      let first = try LocalIndex(path: path)
      try await first.add("a", "p", bytes)
      first.close()
      let second = try LocalIndex(path: path)
      #expect(try await second.imageCount() == 1)
      #expect(try await second.names(bytes) == ["a/p"])
    }

    @Test func twoOpenIndexesSeeEachOther() async throws {
      let one = try LocalIndex(path: path)
      let two = try LocalIndex(path: path)
      for seed in UInt64(0)..<6 {
        let bytes = try Drawing(seed: seed).jpeg()
        try await (seed % 2 == 0 ? one : two).add("\(seed)", "p", bytes)
        #expect(try await (seed % 2 == 0 ? two : one).names(bytes) == ["\(seed)/p"])
        #expect(try await two.removeImages([RemoveRequest(itemID: "\(seed)")]) == 1)
        #expect(try await one.names(bytes) == [])
      }
    }

    @Test func aReaderOnlyReads() async throws {
      var configuration = LocalIndexConfiguration()
      configuration.readOnly = true
      #expect(await failure { try LocalIndex(path: path, configuration: configuration) }?.code == .indexUnavailable)
      let bytes = try Drawing(seed: 1).jpeg()
      let writer = try LocalIndex(path: path)
      try await writer.add("a", "p", bytes)
      let reader = try LocalIndex(path: path, configuration: configuration)
      #expect(try await reader.names(bytes) == ["a/p"])
      #expect(await failure { try await reader.add("b", "p", bytes) }?.code == .indexUnavailable)
      let request = RemoveRequest(itemID: "a")
      #expect(await failure { try await reader.removeImages([request]) }?.code == .indexUnavailable)
      try await writer.add("b", "p", bytes)
      #expect(try await reader.names(bytes) == ["a/p", "b/p"])
    }

    @Test func missingIndexesAreNotMadeUnasked() async throws {
      var configuration = LocalIndexConfiguration()
      configuration.createIfMissing = false
      #expect(await failure { try LocalIndex(path: path, configuration: configuration) }?.code == .indexUnavailable)
      #expect(await failure { try LocalIndex(path: path + "/a/b") }?.code == .indexUnavailable)
      #expect(await failure { try LocalIndex(path: "") }?.code == .invalidArgument)
      let file = try folder.write("file", [1])
      #expect(await failure { try LocalIndex(path: file) }?.code == .indexUnavailable)
    }

    @Test(arguments: ["empty", "text", "short", "other program", "header"])
    func aDamagedDatabaseIsSaidToBe(how: String) async throws {
      let index = try LocalIndex(path: path)
      for seed in UInt64(0)..<8 { try await index.add("\(seed)", "p", try Drawing(seed: seed).jpeg(160, 120)) }
      let database = index.store.directory.database
      index.close()
      var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: database)))
      switch how {
      case "empty": bytes = []
      case "text": bytes = Array("this is no database".utf8)
      case "short": bytes = Array(bytes.prefix(bytes.count / 2))
      case "other program": bytes[71] ^= 1
      default: bytes[20] ^= 0xFF
      }
      _ = try folder.write("index/index.sqlite", bytes)
      let error = await failure {
        let index = try LocalIndex(path: path)
        _ = try await index.names(try Drawing(seed: 1).jpeg(160, 120))
        _ = try await index.add("new", "p", try Drawing(seed: 100).jpeg(160, 120))
      }
      #expect(error?.code == .indexCorrupt)
    }

    @Test func anotherVersionIsRefused() async throws {
      let index = try LocalIndex(path: path)
      try index.store.write(CallControl()) { try $0.connection.run("UPDATE state SET matcher = 999") }
      index.close()
      let error = await failure { try LocalIndex(path: path) }
      #expect(error?.code == .indexVersionMismatch)
      #expect(error?.message.contains("version 999") == true)
    }

    @Test func otherTablesAreRefused() async throws {
      let index = try LocalIndex(path: path)
      try index.store.write(CallControl()) { try $0.connection.execute("PRAGMA user_version = 999") }
      index.close()
      #expect(await failure { try LocalIndex(path: path) }?.code == .indexVersionMismatch)
    }

    @Test func aClosedIndexSaysSo() async throws {
      let index = try LocalIndex(path: path)
      let bytes = try Drawing(seed: 1).jpeg()
      index.close()
      index.close()
      #expect(await failure { try await index.imageCount() }?.code == .closed)
      #expect(await failure { try await index.names(bytes) }?.code == .closed)
      #expect(await failure { try await index.add("a", "p", bytes) }?.code == .closed)
    }

    @Test func deadlinesAndCancellationEndACallWithNothingStored() async throws {
      let index = try LocalIndex(path: path)
      let items = try (0..<40).map {
        ImageItem(itemID: "\($0)", images: [.init(name: "p", source: .bytes(try Drawing(seed: $0).jpeg()))])
      }
      let late = CallOptions(totalTimeout: .seconds(0.005))
      #expect(await failure { try await index.addImages(items, options: late) }?.code == .deadlineExceeded)
      let call = Task { try await index.addImages(items) }
      call.cancel()
      #expect(await failure { try await call.value }?.code == .cancelled)
      #expect(try await index.imageCount() == 0)
      let never = CallOptions(totalTimeout: .seconds(0))
      #expect(await failure { try await index.imageCount(options: never) }?.code == .invalidArgument)
    }

    @Test func aWriteWaitsForAnotherAndGivesUpInTime() async throws {
      var configuration = LocalIndexConfiguration()
      configuration.lockTimeout = .seconds(0.1)
      let index = try LocalIndex(path: path, configuration: configuration)
      let bytes = try Drawing(seed: 1).jpeg()
      let other = try SQLiteConnection(path: index.store.directory.database, access: .readWrite, lockTimeout: .zero)
      try other.run("BEGIN IMMEDIATE")
      #expect(await failure { try await index.add("a", "p", bytes) }?.code == .indexUnavailable)
      // Readers do not wait.
      #expect(try await index.names(bytes) == [])
      try other.run("ROLLBACK")
      #expect(try await index.add("a", "p", bytes).text == "added")
    }

    @Test func aFullDiskIsSaidToBeAndChangesNothing() async throws {
      let index = try LocalIndex(path: path)
      let bytes = try Drawing(seed: 1).jpeg()
      try await index.add("a", "p", bytes)
      try index.store.write(CallControl()) { transaction in
        let pages = try transaction.connection.statement("PRAGMA page_count").first { $0.integer(0) } ?? 0
        try transaction.connection.execute("PRAGMA max_page_count = \(pages)")
      }
      let more = try Drawing(seed: 2).jpeg(800, 600)
      let many = (0..<8).map { ImageItem(itemID: "b\($0)", images: [.init(name: "p", source: .bytes(more))]) }
      #expect(await failure { try await index.addImages(many) }?.code == .diskFull)
      #expect(try await index.imageCount() == 1)
      #expect(try await index.names(bytes) == ["a/p"])
      #expect(try await index.names(more) == [])
    }

    @Test func everyCallEndsWithALine() async throws {
      let lines = Mutex<[String]>([])
      var configuration = LocalIndexConfiguration()
      configuration.logHandler = { event in lines.withLock { $0.append("\(event.level) \(event.operation)") } }
      let index = try LocalIndex(path: path, configuration: configuration)
      let bytes = try Drawing(seed: 1).jpeg()
      try await index.add("a", "p", bytes)
      _ = try await index.names(bytes)
      _ = try await index.imageCount()
      _ = await failure { try await index.names([1, 2, 3]) }
      let source = ImageSource.bytes(bytes)
      let page = try await index.search(SearchRequest(image: source))
      _ = try await index.overlay(of: page.matches[0], query: source)
      _ = try await index.overlay(.image(source), .stored(itemID: "a", imageName: "p"))
      _ = try await index.compare(.image(source), .image(source))
      _ = try await index.items()
      _ = await failure { try await index.items(limit: 0) }
      _ = try await index.item("a")
      _ = try await index.contains(itemID: "a")
      _ = try await index.images(sameAs: source)
      _ = try await index.count()
      _ = try await index.categories()
      _ = try await index.thumbnail(itemID: "a", imageName: "p")
      _ = try await index.search(stored: "a", imageName: "p")
      _ = try await index.update(itemID: "a", category: "c")
      _ = await failure { try await index.update(itemID: "b", category: "c") }
      _ = try await index.prune()
      _ = try await index.quota()
      for try await _ in index.groups() {}
      _ = try await index.rebuild()
      _ = try await index.addFolder(folder.path)
      _ = try await index.removeImages([RemoveRequest(itemID: "a")])
      #expect(
        lines.withLock { $0 } == [
          "info addImages", "info search", "info imageCount", "error search", "info search", "info overlay",
          "info overlay", "info compare", "info items", "error items", "info item", "info contains", "info images",
          "info count", "info categories", "info thumbnail", "info searchStored", "info update", "error update",
          "info prune", "info quota", "info groups", "info rebuild", "info addFolder", "info removeImages",
        ])
    }

    @Test func settingsOutOfRangeAreNamed() async throws {
      let changes: [(inout LocalIndexConfiguration) -> Void] = [
        { $0.threads = 0 }, { $0.lockTimeout = .seconds(-1) }, { $0.lockTimeout = .seconds(Int64.max) },
        { $0.totalTimeout = .zero },
        { $0.totalTimeout = .seconds(Int64.max) },
        { $0.thumbnailSide = 2049 }, { $0.thumbnailQuality = 0 }, { $0.maximumImageBytes = 0 },
        { $0.maximumPixels = 0 },
      ]
      for change in changes {
        var configuration = LocalIndexConfiguration()
        change(&configuration)
        #expect(await failure { try LocalIndex(path: path, configuration: configuration) }?.code == .invalidArgument)
      }
    }
  }
#endif
