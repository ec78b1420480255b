#if LocalIndex
  import FoundationEssentials
  import ImageSearch
  import Testing

  @testable import ImageIndex
  @testable import ImageMatching

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #endif

  /// Processes that are killed, that run out of space, and that use one index concurrently.
  @Suite(.serialized) struct DurabilityTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/index" }
    private var journal: Journal { Journal(path: folder.path + "/journal") }

    init() throws { folder = try TemporaryFolder() }

    /// `LOCAL_INDEX_KILLS` rounds of killing a process at a random moment of adding, replacing, removing and building segments.
    /// Acknowledged operations are durable, others took effect in full or not at all, and searches agree with the rows.
    @Test(.timeLimit(.minutes(30))) func nothingAcknowledgedIsLostByKilling() throws {
      var random = SplitMix(state: 42)
      var expected: [Int: String] = [:]
      var segments = 0
      let rounds = LongForm.rounds("LOCAL_INDEX_KILLS", usual: 10, long: 200)
      var operations = 0
      for round in 0..<rounds {
        let child = try Child(
          "change",
          ["LOCAL_INDEX_PATH": path, "LOCAL_INDEX_JOURNAL": journal.path, "LOCAL_INDEX_SEED": "\(round + 1)"])
        // At any moment after it has begun.
        let size = fileSize(journal.path) ?? 0
        for _ in 0..<3000 where fileSize(journal.path) ?? 0 <= size { usleep(10_000) }
        usleep(UInt32(random.next() % 500_000))
        child.kill()
        #expect(child.wait() == nil)
        let index = try LocalIndex(path: path)
        let rows = try index.store.read(CallControl()) { try $0.images(after: 0, limit: 1000) }
        let actual = try Dictionary(
          uniqueKeysWithValues: rows.map { row in
            (try #require(Int(row.record.itemID.dropFirst("random-".count))), row.record.customContent ?? "")
          })
        operations += journal.lines.count { $0 == "done" }
        let outcomes = Self.outcomes(of: journal.lines, from: expected)
        try FileManager.default.removeItem(atPath: journal.path)
        #expect(outcomes.contains(actual), "round \(round)")
        expected = actual
        try check(index, rows)
        segments = max(segments, try index.segmentRows.count)
        index.close()
      }
      #expect(segments > 0)
      LongForm.report("\(rounds) rounds of kill -9 after \(operations) acknowledged operations, nothing lost")
    }

    /// The allowed states after the lines of a journal: the acknowledgement of the last operation may not have been written.
    private static func outcomes(of lines: [String], from before: [Int: String]) -> [[Int: String]] {
      var state = before
      var after = before
      for line in lines {
        let words = line.split(separator: " ")
        switch words.first {
        case "done": state = after
        case "remove": after[Int(words[1]) ?? -1] = nil
        case "add": for name in words.dropFirst(2) { after[Int(name) ?? -1] = String(words[1]) }
        default: Issue.record("\(line) in the journal")
        }
      }
      return [state, after]
    }

    /// All derived data is as if it was rebuilt from the rows.
    private func check(_ index: LocalIndex, _ rows: [StoredImage]) throws {
      try index.store.read(CallControl()) { transaction in
        #expect(try transaction.connection.statement("PRAGMA integrity_check").first { try $0.optionalText(0) } == "ok")
        #expect(try transaction.state().images == Int64(rows.count))
        let view = try index.views.view(transaction)
        var live: [Int64] = []
        for (segment, dead) in zip(view.segments, view.dead) {
          _ = try segment.table().postings.isSound(0..<segment.header.layout.postings)
          #expect(!segment.isDamaged)
          live += (0..<segment.count).filter { !dead.contains($0) }.map { segment.id($0) }
        }
        live += view.newer.ids.indices.filter { !view.newer.dead.contains($0) }.map { view.newer.ids[$0] }
        #expect(live == rows.map(\.id))
        for row in rows {
          let features = try #require(try transaction.features(row.id))
          let name = try #require(Int(row.record.itemID.dropFirst("random-".count)))
          #expect(features == NewImage.random(name, features: 24).features)
          #expect(try transaction.thumbnail(row.id) == [UInt8](repeating: UInt8(name), count: 3000))
        }
      }
    }

    /// Two processes add and eight search, for `LOCAL_INDEX_SECONDS`.
    @Test(.timeLimit(.minutes(10))) func severalProcessesWorkOnOneIndex() throws {
      let values = [
        "LOCAL_INDEX_PATH": path, "LOCAL_INDEX_JOURNAL": journal.path,
        "LOCAL_INDEX_SECONDS": "\(LongForm.rounds("LOCAL_INDEX_SECONDS", usual: 8, long: 60))",
      ]
      var children: [Child] = []
      for seed in ["1", "2"] {
        let own = values.merging(["LOCAL_INDEX_SEED": seed]) { $1 }
        children.append(try Child("add", own))
        for _ in 0..<4 { children.append(try Child("search", own)) }
      }
      for child in children { #expect(child.wait() == 0) }
      #expect(journal.lines.count > 0)
      let searches = Journal(path: journal.path + ".searches").lines.compactMap { Int($0) }
      #expect(searches.count == 8)
      LongForm.report("two processes made \(journal.lines.count) adds, eight made \(searches.reduce(0, +)) searches")
    }

    /// A directory that this process may not write to.
    @Test(.timeLimit(.minutes(10))) func withoutRightsToWriteAnIndexCanBeRead() async throws {
      let index = try LocalIndex(path: path)
      try await index.add("5", "0", try Drawing(seed: 5).jpeg())
      try index.makeSegments(all: true)
      index.close()
      // The child writes its report beside the index.
      #expect(chmod(folder.path, 0o777) == 0)
      for (name, mode) in [("", 0o555), ("/segments", 0o555), ("/index.sqlite", 0o444), ("/index.lock", 0o444)] {
        #expect(chmod(path + name, mode_t(mode)) == 0)
      }
      let child = try Child(
        "nobody", ["LOCAL_INDEX_PATH": path, "LOCAL_INDEX_SEED": "5", "LOCAL_INDEX_JOURNAL": journal.path])
      #expect(child.wait() == 0)
      #expect(journal.lines == ["done"])
      #expect(chmod(path, 0o777) == 0)
    }

    /// A full file system: acknowledged images stay and are found, and with more space adding continues.
    @Test(.enabled(if: SmallDisk.isPossible), .timeLimit(.minutes(10))) func aFullFileSystemLosesNothing() async throws
    {
      let disk = try SmallDisk(megabytes: 3)
      let bytes = try Drawing(seed: 5).jpeg()
      let index = try LocalIndex(path: disk.path + "/index")
      try await index.add("5", "0", bytes)
      var added = 0
      func insertUntilFull() -> ImageSearchError? {
        while added < 20_000 {
          do {
            try index.insert([NewImage.random(added)])
            added += 1
            if added % 200 == 0 { try index.makeSegments(all: true) }
          } catch let error as ImageSearchError {
            return error
          } catch {
            Issue.record("\(error)")
          }
        }
        return nil
      }
      #expect(insertUntilFull()?.code == .diskFull)
      #expect(added > 10)
      #expect(await failure { try await index.add("6", "0", try Drawing(seed: 6).jpeg(800, 600)) }?.code == .diskFull)
      // Whether writing a segment or a row failed: the index has what was acknowledged.
      for reader in [index, try LocalIndex(path: index.path)] {
        #expect(try await reader.imageCount() == added + 1)
        #expect(try await reader.names(bytes) == ["5/0"])
      }
      let before = added
      try disk.grow(megabytes: 6)
      #expect(insertUntilFull()?.code == .diskFull)
      #expect(added > before + 10)
      try disk.grow(megabytes: 64)
      try index.makeSegments(all: true)
      #expect(try index.segmentRows.map(\.images) == [added + 1])
      #expect(try await index.names(bytes) == ["5/0"])
      LongForm.report("full file system: \(before) images in 3 MB, \(added) in 6 MB, nothing lost")
    }

    @Test(.timeLimit(.minutes(10))) func aFullDiskLosesNothing() throws {
      let child = try Child("full", ["LOCAL_INDEX_PATH": path, "LOCAL_INDEX_JOURNAL": journal.path])
      #expect(child.wait() == 0)
      let index = try LocalIndex(path: path)
      let count = try index.store.read(CallControl()) { try $0.state().images }
      #expect(count == Int64(journal.lines.last ?? "0"))
      try index.makeSegments(all: true)
      #expect(try index.segmentRows.map(\.images) == [Int(count)])
    }
  }
#endif
