#if LocalIndex
  import FoundationEssentials
  import ImageSearch

  @testable import ImageIndex

  /// Writes an index as the library with tables of version 1 did, with its tables, rows and checksums.
  enum EarlierIndex {
    struct Row {
      var itemID: String
      var name = "p"
      var category: String?
      var content: String?
      var bytes: [UInt8]
      var path: String?
      var thumbnail: [UInt8]?
      /// The stored features; `nil` for those of the present engine.
      var features: [UInt8]?
      /// The targets that the image had been copied to.
      var copiedTo: String?
    }

    private static let tables = """
      PRAGMA application_id = 1230195785;
      PRAGMA user_version = 1;
      CREATE TABLE state(
        id INTEGER PRIMARY KEY CHECK(id = 1),
        matcher INTEGER NOT NULL,
        generation INTEGER NOT NULL,
        segment_generation INTEGER NOT NULL,
        images INTEGER NOT NULL
      );
      CREATE TABLE categories(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
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
        source_path TEXT,
        source_time INTEGER,
        warning TEXT,
        checksum INTEGER NOT NULL,
        UNIQUE(item_id, name)
      );
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

    /// - Parameter matcher: The version of the engine in the index.
    static func write(_ path: String, _ rows: [Row], matcher: Int64 = 257) throws {
      try FileManager.default.createDirectory(atPath: path + "/segments", withIntermediateDirectories: true)
      let connection = try SQLiteConnection(path: path + "/index.sqlite", access: .create, lockTimeout: .zero)
      try connection.execute("PRAGMA page_size = 16384;")
      try connection.execute(tables)
      try connection.run("INSERT INTO state VALUES(1, ?1, 9, 3, ?2)", .integer(matcher), .integer(Int64(rows.count)))
      let analyzer = ImageAnalyzer(configuration: LocalIndexConfiguration())
      for row in rows {
        var category: Int64?
        if let name = row.category {
          try connection.run("INSERT OR IGNORE INTO categories(name) VALUES(?1)", .text(name))
          category = try connection.statement("SELECT id FROM categories WHERE name = ?1").first([.text(name)]) {
            $0.integer(0)
          }
        }
        let analysis = try row.bytes.withUnsafeBytes { try analyzer.analyze($0) }
        let digest = try row.bytes.withUnsafeBytes { try LocalIndex.digest($0) }
        let time = try row.path.map { try ImageFile(path: Array($0.utf8)).modificationTime }
        try connection.run(
          """
          INSERT INTO images(item_id, name, category, custom_content, width, height, format, byte_count, digest,
          source_path, source_time, warning, checksum) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, NULL, ?12)
          """, .text(row.itemID), .text(row.name), SQLiteValue(category), SQLiteValue(row.content),
          SQLiteValue(analysis.width), SQLiteValue(analysis.height), .text(analysis.format),
          SQLiteValue(row.bytes.count), .blob(digest), SQLiteValue(row.path), SQLiteValue(time),
          .integer(Int64(checksum(row, analysis, digest, time))))
        let id = connection.lastInserted
        let features = row.features ?? analysis.features
        try connection.run(
          "INSERT INTO features VALUES(?1, ?2, ?3)", .integer(id), .blob(features),
          .integer(Int64(CRC32C.checksum(features))))
        if let thumbnail = row.thumbnail {
          try connection.run(
            "INSERT INTO thumbnails VALUES(?1, ?2, ?3)", .integer(id), .blob(thumbnail),
            .integer(Int64(CRC32C.checksum(thumbnail))))
        }
        if let target = row.copiedTo {
          try connection.run("INSERT INTO copies VALUES(?1, ?2)", .integer(id), .text(target))
        }
      }
      // A deleted row, whose key must not be reused, and a segment of that version.
      try connection.run(
        "INSERT INTO images VALUES(1000, 'gone', 'p', NULL, NULL, 1, 1, 'PNG', 1, x'00', NULL, NULL, NULL, 0)")
      try connection.run("DELETE FROM images WHERE id = 1000")
      try connection.run("INSERT INTO deletions(image) VALUES(1000)")
      try connection.run("INSERT INTO segments VALUES(1, 2, '1-2-1.segment', 2)")
      try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path + "/segments/1-2-1.segment"))
      try connection.execute("PRAGMA journal_mode = WAL")
    }

    private static func checksum(
      _ row: Row, _ analysis: ImageAnalyzer.Analysis, _ digest: [UInt8], _ time: Int64?
    ) -> UInt32 {
      var bytes: [UInt8] = []
      func append(_ number: Int64) { withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) } }
      func append(_ text: String?) {
        append(Int64(text?.utf8.count ?? -1))
        if let text { bytes.append(contentsOf: text.utf8) }
      }
      append(row.itemID)
      append(row.name)
      append(row.category)
      append(row.content)
      append(Int64(analysis.width))
      append(Int64(analysis.height))
      append(analysis.format)
      append(Int64(row.bytes.count))
      append(Int64(digest.count))
      bytes.append(contentsOf: digest)
      append(row.path)
      append(time ?? -1)
      append(nil as String?)
      return CRC32C.checksum(bytes)
    }
  }
#endif
