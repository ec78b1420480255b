#if LocalIndex
  import ImageSearch

  /// The tables of the database. Everything else in the directory is derived from their rows.
  ///
  /// An image's row never changes: a replaced image gets a new row with a new `id`, and ids are never reused. So data
  /// derived from a row is valid as long as the row exists, and `deletions` lists the rows that were deleted.
  enum IndexSchema {
    /// `ISLI`, in the header of the file (<https://www.sqlite.org/fileformat.html>, 1.3.12).
    static let applicationID: Int64 = 0x4953_4C49
    /// Incremented when a table changes; ``TableUpgrade`` upgrades earlier versions.
    static let version: Int64 = 2
    /// The earliest version that ``TableUpgrade`` reads.
    static let earliestVersion: Int64 = 1

    static let creation = """
      PRAGMA application_id = \(applicationID);
      PRAGMA user_version = \(version);
      CREATE TABLE state(
        id INTEGER PRIMARY KEY CHECK(id = 1),
        matcher INTEGER NOT NULL,
        generation INTEGER NOT NULL,
        segment_generation INTEGER NOT NULL,
        images INTEGER NOT NULL
      );
      CREATE TABLE categories(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
      \(images)
      CREATE TABLE features(image INTEGER PRIMARY KEY, data BLOB NOT NULL, checksum INTEGER NOT NULL);
      CREATE TABLE thumbnails(image INTEGER PRIMARY KEY, data BLOB NOT NULL, checksum INTEGER NOT NULL);
      CREATE TABLE deletions(sequence INTEGER PRIMARY KEY AUTOINCREMENT, image INTEGER NOT NULL);
      CREATE TABLE segments(
        first_image INTEGER PRIMARY KEY,
        last_image INTEGER NOT NULL,
        file TEXT NOT NULL,
        images INTEGER NOT NULL
      );
      CREATE TABLE copies(image INTEGER NOT NULL, target TEXT NOT NULL, PRIMARY KEY(image, target)) WITHOUT ROWID;
      """

    static let images = """
      CREATE TABLE images(
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        item_id TEXT NOT NULL,
        name TEXT NOT NULL,
        category INTEGER REFERENCES categories(id),
        custom_content TEXT,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        format TEXT NOT NULL,
        byte_count INTEGER NOT NULL,
        digest BLOB NOT NULL,
        exif_date TEXT,
        source_path BLOB,
        source_time INTEGER,
        added_at INTEGER NOT NULL,
        engine INTEGER NOT NULL,
        warning TEXT,
        checksum INTEGER NOT NULL,
        UNIQUE(item_id, name)
      );
      CREATE INDEX digests ON images(digest);
      """

    /// The settings of a connection that writes. Commits are durable: FULL syncs the log at every commit
    /// (<https://www.sqlite.org/pragma.html#pragma_synchronous>).
    static let writerSettings = "PRAGMA synchronous = FULL; PRAGMA cache_size = -8000; PRAGMA foreign_keys = OFF;"
    /// The settings of a connection that reads.
    static let readerSettings = "PRAGMA query_only = ON; PRAGMA cache_size = -8000;"

    /// Checks that a database is an index and has no other tables, views or triggers, which could make SQLite run
    /// foreign statements.
    ///
    /// - Parameter earlier: whether tables of an earlier version are accepted.
    /// - Throws: ``ImageSearchError/Code/indexCorrupt`` for another program's database or other tables, views or triggers,
    ///   ``ImageSearchError/Code/indexVersionMismatch`` for tables of another version.
    static func check(_ connection: SQLiteConnection, path: String, earlier: Bool) throws {
      let found = try version(of: connection, path: path)
      if !(earlier && found == earliestVersion) { try check(version: found, path: path) }
      let expected = found == version ? tables : earliestTables
      var count = 0
      // SQLite's own tables, such as statistics, have names with a reserved prefix.
      try connection.statement("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~'").forEach
      {
        let name = try $0.requiredText(0)
        guard let text = expected[name], try normalized($0.requiredText(1)) == text else {
          throw IndexTransaction.corrupt(
            "\(path) has a table, view or trigger that is not the index's: \(name.prefix(60))")
        }
        count += 1
      }
      guard count == expected.count else { throw IndexTransaction.corrupt("\(path) lacks tables") }
    }

    private static let tables = statements(of: creation)
    private static let earliestTables = statements(of: TableUpgrade.earliestCreation)

    /// The statement of each table and index by its name.
    private static func statements(of script: String) -> [String: String] {
      var found: [String: String] = [:]
      for statement in script.split(separator: ";") {
        let text = normalized(String(statement))
        for kind in ["CREATE TABLE ", "CREATE INDEX "] where text.hasPrefix(kind) {
          found[String(text.dropFirst(kind.count).prefix { $0 != "(" && $0 != " " })] = text
        }
      }
      return found
    }

    private static func normalized(_ text: String) -> String {
      text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// The version of the tables.
    ///
    /// - Throws: ``ImageSearchError/Code/indexCorrupt`` for another program's database.
    static func version(of connection: SQLiteConnection, path: String) throws -> Int64 {
      let application = try connection.statement("PRAGMA application_id").first { $0.integer(0) } ?? 0
      guard application == applicationID else {
        throw ImageSearchError.local(.indexCorrupt, "\(path) is not the database of an index")
      }
      return try connection.statement("PRAGMA user_version").first { $0.integer(0) } ?? 0
    }

    /// - Throws: ``ImageSearchError/Code/indexVersionMismatch`` for tables of another version.
    static func check(version found: Int64, path: String) throws {
      if found == version { return }
      let what = "\(path) has tables of version \(found), this library writes version \(version)"
      throw ImageSearchError.local(
        .indexVersionMismatch,
        (earliestVersion..<version).contains(found)
          ? "\(what); rebuild brings them to it" : "\(what); a newer version of the library reads them")
    }
  }
#endif
