#if LocalIndex
  import ImageSearch

  extension IndexTransaction {
    /// What writing an image did.
    enum WriteOutcome { case added, replaced, unchanged }

    /// Writes an image in place of the one of the same item and name, if there is one.
    func write(_ image: NewImage) throws -> WriteOutcome {
      let record = image.record
      let earlier = try self.image(itemID: record.itemID, name: record.name)
      if let earlier {
        if earlier.record == record, try isSearchable(earlier.id) { return .unchanged }
        try delete(earlier.id)
      }
      try connection.run(
        """
        INSERT INTO images(item_id, name, category, custom_content, width, height, format, byte_count, digest,
        source_path, source_time, warning, checksum) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
        """, .text(record.itemID), .text(record.name), try categoryKey(record.category),
        SQLiteValue(record.customContent),
        SQLiteValue(record.width), SQLiteValue(record.height), .text(record.format), SQLiteValue(record.byteCount),
        .blob(record.digest), SQLiteValue(record.sourcePath), record.sourceTime.map(SQLiteValue.integer) ?? .null,
        SQLiteValue(record.warning), .integer(Int64(record.checksum)))
      let id = connection.lastInserted
      try insert("INSERT INTO features(image, data, checksum) VALUES(?1, ?2, ?3)", id, image.features)
      if let thumbnail = image.thumbnail {
        try insert("INSERT INTO thumbnails(image, data, checksum) VALUES(?1, ?2, ?3)", id, thumbnail)
      }
      return earlier == nil ? .added : .replaced
    }

    /// Notes another path or time of an image's file. In place: nothing that is derived from the row depends on it.
    func updateSource(_ image: StoredImage) throws {
      let record = image.record
      // Only the row that was looked at: it may have been replaced since.
      try connection.run(
        "UPDATE images SET source_path = ?1, source_time = ?2, checksum = ?3 WHERE id = ?4",
        SQLiteValue(record.sourcePath), record.sourceTime.map(SQLiteValue.integer) ?? .null,
        .integer(Int64(record.checksum)), .integer(image.id))
    }

    /// Removes an image, or all of an item.
    ///
    /// - Returns: how many were there.
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

    /// To be called once in a transaction that wrote something.
    ///
    /// - Parameter difference: how many images there are more than before.
    func noteChange(of difference: Int) throws {
      try connection.run(
        "UPDATE state SET generation = generation + 1, images = images + ?1", .integer(Int64(difference)))
    }

    /// Puts other features in place: only while an index is rebuilt, after which every view of it is made anew.
    func replaceFeatures(_ id: Int64, _ features: [UInt8]) throws {
      try connection.run("DELETE FROM features WHERE image = ?1", .integer(id))
      try insert("INSERT INTO features(image, data, checksum) VALUES(?1, ?2, ?3)", id, features)
    }

    /// Ends a rebuild. Segments of another version are of no use.
    func becomeVersion(_ version: Int64) throws {
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
      try connection.run("DELETE FROM features WHERE image = ?1", .integer(id))
      try connection.run("DELETE FROM thumbnails WHERE image = ?1", .integer(id))
      try connection.run("INSERT INTO deletions(image) VALUES(?1)", .integer(id))
      try connection.run("DELETE FROM copies WHERE image = ?1", .integer(id))
    }

    private func insert(_ sql: String, _ id: Int64, _ data: [UInt8]) throws {
      try connection.run(sql, .integer(id), .blob(data), .integer(Int64(CRC32C.checksum(data))))
    }

    private func categoryKey(_ name: String?) throws -> SQLiteValue {
      guard let name else { return .null }
      if let known = try category(name) { return .integer(known) }
      try connection.run("INSERT INTO categories(name) VALUES(?1)", .text(name))
      return .integer(connection.lastInserted)
    }
  }
#endif
