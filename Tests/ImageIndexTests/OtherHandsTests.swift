#if LocalIndex
  import CSQLite
  import FoundationEssentials
  import Glibc
  import ImageSearch
  import Testing

  @testable import ImageIndex

  /// Changes to the directory of an open index by other programs.
  @Suite struct OtherHandsTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/index" }
    private let drawings: [[UInt8]]

    init() throws {
      folder = try TemporaryFolder()
      drawings = try (0..<5).map { try Drawing(seed: 700 + UInt64($0)).jpeg(160, 120) }
    }

    private func readOnly(_ path: String) throws -> LocalIndex {
      var configuration = LocalIndexConfiguration()
      configuration.readOnly = true
      return try LocalIndex(path: path, configuration: configuration)
    }

    @Test func nothingIsAcknowledgedThatGoesIntoADeletedFolder() async throws {
      let index = try LocalIndex(path: path)
      try await index.add("0", "p", drawings[0])
      try FileManager.default.removeItem(atPath: path)
      #expect(await failure { try await index.add("1", "p", drawings[1]) }?.code == .indexUnavailable)
      #expect(await failure { try await index.names(drawings[0]) }?.code == .indexUnavailable)
      #expect(await failure { try await index.imageCount() }?.code == .indexUnavailable)
      #expect(!FileManager.default.fileExists(atPath: path))
      // Created again by another program: from now on, this is the index.
      let fresh = try LocalIndex(path: path)
      try await fresh.add("2", "p", drawings[2])
      #expect(try await index.add("3", "p", drawings[3]).text == "added")
      for one in [index, fresh] {
        #expect(try await one.imageCount() == 2)
        #expect(try await one.names(drawings[0]) == [])
        #expect(try await one.names(drawings[2]) == ["2/p"])
        #expect(try await one.names(drawings[3]) == ["3/p"])
      }
    }

    @Test(arguments: [false, true]) func aFolderThatWasReplacedIsTheIndex(isReader: Bool) async throws {
      let first = try LocalIndex(path: path)
      for i in 0..<3 { try await first.add("\(i)", "p", drawings[i]) }
      try first.makeSegments(all: true)
      let second = try LocalIndex(path: folder.path + "/other")
      try await second.add("3", "p", drawings[3])
      second.close()
      let index = isReader ? try readOnly(path) : first
      #expect(try await index.names(drawings[1]) == ["1/p"])
      if isReader { first.close() }
      #expect(rename(path, folder.path + "/moved") == 0)
      #expect(await failure { try await index.names(drawings[1]) }?.code == .indexUnavailable)
      #expect(rename(folder.path + "/other", path) == 0)
      #expect(try await index.names(drawings[1]) == [])
      #expect(try await index.names(drawings[3]) == ["3/p"])
      #expect(try await index.imageCount() == 1)
    }

    @Test func aReplacementWithinAWriteIsNoticed() async throws {
      let index = try LocalIndex(path: path)
      try await index.add("0", "p", drawings[0])
      let error = await failure {
        try index.store.write(CallControl()) { transaction in
          try transaction.noteChange(of: 0)
          #expect(rename(path, folder.path + "/moved") == 0)
        }
      }
      #expect(error?.code == .indexUnavailable)
    }

    @Test func aReaderSeesWhatWritersCommitLater() async throws {
      let writer = try LocalIndex(path: path)
      try await writer.add("0", "p", drawings[0])
      writer.close()
      // Opened without a writer, it leaves no files beside the database.
      let reader = try readOnly(path)
      #expect(try await reader.names(drawings[0]) == ["0/p"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasPrefix("index.sqlite-") } == [])
      for round in 1..<4 {
        let writer = try LocalIndex(path: path)
        try await writer.add("\(round)", "p", drawings[round])
        #expect(try await reader.names(drawings[round]) == ["\(round)/p"])
        #expect(try await reader.imageCount() == round + 1)
        writer.close()
        #expect(try await reader.names(drawings[round]) == ["\(round)/p"])
        #expect(try await writer.isClosedAndReaderStillCounts(reader, round + 1))
      }
    }

    @Test(arguments: ["index.sqlite", "index.sqlite-wal", "index.sqlite-shm", "segment"])
    func filesThatAreCutShortEndNothing(what: String) async throws {
      let index = try LocalIndex(path: path)
      for i in 0..<4 { try await index.add("\(i)", "p", drawings[i]) }
      try index.makeSegments(all: true)
      _ = try await index.names(drawings[0])
      let name = what == "segment" ? "segments/" + (try #require(try index.segmentRows.first).file) : what
      #expect(truncate(path + "/" + name, 0) == 0)
      // An error or the correct result, never a wrong one, and the process survives.
      for i in 0..<4 {
        do {
          #expect(try await index.names(drawings[i]) == ["\(i)/p"])
        } catch let error as ImageSearchError {
          #expect([.indexCorrupt, .indexUnavailable].contains(error.code), "\(error)")
        }
      }
      do {
        try await index.add("4", "p", drawings[4])
        let seen = try await LocalIndex(path: path).names(drawings[4])
        #expect(seen == ["4/p"])
      } catch let error as ImageSearchError {
        #expect([.indexCorrupt, .indexUnavailable].contains(error.code), "\(error)")
      }
    }

    @Test func anIndexThatCannotBeWrittenSaysHowToReadIt() async throws {
      guard SmallDisk.isPossible else { return }
      let disk = try SmallDisk(megabytes: 8)
      let writer = try LocalIndex(path: disk.path + "/index")
      try await writer.add("0", "p", drawings[0])
      writer.close()
      try #require(mount("tmpfs", disk.path, "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), nil) == 0, "errno \(errno)")
      let error = await failure { try LocalIndex(path: disk.path + "/index") }
      #expect(error?.code == .indexUnavailable)
      #expect(error?.message.contains("read_only=True") == true)
      #expect(try await readOnly(disk.path + "/index").names(drawings[0]) == ["0/p"])
    }
  }

  extension LocalIndex {
    /// This index still works after another one was closed.
    fileprivate func isClosedAndReaderStillCounts(_ reader: LocalIndex, _ count: Int) async throws -> Bool {
      guard await failure(of: { try await imageCount() })?.code == .closed else { return false }
      return try await reader.imageCount() == count
    }
  }
#endif
