#if LocalIndex
  import ImageSearch

  extension IndexTransaction {
    /// The outcome of writing an image.
    enum WriteOutcome: Sendable, Equatable {
      case added
      /// The replaced image was added from this file.
      case replaced(path: [UInt8]?)
      case unchanged

      var isChange: Bool { self != .unchanged }
    }

    /// Checks that there are keys left: SQLite would report a full disk.
    ///
    /// - Throws: ``ImageSearchError/Code/indexCorrupt``: adding images alone cannot exhaust the keys.
    func checkKeys() throws {
      // The next key follows the largest one ever assigned and the largest existing one.
      let last =
        try connection.statement(
          """
          SELECT max(key) FROM (SELECT max(seq) AS key FROM sqlite_sequence UNION ALL SELECT max(id) FROM images
          UNION ALL SELECT max(sequence) FROM deletions)
          """
        ).first { $0.integer(0) } ?? 0
      guard last <= Self.largestNumber else { throw Self.corrupt("the newest key makes no sense") }
    }

    /// Writes an image; replaces the one with the same item id and name, if there is one.
    func write(_ image: NewImage) throws -> WriteOutcome {
      let record = image.record
      let earlier = try self.image(itemID: record.itemID, name: record.name)
      if let earlier {
        if earlier.record.says(record) { return .unchanged }
        try delete(earlier.id)
      }
      let id = try insertRow(record, id: nil, category: try categoryKey(record.category))
      try insert("features", id, image.features)
      if let thumbnail = image.thumbnail { try insert("thumbnails", id, thumbnail) }
      return earlier.map { .replaced(path: $0.record.sourcePath) } ?? .added
    }

    /// - Parameter id: `nil` for the next one.
    /// - Returns: the key of the row.
    @discardableResult
    func insertRow(_ record: ImageRecord, id: Int64?, category: Int64?) throws -> Int64 {
      try connection.run(
        """
        INSERT INTO images(id, item_id, name, category, custom_content, width, height, format, byte_count, digest,
        exif_date, source_path, source_time, added_at, engine, warning, checksum)
        VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
        """, SQLiteValue(id), .text(record.itemID), .text(record.name), SQLiteValue(category),
        SQLiteValue(record.customContent), SQLiteValue(record.width), SQLiteValue(record.height), .text(record.format),
        SQLiteValue(record.byteCount), .blob(record.digest), SQLiteValue(record.exifDate),
        SQLiteValue(record.sourcePath), SQLiteValue(record.sourceTime), .integer(record.addedAt),
        .integer(record.engine), SQLiteValue(record.warning), .integer(Int64(record.checksum)))
      return connection.lastInserted
    }

    /// Stores a new path or time of an image's file. Updates the row in place: no derived data depends on them.
    func updateSource(_ image: StoredImage) throws {
      let record = image.record
      // By key: the image may have been replaced since.
      try connection.run(
        "UPDATE images SET source_path = ?1, source_time = ?2, checksum = ?3 WHERE id = ?4",
        SQLiteValue(record.sourcePath), SQLiteValue(record.sourceTime), .integer(Int64(record.checksum)),
        .integer(image.id))
    }

    /// Removes an image, or all images of an item.
    ///
    /// - Returns: the number of images removed.
    func remove(_ request: RemoveRequest) throws -> Int {
      var ids: [Int64] = []
      if let name = request.imageName {
        try connection.statement("SELECT id FROM images WHERE item_id = ?1 AND name = ?2")
          .forEach([.text(request.itemID), .text(name)]) { ids.append($0.integer(0)) }
      } else {
        try connection.statement("SELECT id FROM images WHERE item_id = ?1")
          .forEach([.text(request.itemID)]) { ids.append($0.integer(0)) }
      }
      for id in ids { try delete(id) }
      return ids.count
    }

    /// Must be called once in every transaction that wrote something.
    ///
    /// - Parameter difference: the change of the number of images.
    func noteChange(of difference: Int) throws {
      try connection.run(
        "UPDATE state SET generation = generation + 1, images = images + ?1", .integer(Int64(difference)))
    }

    /// Replaces the computed data of a row in place: only during a rebuild, after which every view is built again. Item
    /// id, name, category, custom content and digest do not change; the thumbnail is kept if there is no new one.
    func replaceDerivedData(_ id: Int64, _ image: NewImage) throws {
      let record = image.record
      try connection.run(
        """
        UPDATE images SET width = ?2, height = ?3, exif_date = ?4, engine = ?5, warning = ?6, checksum = ?7
        WHERE id = ?1
        """, .integer(id), SQLiteValue(record.width), SQLiteValue(record.height), SQLiteValue(record.exifDate),
        .integer(record.engine), SQLiteValue(record.warning), .integer(Int64(record.checksum)))
      guard connection.changes == 1 else { return }
      try put("features", id, image.features)
      if let thumbnail = image.thumbnail { try put("thumbnails", id, thumbnail) }
    }

    /// Ends a rebuild. Segments of another version are unusable.
    func setVersion(_ version: Int64) throws {
      if try state().matcher != version {
        try connection.run("DELETE FROM segments")
        try connection.run("DELETE FROM deletions")
      }
      try connection.run(
        """
        UPDATE state SET matcher = ?1, generation = generation + 1, segment_generation = segment_generation + 1,
        images = (SELECT count(*) FROM images)
        """, .integer(version))
    }

    private func delete(_ id: Int64) throws {
      try connection.run("DELETE FROM images WHERE id = ?1", .integer(id))
      for table in ["features", "thumbnails"] { try put(table, id, nil) }
      try connection.run("INSERT INTO deletions(image) VALUES(?1)", .integer(id))
      try connection.run("DELETE FROM copies WHERE image = ?1", .integer(id))
    }

    private func put(_ table: String, _ id: Int64, _ data: [UInt8]?) throws {
      try connection.run("DELETE FROM \(table) WHERE image = ?1", .integer(id))
      if let data { try insert(table, id, data) }
    }

    private func insert(_ table: String, _ id: Int64, _ data: [UInt8]) throws {
      try connection.run(
        "INSERT INTO \(table)(image, data, checksum) VALUES(?1, ?2, ?3)", .integer(id), .blob(data),
        .integer(Int64(CRC32C.checksum(data))))
    }

    private func categoryKey(_ name: String?) throws -> Int64? {
      guard let name else { return nil }
      if let known = try category(name) { return known }
      try connection.run("INSERT INTO categories(name) VALUES(?1)", .text(name))
      return connection.lastInserted
    }
  }
#endif
