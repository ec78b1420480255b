#if LocalIndex
  import CSQLite
  import FoundationEssentials
  import Glibc
  import ImageSearch
  import Synchronization
  import Testing

  @testable import ImageIndex

  /// A connection that any thread may close.
  private final class Holder: Sendable {
    let connection: Mutex<SQLiteConnection?>
    init(_ connection: sending SQLiteConnection) { self.connection = Mutex(connection) }
  }

  /// Locks, deadlines, and other files in the place of ours.
  @Suite struct OpeningTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/index" }
    private let drawing: [UInt8]

    init() throws {
      folder = try TemporaryFolder()
      drawing = try Drawing(seed: 800).jpeg(160, 120)
    }

    /// Locks the database as a process does that recovers the log or closes the last connection.
    private func hold() throws -> sending SQLiteConnection {
      let holder = try SQLiteConnection(path: path + "/index.sqlite", access: .readWrite, lockTimeout: .zero)
      try holder.execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; UPDATE state SET images = images; COMMIT;")
      return holder
    }

    @Test func openingWaitsForALock() async throws {
      let first = try LocalIndex(path: path)
      try await first.add("a", "p", drawing)
      first.close()
      let holder = Holder(try hold())
      // On a separate thread: Swift's may all be occupied by other blocking tests.
      try SystemThread.start(name: "holder") {
        usleep(300_000)
        holder.connection.withLock { $0 = nil }
      }
      let opened = try LocalIndex(path: path)
      #expect(try await opened.names(drawing) == ["a/p"])
    }

    @Test(.timeLimit(.minutes(10))) func shortLivesFindTheirLocks() throws {
      let rounds = LongForm.rounds("LOCAL_INDEX_ROUNDS", usual: 25, long: 500)
      let children = try (0..<6).map {
        try Child("brief", ["LOCAL_INDEX_PATH": path, "LOCAL_INDEX_SEED": "\($0)", "LOCAL_INDEX_ROUNDS": "\(rounds)"])
      }
      #expect(children.map { $0.wait() } == [0, 0, 0, 0, 0, 0])
    }

    @Test func openingGivesUpInTime() async throws {
      try LocalIndex(path: path).close()
      let holder = try hold()
      var configuration = LocalIndexConfiguration()
      configuration.lockTimeout = .milliseconds(50)
      #expect(await failure { try LocalIndex(path: path, configuration: configuration) }?.code == .indexUnavailable)
      configuration.lockTimeout = .seconds(1000)
      configuration.totalTimeout = .milliseconds(50)
      #expect(await failure { try LocalIndex(path: path, configuration: configuration) }?.code == .deadlineExceeded)
      withExtendedLifetime(holder) {}
    }

    @Test func makingAnIndexWaitsForItsLockAndNoLonger() async throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      let descriptor = try Platform.openOwn(path + "/index.lock", .made)
      #expect(flock(descriptor, LOCK_EX) == 0)
      var configuration = LocalIndexConfiguration()
      configuration.lockTimeout = .milliseconds(50)
      #expect(await failure { try LocalIndex(path: path, configuration: configuration) }?.code == .indexUnavailable)
      configuration.lockTimeout = .seconds(1000)
      configuration.totalTimeout = .milliseconds(50)
      #expect(await failure { try LocalIndex(path: path, configuration: configuration) }?.code == .deadlineExceeded)
      close(descriptor)
      #expect(try await LocalIndex(path: path).imageCount() == 0)
    }

    @Test(
      arguments: ["index.sqlite", "index.lock", "index.sqlite-wal", "index.sqlite-shm", "segments"],
      ["pipe", "link", "folder"])
    func whatIsNoFileOfOursIsRefused(name: String, kind: String) async throws {
      let first = try LocalIndex(path: path)
      try await first.add("a", "p", drawing)
      first.close()
      let place = path + "/" + name
      #expect(name == "segments" || name.hasSuffix("-wal") || name.hasSuffix("-shm") || unlink(place) == 0)
      switch kind {
      case "pipe": #expect(mkfifo(place, 0o666) == 0)
      case "folder":
        guard name != "segments" else { return }
        #expect(mkdir(place, 0o777) == 0)
      default: #expect(symlink(try folder.write("elsewhere", [1, 2, 3]), place) == 0)
      }
      var configuration = LocalIndexConfiguration()
      for readOnly in [true, false] where name != "index.lock" {
        configuration.readOnly = readOnly
        let error = await failure { try LocalIndex(path: path, configuration: configuration) }
        #expect(error?.code == .indexUnavailable)
        #expect(error?.message.contains(name) == true)
      }
      if name == "index.lock" {
        #expect(await failure { try LocalIndex(path: path).makeSegments() }?.code == .indexUnavailable)
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: folder.write("x", [7]))) == Data([7]))
      #expect(fileSize(folder.path + "/elsewhere") ?? 3 == 3)
    }

    @Test func aSegmentThatIsALinkIsNotFollowed() async throws {
      let index = try LocalIndex(path: path)
      try await index.add("a", "p", drawing)
      try index.makeSegments(all: true)
      let row = try #require(try index.segmentRows.first)
      index.close()
      let file = path + "/segments/" + row.file
      #expect(rename(file, folder.path + "/away") == 0)
      #expect(symlink(folder.path + "/away", file) == 0)
      let again = try LocalIndex(path: path)
      #expect(try await again.names(drawing) == ["a/p"])
      #expect(try again.segmentRows.first?.file != row.file)
    }

    @Test func aCallReturnsWhileWhatItRunsCannotBeEnded() async throws {
      var configuration = LocalIndexConfiguration()
      configuration.threads = 1
      let index = try LocalIndex(path: path, configuration: configuration)
      let gate = Gate()
      let isOpen = Mutex(false)
      let started = Mutex(false)
      let call = Task {
        try await index.workers.run(control: CallControl()) {
          gate.with {
            started.withLock { $0 = true }
            while !isOpen.withLock({ $0 }) { gate.wait() }
          }
        }
      }
      while !started.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
      call.cancel()
      #expect(await failure { try await call.value }?.code == .cancelled)
      // The work occupies the only thread, and calls that wait for it also end in time.
      let second = await failure { try await index.imageCount(options: CallOptions(totalTimeout: .milliseconds(50))) }
      #expect(second?.code == .deadlineExceeded)
      let third = Task { try await index.imageCount() }
      third.cancel()
      #expect(await failure { try await third.value }?.code == .cancelled)
      let fourth = Task { try await index.imageCount() }
      try await Task.sleep(for: .milliseconds(20))
      index.close()
      #expect(await failure { try await fourth.value }?.code == .closed)
      gate.with {
        isOpen.withLock { $0 = true }
        gate.signalAll()
      }
    }

    @Test func whatIsCommittedCounts() async throws {
      let index = try LocalIndex(path: path)
      let control = CallControl()
      let result = try await index.writer.commit(control: control) { commitment in
        try commitment.begin()
        control.cancel()
        return 7
      }
      #expect(result == 7)
      let other = CallControl()
      let refused = Mutex<ImageSearchError?>(nil)
      let error = await failure {
        try await index.writer.commit(control: other) { commitment in
          other.cancel()
          do { try commitment.begin() } catch let error as ImageSearchError { refused.withLock { $0 = error } }
        }
      }
      #expect(error?.code == .cancelled)
      // The work ends after the call.
      _ = try await index.writer.run(control: CallControl()) {}
      #expect(refused.withLock { $0?.code } == .cancelled)
    }

    @Test func sqlEndsWithItsCall() async throws {
      let index = try LocalIndex(path: path)
      let endless = """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n
        """
      let error = await failure {
        try index.store.read(CallControl(deadline: .after(.milliseconds(30)))) {
          try $0.connection.statement(endless).first { $0.integer(0) }
        }
      }
      #expect(error?.code == .deadlineExceeded)
    }

    @Test(arguments: [
      "CREATE TRIGGER t AFTER INSERT ON images BEGIN DELETE FROM features; END",
      "CREATE VIEW v AS SELECT * FROM images", "CREATE TABLE more(x)", "DROP INDEX digests",
      "ALTER TABLE features ADD COLUMN y DEFAULT 1", "CREATE INDEX i ON images(upper(name))",
    ])
    func tablesThatAreNotOursAreRefused(sql: String) async throws {
      let index = try LocalIndex(path: path)
      try await index.add("a", "p", drawing)
      try index.store.write(CallControl()) { try $0.connection.execute(sql) }
      index.close()
      #expect(await failure { try LocalIndex(path: path) }?.code == .indexCorrupt)
      #expect(await failure { try await LocalIndex.rebuild(path: path) }?.code == .indexCorrupt)
    }
  }
#endif
