#if LocalIndex
  import FoundationEssentials
  import ImageSearch
  import Synchronization
  import Testing

  @testable import ImageIndex

  @Suite struct BatchTests {
    private let folder: TemporaryFolder
    private let index: LocalIndex

    init() throws {
      folder = try TemporaryFolder()
      index = try LocalIndex(path: folder.path + "/index")
      for name in ["images/shoes/red", "images/.hidden"] {
        try FileManager.default.createDirectory(
          atPath: folder.path + "/" + name, withIntermediateDirectories: true)
      }
    }

    private func fill() throws {
      _ = try folder.write("images/b.jpg", try Drawing(seed: 1).jpeg())
      _ = try folder.write("images/a.PNG", try Drawing(seed: 2).jpeg())
      _ = try folder.write("images/shoes/red/1.jpeg", try Drawing(seed: 3).jpeg())
      _ = try folder.write("images/shoes/no suffix", try Drawing(seed: 4).jpeg())
      _ = try folder.write("images/shoes/bad.jpg", [1, 2, 3])
      _ = try folder.write("images/shoes/notes.txt", Array("no image".utf8))
      _ = try folder.write("images/.hidden/c.jpg", try Drawing(seed: 5).jpeg())
    }

    @Test func aFolderGoesInAndUnchangedFilesAreNotReadAgain() async throws {
      try fill()
      let progress = Mutex<[LocalIndex.BatchProgress]>([])
      var batch = LocalIndex.BatchOptions()
      batch.transactionSize = 2
      batch.category = "c"
      let report = try await index.addFolder(folder.path + "/images", batch: batch) { step in
        progress.withLock { $0.append(step) }
      }
      #expect(
        report.entries.map(\.itemID) == ["a.PNG", "b.jpg", "shoes/bad.jpg", "shoes/no suffix", "shoes/red/1.jpeg"])
      #expect(report.entries.map(\.imageName) == ["a.PNG", "b.jpg", "bad.jpg", "no suffix", "1.jpeg"])
      #expect(report.entries.map(\.outcome.text) == ["added", "added", "notAnImage", "added", "added"])
      let steps = progress.withLock { $0 }
      #expect(steps.map(\.done) == [2, 4, 5])
      #expect(steps.allSatisfy { $0.total == 5 && $0.perSecond > 0 && $0.secondsLeft != nil })
      #expect(steps.last?.failed == 1)
      #expect(steps.last?.secondsLeft == 0)
      #expect(try await index.names(try Drawing(seed: 3).jpeg()) == ["shoes/red/1.jpeg/1.jpeg"])

      // A touched file is not another image, and an unreadable file with the same size and time still exists.
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: folder.path + "/images/b.jpg")
      _ = try folder.write("images/a.PNG", try Drawing(seed: 6).jpeg())
      let before = try index.store.read(CallControl()) { try $0.state() }
      let again = try await index.addFolder(folder.path + "/images", batch: batch)
      #expect(again.entries.map(\.outcome.text) == ["replaced", "unchanged", "notAnImage", "unchanged", "unchanged"])
      let known = try index.store.read(CallControl()) { try $0.image(itemID: "b.jpg", name: "b.jpg") }
      #expect(known?.record.sourceTime == Int64(1_000_000_000_000_000))
      #expect(try index.store.read(CallControl()) { try $0.state().generation } == before.generation + 1)
      let third = try await index.addFolder(folder.path + "/images", batch: batch)
      #expect(third.entries.map(\.outcome.text) == ["unchanged", "unchanged", "notAnImage", "unchanged", "unchanged"])
      #expect(try index.store.read(CallControl()) { try $0.state().generation } == before.generation + 1)
    }

    @Test func foldersCanBeItems() async throws {
      _ = try folder.write("images/b.jpg", try Drawing(seed: 1).jpeg())
      _ = try folder.write("images/shoes/red/1.jpeg", try Drawing(seed: 3).jpeg())
      var batch = LocalIndex.BatchOptions()
      batch.naming = .itemPerFolder
      let report = try await index.addFolder(folder.path + "/images/", batch: batch)
      #expect(report.entries.map { $0.itemID + "|" + $0.imageName } == [".|b.jpg", "shoes/red|1.jpeg"])
      batch.recursive = false
      let flat = try await index.addFolder(folder.path + "/images", batch: batch)
      #expect(flat.entries.map(\.outcome.text) == ["unchanged"])
    }

    @Test func aFolderThatIsNotThereIsAnError() async throws {
      let error = await failure { try await index.addFolder(folder.path + "/nowhere") }
      #expect(error?.code == .fileNotReadable)
      #expect(try await index.addFolder(folder.path + "/images").entries.isEmpty)
      var batch = LocalIndex.BatchOptions()
      batch.transactionSize = 0
      #expect(await failure { try await index.addFolder(folder.path, batch: batch) }?.code == .invalidArgument)
    }

    @Test func whatWasWrittenBeforeACancellationStays() async throws {
      try fill()
      var batch = LocalIndex.BatchOptions()
      batch.transactionSize = 1
      let first = Mutex<Task<AddReport, any Error>?>(nil)
      let call = Task {
        try await index.addFolder(folder.path + "/images", batch: batch) { _ in first.withLock { $0?.cancel() } }
      }
      first.withLock { $0 = call }
      #expect(await failure { try await call.value }?.code == .cancelled)
      let count = try await index.imageCount()
      #expect(count >= 1)
      #expect(count < 4)
      let rest = try await index.addFolder(folder.path + "/images", batch: batch)
      #expect(rest.entries.count { $0.outcome.text == "unchanged" } == Int(count))
      #expect(try await index.imageCount() == 4)
    }
  }
#endif
