#if LocalIndex
  import CSQLite
  import ImageSearch

  /// A connection to the database, used by one thread at a time.
  final class SQLiteConnection {
    /// Which rights a connection has.
    enum Access { case readOnly, readWrite, create }

    private let handle: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]
    private let path: String
    /// Read by SQLite's callbacks, which run on the thread that uses the connection.
    fileprivate var control = CallControl()
    /// How long to wait for another process's write, in seconds.
    fileprivate let lockTimeout: Double

    /// - Throws: ``ImageSearchError/Code/indexUnavailable``, ``ImageSearchError/Code/indexCorrupt``.
    init(path: String, access: Access, lockTimeout: Double, uriParameters: String = "") throws {
      self.path = path
      self.lockTimeout = lockTimeout
      var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI
      switch access {
      case .readOnly: flags |= SQLITE_OPEN_READONLY
      case .readWrite: flags |= SQLITE_OPEN_READWRITE
      case .create: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      }
      var opened: OpaquePointer?
      let status = sqlite3_open_v2(Self.uri(path) + uriParameters, &opened, flags, nil)
      guard let opened else {
        throw ImageSearchError.local(.internalFailure, "SQLite has no memory")
      }
      handle = opened
      guard status == SQLITE_OK else { throw error(status) }
      sqlite3_extended_result_codes(handle, 1)
      guard imagesearch_sqlite_harden(handle) == SQLITE_OK else { throw error(SQLITE_MISUSE) }
    }

    deinit {
      for statement in statements.values { statement.finalize() }
      sqlite3_close_v2(handle)
    }

    /// Runs work on this connection that ends when the call does.
    func with<Value>(_ control: CallControl, _ body: () throws -> Value) throws -> Value {
      self.control = control
      let context = Unmanaged.passUnretained(self).toOpaque()
      sqlite3_progress_handler(
        handle, 4000, { raw in SQLiteConnection.at(raw)?.control.interruption == nil ? 0 : 1 }, context)
      sqlite3_busy_handler(handle, { raw, count in SQLiteConnection.at(raw)?.waitForLock(Int(count)) ?? 0 }, context)
      defer {
        sqlite3_progress_handler(handle, 0, nil, nil)
        self.control = CallControl()
      }
      return try body()
    }

    /// The prepared form of a statement, kept for the next time.
    func statement(_ sql: String) throws -> SQLiteStatement {
      if let known = statements[sql] { return known }
      var prepared: OpaquePointer?
      let status = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
      guard status == SQLITE_OK, let prepared else { throw error(status) }
      let statement = SQLiteStatement(prepared, connection: self)
      statements[sql] = statement
      return statement
    }

    /// Runs a statement that gives no rows.
    func run(_ sql: String, _ values: SQLiteValue...) throws { try statement(sql).run(values) }

    /// Runs several statements without values.
    func execute(_ sql: String) throws {
      let status = sqlite3_exec(handle, sql, nil, nil, nil)
      guard status == SQLITE_OK else { throw error(status) }
    }

    /// A transaction: all of it or nothing.
    ///
    /// - Parameter writing: takes the write lock at once, so that the transaction never fails half-way for want of it.
    func transaction<Value>(writing: Bool, _ body: () throws -> Value) throws -> Value {
      try run(writing ? "BEGIN IMMEDIATE" : "BEGIN")
      do {
        let value = try body()
        try run("COMMIT")
        return value
      } catch {
        // Fails when SQLite has rolled back by itself, which is what is wanted.
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

    /// Sleeps a moment; 0 gives up.
    private func waitForLock(_ count: Int) -> Int32 {
      let pause = min(1 << min(count, 5), 20)  // milliseconds: 1, 2, 4, 8, 16, 20, 20 …
      let waited = count < 5 ? (1 << count) - 1 : 31 + (count - 5) * 20
      guard control.interruption == nil, Double(waited) < lockTimeout * 1000 else { return 0 }
      sqlite3_sleep(Int32(pause))
      return 1
    }

    private static func at(_ raw: UnsafeMutableRawPointer?) -> SQLiteConnection? {
      raw.map { Unmanaged<SQLiteConnection>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The path as a `file:` URI; see <https://www.sqlite.org/uri.html>.
    private static func uri(_ path: String) -> String {
      // With an empty authority, so that no part of an absolute path is taken for one.
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
