#if LocalIndex
  import CSQLite
  import ImageSearch

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #endif

  /// The rows of an index: what is in them is true, whatever else is in the directory.
  ///
  /// Knows nothing of what features mean; see ``IndexSchema`` for the tables.
  final class IndexStore: Sendable {
    let directory: IndexDirectory
    let isReadOnly: Bool
    private let readers: ConnectionPool
    private let writers: ConnectionPool

    /// Opens the database, or makes it.
    ///
    /// - Parameters:
    ///   - matcher: the version of the matcher that a new index is made for.
    ///   - upgradedAt: brings earlier tables to today's version, in microseconds since 1970; `nil` refuses them.
    ///   - lockTimeout: how long a write waits for another process's, in seconds.
    /// - Throws: ``ImageSearchError/Code/indexUnavailable``, ``ImageSearchError/Code/indexCorrupt``,
    ///   ``ImageSearchError/Code/indexVersionMismatch`` for other tables, ``ImageSearchError/Code/diskFull``.
    init(
      directory: IndexDirectory, readOnly: Bool, create: Bool, matcher: Int64, upgradedAt: Int64?, lockTimeout: Double
    ) throws {
      self.directory = directory
      isReadOnly = readOnly
      let path = directory.database
      if !readOnly, create { try Self.createIfMissing(directory, matcher: matcher) }
      switch IndexDirectory.size(of: path) {
      case nil:
        throw ImageSearchError.local(
          .indexUnavailable, "There is no index in \(directory.path)")
      case 0: throw IndexTransaction.corrupt("\(path) is empty")
      default: break
      }
      let parameters = readOnly && Self.needsImmutable(directory) ? "?immutable=1" : ""
      readers = ConnectionPool {
        // A reader of a database in WAL mode writes to the file `-shm` (<https://www.sqlite.org/wal.html>, 8).
        let connection = try SQLiteConnection(
          path: path, access: readOnly ? .readOnly : .readWrite, lockTimeout: lockTimeout, uriParameters: parameters)
        try connection.execute(IndexSchema.readerSettings)
        return connection
      }
      writers = ConnectionPool {
        let connection = try SQLiteConnection(path: path, access: .readWrite, lockTimeout: lockTimeout)
        try connection.execute(IndexSchema.writerSettings)
        return connection
      }
      let found = try readers.with(CallControl()) { try IndexSchema.version(of: $0, path: path) }
      if let upgradedAt, !readOnly, found < IndexSchema.version {
        try write(CallControl()) { try TableUpgrade.run($0, path: path, addedAt: upgradedAt, control: CallControl()) }
      } else {
        try IndexSchema.check(version: found, path: path)
      }
    }

    /// Work on one state of the rows.
    func read<Value>(_ control: CallControl, _ body: (IndexTransaction) throws -> Value) throws -> Value {
      try readers.with(control) { connection in
        try connection.transaction(writing: false) { try body(IndexTransaction(connection: connection)) }
      }
    }

    /// Work that changes rows: durable when this returns, undone when it throws.
    func write<Value>(_ control: CallControl, _ body: (IndexTransaction) throws -> Value) throws -> Value {
      guard !isReadOnly else {
        throw ImageSearchError.local(
          .indexUnavailable, "The index was opened for reading only")
      }
      return try writers.with(control) { connection in
        try connection.transaction(writing: true) {
          let value = try body(IndexTransaction(connection: connection))
          try control.check()
          return value
        }
      }
    }

    func close() {
      readers.close()
      writers.close()
    }

    /// Forgets the connections in a child process, where closing them would harm the parent.
    func abandon() {
      readers.abandon()
      writers.abandon()
    }

    /// Makes the database under another name first: half of one never has the name of a whole one.
    private static func createIfMissing(_ directory: IndexDirectory, matcher: Int64) throws {
      guard IndexDirectory.size(of: directory.database) == nil else { return }
      try FileLock.with(directory.lockFile, wait: true) {
        guard IndexDirectory.size(of: directory.database) == nil else { return }
        if IndexDirectory.size(of: directory.segments) != nil {
          throw IndexTransaction.corrupt(
            "\(directory.database) is missing, but what was derived from it is there; "
              + "restore it, or empty the directory to begin anew")
        }
        for suffix in ["", "-journal", "-wal", "-shm"] { unlink(directory.newDatabase + suffix) }
        try makeDatabase(directory, matcher: matcher)
        guard rename(directory.newDatabase, directory.database) == 0 else {
          throw IndexDirectory.unavailable("\(directory.database) cannot be made", errno)
        }
        try IndexDirectory.sync(directory.path)
      }
    }

    private static func makeDatabase(_ directory: IndexDirectory, matcher: Int64) throws {
      let connection = try SQLiteConnection(path: directory.newDatabase, access: .create, lockTimeout: 0)
      // Rows with features are a little larger than 3 KB: five of them fill a page of this size, one a page of the default.
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

    /// Whether SQLite cannot make the files it needs for readers, so that the database has to be read as it is.
    private static func needsImmutable(_ directory: IndexDirectory) -> Bool {
      access(directory.path, W_OK) != 0 && IndexDirectory.size(of: directory.database + "-shm") == nil
        && (IndexDirectory.size(of: directory.database + "-wal") ?? 0) == 0
    }
  }
#endif
