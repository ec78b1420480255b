#if LocalIndex
  import FoundationEssentials
  import ImageSearch
  import Testing

  @testable import ImageIndex

  /// Indexes of earlier and later versions of the library.
  @Suite struct UpgradeTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/index" }
    private let drawings: [[UInt8]]

    /// Item 0 from a file, 1 with a thumbnail, 2 with neither; all features are of another engine.
    init() throws {
      folder = try TemporaryFolder()
      drawings = try (0..<4).map { try Drawing(seed: 300 + UInt64($0)).jpeg() }
      let old = [UInt8](repeating: 99, count: 40)
      let file = try folder.write("0.jpg", drawings[0])
      try EarlierIndex.write(
        path,
        [
          .init(itemID: "0", category: "c", content: "zero", bytes: drawings[0], path: file, features: old),
          .init(
            itemID: "1", category: "d", bytes: drawings[1], thumbnail: try Drawing(seed: 301).jpeg(160, 120),
            features: old, copiedTo: "cloud"),
          .init(itemID: "2", bytes: drawings[2], features: old),
        ])
    }

    @Test func anEarlierTableIsRefusedUntilItIsRebuilt() async throws {
      for readOnly in [false, true] {
        var configuration = LocalIndexConfiguration()
        configuration.readOnly = readOnly
        let error = await failure { try LocalIndex(path: path, configuration: configuration) }
        #expect(error?.code == .indexVersionMismatch)
        #expect(error?.message.contains("rebuild") == true)
      }
      let report = try await LocalIndex.rebuild(path: path)
      #expect(report.entries.map(\.outcome.text) == ["replaced", "replaced", "notFound"])
      try await expectRebuilt()
      #expect(
        try await LocalIndex.rebuild(path: path).entries.map(\.outcome.text) == ["unchanged", "unchanged", "notFound"])
      try await expectRebuilt()
    }

    private func expectRebuilt() async throws {
      let index = try LocalIndex(path: path)
      defer { index.close() }
      #expect(try await index.imageCount() == 3)
      for i in 0..<3 { #expect(try await index.names(drawings[i]) == ["\(i)/p"]) }
      // Also found by their features, where there was a source to compute them from.
      let smaller = try (0..<3).map { try Drawing(seed: 300 + UInt64($0)).jpeg(200, 150) }
      #expect(try await index.names(smaller[0]) == ["0/p"])
      #expect(try await index.names(smaller[1]) == ["1/p"])
      #expect(try await index.names(smaller[2]) == [])
      let rows = try index.store.read(CallControl()) { try $0.images(after: 0, limit: 10) }
      #expect(rows.map(\.id) == [1, 2, 3])
      #expect(rows.map(\.record.category) == ["c", "d", nil])
      #expect(rows[0].record.customContent == "zero")
      #expect(rows.allSatisfy { $0.record.addedAt > 1_700_000_000_000_000 })
      #expect(rows[0].record.sourcePath.map { String(decoding: $0, as: UTF8.self) }?.hasSuffix("/0.jpg") == true)
      #expect(
        try index.store.read(CallControl()) { try $0.uncopied("cloud", after: 0, limit: 10) }.map(\.id) == [1, 3])
    }

    @Test func keysAreNotGivenAgainAfterAnUpgrade() async throws {
      _ = try await LocalIndex.rebuild(path: path)
      let index = try LocalIndex(path: path)
      try await index.add("new", "p", drawings[3])
      #expect(try index.store.read(CallControl()) { try $0.lastImage() } == 1001)
    }

    @Test func aRebuildThatWasInterruptedGoesOn() async throws {
      let old = [UInt8](repeating: 99, count: 40)
      let many = folder.path + "/many"
      try EarlierIndex.write(
        many,
        try (0..<70).map {
          let bytes = try Drawing(seed: UInt64($0)).jpeg(100, 80)
          return .init(itemID: "\($0)", bytes: bytes, thumbnail: bytes, features: old)
        })
      let call = Task {
        try await LocalIndex.rebuild(path: many) { _ in withUnsafeCurrentTask { $0?.cancel() } }
      }
      #expect(await failure { try await call.value }?.code == .cancelled)
      let error = await failure { try LocalIndex(path: many) }
      #expect(error?.code == .indexVersionMismatch)
      #expect(error?.message.contains("start it again") == true)
      let outcomes = try await LocalIndex.rebuild(path: many).entries.map(\.outcome.text)
      #expect(outcomes.count { $0 == "unchanged" } >= 32)
      #expect(outcomes.count { $0 == "replaced" } >= 1)
      #expect(try await LocalIndex(path: many).imageCount() == 70)
    }

    @Test func featuresThatAreGoodStayWhereNothingIsLeftToMakeTheRestFrom() async throws {
      let other = folder.path + "/other"
      try EarlierIndex.write(other, [.init(itemID: "0", bytes: drawings[0])])
      let report = try await LocalIndex.rebuild(path: other)
      #expect(report.entries.map(\.outcome.text) == ["unchanged"])
      #expect(report.entries.first?.warning?.contains("not there any more") == true)
      #expect(try await LocalIndex(path: other).names(try Drawing(seed: 300).jpeg(200, 150)) == ["0/p"])
    }

    @Test func aLaterTableIsRefusedByTheRebuildToo() async throws {
      let connection = try SQLiteConnection(path: path + "/index.sqlite", access: .readWrite, lockTimeout: .zero)
      try connection.execute("PRAGMA user_version = 3")
      let error = await failure { try await LocalIndex.rebuild(path: path) }
      #expect(error?.code == .indexVersionMismatch)
      #expect(error?.message.contains("newer") == true)
    }

    @Test func aDamagedRowOfAnEarlierTableIsSaidToBe() async throws {
      let connection = try SQLiteConnection(path: path + "/index.sqlite", access: .readWrite, lockTimeout: .zero)
      try connection.run("UPDATE images SET width = width + 1 WHERE id = 2")
      #expect(await failure { try await LocalIndex.rebuild(path: path) }?.code == .indexCorrupt)
      // Nothing has changed.
      try connection.run("UPDATE images SET width = width - 1 WHERE id = 2")
      #expect(try await LocalIndex.rebuild(path: path).entries.count == 3)
    }
  }
#endif
