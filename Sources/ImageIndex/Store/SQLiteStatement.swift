#if LocalIndex
  import CSQLite
  import ImageSearch

  /// A value that is bound to a parameter of a statement.
  enum SQLiteValue {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    init(_ text: String?) { self = text.map(SQLiteValue.text) ?? .null }
    init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }
    init(_ number: Int64?) { self = number.map(SQLiteValue.integer) ?? .null }
    init(_ bytes: [UInt8]?) { self = bytes.map(SQLiteValue.blob) ?? .null }
  }

  /// A prepared statement, used by one thread at a time.
  final class SQLiteStatement {
    private let handle: OpaquePointer
    private unowned let connection: SQLiteConnection

    init(_ handle: OpaquePointer, connection: SQLiteConnection) {
      self.handle = handle
      self.connection = connection
    }

    /// Called by the connection before it closes.
    func finalize() { sqlite3_finalize(handle) }

    /// Runs to the end and ignores rows.
    func run(_ values: [SQLiteValue]) throws { try forEach(values) { _ in } }

    /// Calls `body` for each row.
    func forEach(_ values: [SQLiteValue] = [], _ body: (SQLiteRow) throws -> Void) throws {
      try bound(values[...], from: 1) {
        defer { sqlite3_reset(handle) }
        while true {
          let status = sqlite3_step(handle)
          if status == SQLITE_DONE { return }
          guard status == SQLITE_ROW else { throw connection.error(status) }
          try body(SQLiteRow(handle))
        }
      }
    }

    /// The first row, `nil` when there is none.
    func first<Value>(_ values: [SQLiteValue] = [], _ body: (SQLiteRow) throws -> Value) throws -> Value? {
      try bound(values[...], from: 1) {
        defer { sqlite3_reset(handle) }
        let status = sqlite3_step(handle)
        if status == SQLITE_DONE { return nil }
        guard status == SQLITE_ROW else { throw connection.error(status) }
        return try body(SQLiteRow(handle))
      }
    }

    /// Binds the values one by one; blobs are not copied, so `body` runs while they are alive.
    private func bound<Value>(
      _ values: ArraySlice<SQLiteValue>, from index: Int32, _ body: () throws -> Value
    ) throws -> Value {
      guard let value = values.first else { return try body() }
      let rest = values.dropFirst()
      var status: Int32 = SQLITE_OK
      switch value {
      case .null: status = sqlite3_bind_null(handle, index)
      case .integer(let number): status = sqlite3_bind_int64(handle, index, number)
      case .text(var text):
        status = text.withUTF8 { utf8 in
          guard let count = Int32(exactly: utf8.count) else { return SQLITE_TOOBIG }
          return utf8.withMemoryRebound(to: CChar.self) { characters in
            // An empty text has no address, but is not NULL.
            characters.baseAddress.map { imagesearch_sqlite_bind_text(handle, index, $0, count) }
              ?? imagesearch_sqlite_bind_text(handle, index, "", 0)
          }
        }
      case .blob(let bytes):
        return try bytes.withUnsafeBytes { raw in
          guard let count = Int32(exactly: raw.count) else { throw connection.error(SQLITE_TOOBIG) }
          let status =
            raw.baseAddress.map { imagesearch_sqlite_bind_blob(handle, index, $0, count) }
            ?? sqlite3_bind_zeroblob(handle, index, 0)
          guard status == SQLITE_OK else { throw connection.error(status) }
          defer { sqlite3_clear_bindings(handle) }
          return try bound(rest, from: index + 1, body)
        }
      }
      guard status == SQLITE_OK else { throw connection.error(status) }
      return try bound(rest, from: index + 1, body)
    }
  }

  /// The current row of a statement; valid until the next step.
  struct SQLiteRow {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    /// The text; `nil` for NULL.
    ///
    /// - Throws: ``ImageSearchError/Code/indexCorrupt`` for a value that is not text, or not UTF-8.
    func optionalText(_ column: Int32) throws -> String? {
      let type = sqlite3_column_type(handle, column)
      if type == SQLITE_NULL { return nil }
      guard type == SQLITE_TEXT, let start = sqlite3_column_text(handle, column) else {
        throw IndexTransaction.corrupt("column \(column) of a row is no text")
      }
      let count = Int(sqlite3_column_bytes(handle, column))
      guard let text = String(validating: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) else {
        throw IndexTransaction.corrupt("column \(column) of a row is no UTF-8")
      }
      return text
    }

    /// See ``optionalText(_:)``; NULL is an error too.
    func requiredText(_ column: Int32) throws -> String {
      guard let text = try optionalText(column) else {
        throw IndexTransaction.corrupt("column \(column) of a row is missing")
      }
      return text
    }

    /// The bytes in place; empty for NULL.
    func withBlob<Value>(_ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
      let start = sqlite3_column_blob(handle, column)
      let count = Int(sqlite3_column_bytes(handle, column))
      return try body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    /// A copy of the bytes; empty for NULL.
    func blob(_ column: Int32) -> [UInt8] { withBlob(column) { [UInt8]($0) } }
  }
#endif
