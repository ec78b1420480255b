#if LocalIndex
  import ImageSearch

  /// The tables of the database. Rows are the truth; whatever else is in the directory is derived from them.
  ///
  /// An image's row never changes: what replaces it is a new row with a new `id`, and ids are never used twice. So everything
  /// derived from a row stays right for as long as the row is there, and `deletions` says which are no longer.
  enum IndexSchema {
    /// `ISLI`, in the header of the file (<https://www.sqlite.org/fileformat.html>, 1.3.12).
    static let applicationID: Int64 = 0x4953_4C49
    /// Raised when a table changes; ``TableUpgrade`` brings earlier ones to this version.
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

    /// The settings of a connection that writes. What has been acknowledged is on the disk: FULL syncs the log at every
    /// commit (<https://www.sqlite.org/pragma.html#pragma_synchronous>).
    static let writerSettings = "PRAGMA synchronous = FULL; PRAGMA cache_size = -8000; PRAGMA foreign_keys = OFF;"
    /// The settings of a connection that reads.
    static let readerSettings = "PRAGMA query_only = ON; PRAGMA cache_size = -8000;"

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
