#if LocalIndex
  import CMappedFile
  import CSQLite
  import ImageSearch

  /// A connection to the database, used by one thread at a time.
  final class SQLiteConnection {
    /// The access mode of a connection.
    enum Access { case readOnly, readWrite, create }

    private let handle: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]
    private let path: String
    /// The control of the current call; read by SQLite's callbacks, which run on the thread that uses the connection.
    private var control: CallControl
    /// How long to wait for another process's lock.
    private let lockTimeout: Duration
    /// When the current wait for a lock ends.
    private var lockDeadline = Deadline.never
    /// Numbers of the guards of the mapped `-shm` files.
    private var guards: [Int32] = []
    /// Maximum size of a value in bytes; thumbnails are the largest.
    private static let mostBytes: Int32 = 64 << 20

    /// - Throws: ``ImageSearchError/Code/indexUnavailable``, ``ImageSearchError/Code/indexCorrupt``.
    init(
      path: String, access: Access, lockTimeout: Duration, control: CallControl = CallControl(),
      isImmutable: Bool = false
    ) throws {
      self.path = path
      self.lockTimeout = lockTimeout
      self.control = control
      var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | SQLITE_OPEN_NOFOLLOW
      switch access {
      case .readOnly: flags |= SQLITE_OPEN_READONLY
      case .readWrite: flags |= SQLITE_OPEN_READWRITE
      case .create: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      }
      var opened: OpaquePointer?
      let status = sqlite3_open_v2(Self.uri(path) + (isImmutable ? "?immutable=1" : ""), &opened, flags, nil)
      guard let opened else { throw ImageSearchError.local(.outOfMemory, "SQLite has no memory") }
      handle = opened
      guard status == SQLITE_OK else { throw error(status) }
      sqlite3_extended_result_codes(handle, 1)
      // Before the first statement, which may wait for a lock and read a hostile file.
      let context = Unmanaged.passUnretained(self).toOpaque()
      sqlite3_progress_handler(
        handle, 4000, { raw in SQLiteConnection.at(raw)?.control.interruption == nil ? 0 : 1 }, context)
      sqlite3_busy_handler(handle, { raw, count in SQLiteConnection.at(raw)?.waitForLock(Int(count)) ?? 0 }, context)
      sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Self.mostBytes)
      guard imagesearch_sqlite_harden(handle) == SQLITE_OK else { throw error(SQLITE_MISUSE) }
    }

    deinit {
      for number in guards { mapped_file_unguard(number) }
      for statement in statements.values { statement.finalize() }
      sqlite3_close_v2(handle)
    }

    /// Runs work on this connection, which is interrupted with the call.
    func with<Value>(_ control: CallControl, _ body: () throws -> Value) throws -> Value {
      self.control = control
      defer { self.control = CallControl() }
      return try body()
    }

    /// Guards the `-shm` file, which SQLite maps, against SIGBUS in case it is truncated. Must be called after a read.
    ///
    /// - Throws: ``ImageSearchError/Code/indexUnavailable`` when it was truncated: results read since are invalid, and
    ///   nothing may be written.
    func checkSharedMemory() throws {
      if guards.contains(where: { mapped_file_is_broken($0) }) {
        throw ImageSearchError.local(
          .indexUnavailable, "\(path)-shm was cut short while the index was open; close it everywhere and open it again"
        )
      }
      while true {
        guard let start = imagesearch_sqlite_shared_memory(handle, Int32(guards.count)) else { return }
        let number = mapped_file_guard(start, Int(imagesearch_sqlite_shared_memory_size), true)
        if number < 0 { return }
        guards.append(number)
      }
    }

    /// A prepared statement, cached.
    func statement(_ sql: String) throws -> SQLiteStatement {
      if let known = statements[sql] { return known }
      var prepared: OpaquePointer?
      let status = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
      guard status == SQLITE_OK, let prepared else { throw error(status) }
      let statement = SQLiteStatement(prepared, connection: self)
      statements[sql] = statement
      return statement
    }

    /// Runs a statement that returns no rows.
    func run(_ sql: String, _ values: SQLiteValue...) throws { try statement(sql).run(values) }

    /// Runs several statements without values.
    func execute(_ sql: String) throws {
      let status = sqlite3_exec(handle, sql, nil, nil, nil)
      guard status == SQLITE_OK else { throw error(status) }
    }

    /// Runs a transaction: commits if `body` returns, rolls back if it throws.
    ///
    /// - Parameter writing: takes the write lock at the beginning, so that the transaction cannot fail later because
    ///   another process holds it.
    func transaction<Value>(writing: Bool, _ body: () throws -> Value) throws -> Value {
      try run(writing ? "BEGIN IMMEDIATE" : "BEGIN")
      do {
        let value = try body()
        try run("COMMIT")
        return value
      } catch {
        // Fails when SQLite has rolled back already.
        if !isIdle { try? run("ROLLBACK") }
        throw error
      }
    }

    /// Whether no transaction is open.
    var isIdle: Bool { sqlite3_get_autocommit(handle) != 0 }

    /// The key of the row inserted last.
    var lastInserted: Int64 { sqlite3_last_insert_rowid(handle) }

    /// How many rows the last statement changed.
    var changes: Int { Int(sqlite3_changes(handle)) }

    /// The error for a status of SQLite.
    func error(_ status: Int32) -> ImageSearchError {
      if status & 0xFF == SQLITE_INTERRUPT || status & 0xFF == SQLITE_BUSY, let interruption = control.interruption {
        return interruption
      }
      return SQLiteFailure.error(
        status, systemError: sqlite3_system_errno(handle), detail: String(cString: sqlite3_errmsg(handle)), path: path)
    }

    /// SQLite's busy handler: sleeps, then returns 1 to try again; 0 gives up.
    private func waitForLock(_ count: Int) -> Int32 {
      if count == 0 { lockDeadline = .after(lockTimeout) }
      guard control.interruption == nil, !lockDeadline.hasPassed else { return 0 }
      Platform.pause(milliseconds: min(1 << min(count, 5), 20))
      return 1
    }

    private static func at(_ raw: UnsafeMutableRawPointer?) -> SQLiteConnection? {
      raw.map { Unmanaged<SQLiteConnection>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The path as a `file:` URI; see <https://www.sqlite.org/uri.html>.
    private static func uri(_ path: String) -> String {
      // With an empty authority, so that no part of an absolute path is read as one.
      var text = path.hasPrefix("/") ? "file://" : "file:"
      let hexadecimal = Array("0123456789abcdef")
      for byte in path.utf8 {
        if byte < 0x80, ![UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "%")].contains(byte) {
          text.unicodeScalars.append(Unicode.Scalar(byte))
        } else {
          text.append("%")
          text.append(hexadecimal[Int(byte >> 4)])
          text.append(hexadecimal[Int(byte & 15)])
        }
      }
      return text
    }
  }
#endif
