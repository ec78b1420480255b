#if LocalIndex
  import ImageSearch

  /// Upgrades the tables of an earlier version in one transaction: ids, categories, custom content, copies and
  /// thumbnails are kept. Data that the earlier version did not have is computed from the images by a rebuild
  /// afterwards.
  enum TableUpgrade {
    /// Does nothing when the tables are of the current version.
    ///
    /// - Parameter addedAt: the time of adding for rows without one.
    /// - Throws: ``ImageSearchError/Code/indexVersionMismatch`` for a newer version, ``ImageSearchError/Code/indexCorrupt`` for a
    ///   damaged row.
    static func run(_ transaction: IndexTransaction, path: String, addedAt: Int64, control: CallControl) throws {
      let connection = transaction.connection
      let found = try IndexSchema.version(of: connection, path: path)
      guard found != IndexSchema.version else { return }
      guard found == IndexSchema.earliestVersion else { return try IndexSchema.check(version: found, path: path) }
      try connection.execute("ALTER TABLE images RENAME TO images_1")
      try connection.execute(IndexSchema.images)
      try connection.statement(rows).forEach { row in
        try control.check()
        let (image, category) = try image(of: row, addedAt: addedAt)
        try transaction.insertRow(image.record, id: image.id, category: category)
      }
      // Keys are never reused, including those of deleted rows.
      try connection.run(
        """
        UPDATE sqlite_sequence SET seq = max(seq, (SELECT max(seq) FROM sqlite_sequence WHERE name = 'images_1'))
        WHERE name = 'images'
        """)
      try connection.run(
        """
        INSERT INTO sqlite_sequence(name, seq) SELECT 'images', seq FROM sqlite_sequence WHERE name = 'images_1'
        AND NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'images')
        """)
      try connection.execute("DROP TABLE images_1; DELETE FROM segments; DELETE FROM deletions;")
      // No engine has this version: the index cannot be opened until the rebuild has ended.
      try connection.execute(
        """
        UPDATE state SET matcher = 0, generation = generation + 1, segment_generation = segment_generation + 1;
        PRAGMA user_version = \(IndexSchema.version);
        """)
    }

    /// The tables of version 1.
    static let earliestCreation = """
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

    private static let rows = """
      SELECT p.id, p.item_id, p.name, c.name, p.custom_content, p.width, p.height, p.format, p.byte_count, p.digest,
      p.source_path, p.source_time, p.warning, p.checksum, p.category
      FROM images_1 p LEFT JOIN categories c ON c.id = p.category ORDER BY p.id
      """

    private static func image(of row: SQLiteRow, addedAt: Int64) throws -> (StoredImage, category: Int64?) {
      let id = row.integer(0)
      let path = try row.optionalText(10)
      let record = ImageRecord(
        itemID: try row.requiredText(1), name: try row.requiredText(2), category: try row.optionalText(3),
        customContent: try row.optionalText(4), width: Int(row.integer(5)), height: Int(row.integer(6)),
        format: try row.requiredText(7), byteCount: Int(row.integer(8)), digest: row.blob(9), exifDate: nil,
        sourcePath: path.map { Array($0.utf8) }, sourceTime: row.optionalInteger(11), addedAt: addedAt, engine: 0,
        warning: try row.optionalText(12))
      var sum = RowChecksum()
      sum.add(record.itemID)
      sum.add(record.name)
      sum.add(record.category)
      sum.add(record.customContent)
      sum.add(Int64(record.width))
      sum.add(Int64(record.height))
      sum.add(record.format)
      sum.add(Int64(record.byteCount))
      sum.add(record.digest)
      sum.add(path)
      sum.add(record.sourceTime ?? -1)
      sum.add(record.warning)
      guard Int64(sum.value) == row.integer(13) else {
        throw IndexTransaction.corrupt("the row of image \(id) is damaged")
      }
      try IndexTransaction.check(record, id: id)
      return (StoredImage(id: id, record: record), row.optionalInteger(14))
    }
  }
#endif
