#if LocalIndex
  import CSQLite
  import ImageSearch
  import Synchronization

  /// The rows of an index, which all other files in the directory are derived from.
  ///
  /// Features are opaque bytes here; see ``IndexSchema`` for the tables. Before and after each transaction the store
  /// checks that the path still names the file that was opened: if the directory of an open index is deleted, moved or
  /// replaced, calls fail or use the new index, and no write to an unlinked file is reported as successful.
  final class IndexStore: Sendable {
    let directory: IndexDirectory
    let isReadOnly: Bool
    private let readers: ConnectionPool
    private let writers: ConnectionPool
    private let opened: Mutex<Opened>

    /// The database that the connections belong to.
    private struct Opened: Equatable {
      var device: UInt64
      var inode: UInt64
      /// Size and time of a database that is read as immutable, without the files that SQLite needs to share it; `nil`
      /// for a shared database.
      var fixed: Fixed?
      /// Incremented when the path names another database than before.
      var epoch = 0

      struct Fixed: Equatable {
        var size: Int
        var modified: Int64
      }

      func isSame(as other: Opened) -> Bool { device == other.device && inode == other.inode && fixed == other.fixed }
    }

    /// Opens or creates the database.
    ///
    /// - Parameters:
    ///   - create: whether to create a database if there is none.
    ///   - matcher: the matcher version of a new index.
    ///   - earlier: whether to open tables of an earlier version, in order to upgrade them.
    ///   - lockTimeout: how long to wait for other processes' locks.
    ///   - control: ends the opening.
    /// - Throws: ``ImageSearchError/Code/indexUnavailable``, ``ImageSearchError/Code/indexCorrupt``,
    ///   ``ImageSearchError/Code/indexVersionMismatch`` for other tables, ``ImageSearchError/Code/diskFull``.
    init(
      directory: IndexDirectory, readOnly: Bool, create: Bool, matcher: Int64, earlier: Bool, lockTimeout: Duration,
      control: CallControl
    ) throws {
      self.directory = directory
      isReadOnly = readOnly
      if !readOnly, create {
        try Self.createIfMissing(directory, matcher: matcher, lockTimeout: lockTimeout, control)
      }
      if !readOnly { try Self.refuseUnwritable(directory) }
      let first = try Self.look(directory, readOnly: readOnly)
      guard let database = try directory.check(), database.size > 0 else {
        throw IndexTransaction.corrupt("\(directory.database) is empty")
      }
      opened = Mutex(first)
      readers = ConnectionPool { control in
        let fixed = try Self.look(directory, readOnly: readOnly).fixed
        // A reader of a database in WAL mode writes to the file `-shm` (<https://www.sqlite.org/wal.html>, 8).
        let connection = try SQLiteConnection(
          path: directory.database, access: readOnly ? .readOnly : .readWrite, lockTimeout: lockTimeout,
          control: control, isImmutable: fixed != nil)
        try connection.execute(IndexSchema.readerSettings)
        try IndexSchema.check(connection, path: directory.database, earlier: earlier)
        return connection
      }
      writers = ConnectionPool { control in
        let connection = try SQLiteConnection(
          path: directory.database, access: .readWrite, lockTimeout: lockTimeout, control: control)
        try connection.execute(IndexSchema.writerSettings)
        try IndexSchema.check(connection, path: directory.database, earlier: earlier)
        return connection
      }
      _ = try read(control) { try $0.state() }
    }

    /// Runs a read transaction.
    func read<Value>(_ control: CallControl, _ body: (IndexTransaction) throws -> Value) throws -> Value {
      for _ in 0..<Self.mostReopenings {
        let before = try current()
        let result = Result {
          try readers.with(control) { connection in
            try connection.transaction(writing: false) {
              let value = try body(IndexTransaction(connection: connection, epoch: before.epoch))
              if before.fixed == nil { try connection.checkSharedMemory() }
              return value
            }
          }
        }
        try control.check()
        // If the file was replaced meanwhile, the result is discarded, even if it is an error.
        if try current() == before { return try result.get() }
      }
      throw ImageSearchError.local(
        .indexUnavailable, "\(directory.database) changes faster than it can be read without its log")
    }

    /// Runs a write transaction: durable when this returns, rolled back when it throws.
    ///
    /// - Parameter commitment: called right before the commit, after which interrupting the call has no effect.
    func write<Value>(
      _ control: CallControl, _ commitment: (any Commitment)? = nil, _ body: (IndexTransaction) throws -> Value
    ) throws -> Value {
      guard !isReadOnly else {
        throw ImageSearchError.local(
          .indexUnavailable, "The index was opened for reading only")
      }
      let before = try current()
      return try writers.with(control) { connection in
        let value = try connection.transaction(writing: true) {
          try connection.checkSharedMemory()
          let transaction = IndexTransaction(connection: connection, epoch: before.epoch)
          try transaction.checkKeys()
          let value = try body(transaction)
          try connection.checkSharedMemory()
          try control.check()
          guard try current() == before else { throw Self.replaced(directory) }
          try commitment?.begin()
          return value
        }
        try connection.checkSharedMemory()
        guard try current() == before else { throw Self.replaced(directory) }
        return value
      }
    }

    func close() {
      readers.close()
      writers.close()
    }

    /// Drops the connections in a child process, where closing them would release the parent's locks.
    func abandon() {
      readers.abandon()
      writers.abandon()
    }

    private static let mostReopenings = 20

    /// Checks which database the path names now; closes the connections if it is another one.
    private func current() throws -> Opened {
      let found = try Self.look(directory, readOnly: isReadOnly)
      let (now, isOther) = opened.withLock { opened -> (Opened, Bool) in
        if opened.isSame(as: found) { return (opened, false) }
        let isSameFile = opened.device == found.device && opened.inode == found.inode
        let epoch = opened.epoch + (isSameFile ? 0 : 1)
        opened = found
        opened.epoch = epoch
        return (opened, true)
      }
      if isOther {
        readers.reset()
        writers.reset()
      }
      return now
    }

    private static func look(_ directory: IndexDirectory, readOnly: Bool) throws -> Opened {
      guard let file = try directory.check() else {
        throw ImageSearchError.local(.indexUnavailable, "There is no index in \(directory.path)")
      }
      var opened = Opened(device: file.device, inode: file.inode)
      if readOnly, !hasLog(directory) { opened.fixed = .init(size: file.size, modified: file.modified) }
      return opened
    }

    /// Whether a process is writing, or has left a log. Otherwise the database can be read as immutable, without
    /// creating files.
    private static func hasLog(_ directory: IndexDirectory) -> Bool {
      if let log = try? Platform.status(directory.database + "-wal"), log.size > 0 { return true }
      return (try? Platform.status(directory.database + "-shm")) != nil
    }

    private static func replaced(_ directory: IndexDirectory) -> ImageSearchError {
      ImageSearchError.local(
        .indexUnavailable,
        "The index in \(directory.path) was replaced while it was written; nothing of the call is in the new one")
    }

    private static func refuseUnwritable(_ directory: IndexDirectory) throws {
      guard let failure = Platform.refusalToWrite(in: directory.path) else { return }
      throw IndexDirectory.unavailable(
        "\(directory.path) cannot be written; open it with readOnly (read_only=True) to search it", failure)
    }

    /// Creates the database under a temporary name, and renames it when it is complete.
    private static func createIfMissing(
      _ directory: IndexDirectory, matcher: Int64, lockTimeout: Duration, _ control: CallControl
    ) throws {
      guard try directory.check() == nil else { return }
      let done: Void? = try FileLock.with(directory.lockFile, wait: lockTimeout, control) {
        guard try directory.check() == nil else { return }
        if (try? Platform.status(directory.segments)) != nil {
          throw IndexTransaction.corrupt(
            "\(directory.database) is missing, but what was derived from it is there; "
              + "restore it, or empty the directory to begin anew")
        }
        try removeLeftovers(directory)
        let unfinished = try IndexDirectory.orUnavailable("a new \(directory.database) cannot be made") {
          let path = directory.database + "." + (try Platform.unpredictableName()) + unfinishedSuffix
          Platform.close(try Platform.openOwn(path, .new))
          return path
        }
        do {
          try makeDatabase(unfinished, directory, matcher: matcher, control)
        } catch {
          for suffix in ["", "-journal", "-wal", "-shm"] { Platform.remove(unfinished + suffix) }
          throw error
        }
        try IndexDirectory.orUnavailable("\(directory.database) cannot be made") {
          try Platform.move(unfinished, to: directory.database)
        }
        try IndexDirectory.sync(directory.path)
      }
      guard done != nil else {
        throw ImageSearchError.local(.indexUnavailable, "Another process makes the index and did not end in time")
      }
    }

    private static let unfinishedSuffix = ".new"

    /// Removes the temporary files of a process that ended while it created a database. Called under the lock.
    private static func removeLeftovers(_ directory: IndexDirectory) throws {
      let folder = try IndexDirectory.orUnavailable("\(directory.path) cannot be read") {
        try Platform.openLinkedFolder(directory.path)
      }
      defer { Platform.close(folder) }
      try Platform.forEachEntry(of: folder) { bytes in
        let name = String(decoding: bytes, as: UTF8.self)
        guard name.hasPrefix("index.sqlite."), name.contains(unfinishedSuffix) else { return }
        Platform.remove(name, in: folder)
      }
    }

    private static func makeDatabase(
      _ path: String, _ directory: IndexDirectory, matcher: Int64, _ control: CallControl
    ) throws {
      let connection = try SQLiteConnection(path: path, access: .create, lockTimeout: .zero, control: control)
      // A row with features has up to 4 036 bytes: four of them fill a page of this size.
      try connection.execute("PRAGMA page_size = 16384; PRAGMA synchronous = FULL;")
      try connection.transaction(writing: true) {
        try connection.execute(IndexSchema.creation)
        try connection.run("INSERT INTO state VALUES(1, ?1, 1, 1, 0)", .integer(matcher))
      }
      let mode = try connection.statement("PRAGMA journal_mode = WAL").first { try $0.optionalText(0) }
      guard mode == "wal" else {
        throw ImageSearchError.local(
          .indexUnavailable, "The file system of \(directory.path) has no shared memory for SQLite's log")
      }
    }
  }
#endif
