#if LocalIndex
  import ImageSearch

  extension IndexTransaction {
    /// What writing a picture did.
    enum WriteOutcome { case added, replaced, unchanged }

    /// Writes a picture in place of the one of the same item and name, if there is one.
    func write(_ picture: NewPicture) throws -> WriteOutcome {
      let record = picture.record
      let earlier = try self.picture(itemID: record.itemID, name: record.name)
      if let earlier {
        if earlier.record == record, try isSearchable(earlier.id) { return .unchanged }
        try delete(earlier.id)
      }
      try connection.run(
        """
        INSERT INTO pictures(item_id, name, category, custom_content, width, height, format, byte_count, digest,
        source_path, source_time, warning, checksum) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
        """, .text(record.itemID), .text(record.name), try categoryKey(record.category),
        SQLiteValue(record.customContent),
        SQLiteValue(record.width), SQLiteValue(record.height), .text(record.format), SQLiteValue(record.byteCount),
        .blob(record.digest), SQLiteValue(record.sourcePath), record.sourceTime.map(SQLiteValue.integer) ?? .null,
        SQLiteValue(record.warning), .integer(Int64(record.checksum)))
      let id = connection.lastInserted
      try insert("INSERT INTO features(picture, data, checksum) VALUES(?1, ?2, ?3)", id, picture.features)
      if let thumbnail = picture.thumbnail {
        try insert("INSERT INTO thumbnails(picture, data, checksum) VALUES(?1, ?2, ?3)", id, thumbnail)
      }
      return earlier == nil ? .added : .replaced
    }

    /// Notes another path or time of a picture's file. In place: nothing that is derived from the row depends on it.
    func updateSource(_ picture: StoredPicture) throws {
      let record = picture.record
      // Only the row that was looked at: it may have been replaced since.
      try connection.run(
        "UPDATE pictures SET source_path = ?1, source_time = ?2, checksum = ?3 WHERE id = ?4",
        SQLiteValue(record.sourcePath), record.sourceTime.map(SQLiteValue.integer) ?? .null,
        .integer(Int64(record.checksum)), .integer(picture.id))
    }

    /// Removes a picture, or all of an item.
    ///
    /// - Returns: how many were there.
    func remove(_ request: RemoveRequest) throws -> Int {
      var ids: [Int64] = []
      if let name = request.pictureName {
        try connection.statement("SELECT id FROM pictures WHERE item_id = ?1 AND name = ?2")
          .forEach([.text(request.itemID), .text(name)]) { ids.append($0.integer(0)) }
      } else {
        try connection.statement("SELECT id FROM pictures WHERE item_id = ?1")
          .forEach([.text(request.itemID)]) { ids.append($0.integer(0)) }
      }
      for id in ids { try delete(id) }
      return ids.count
    }

    /// To be called once in a transaction that wrote something.
    ///
    /// - Parameter difference: how many pictures there are more than before.
    func noteChange(of difference: Int) throws {
      try connection.run(
        "UPDATE state SET generation = generation + 1, pictures = pictures + ?1", .integer(Int64(difference)))
    }

    /// Puts other features in place: only while an index is rebuilt, after which every view of it is made anew.
    func replaceFeatures(_ id: Int64, _ features: [UInt8]) throws {
      try connection.run("DELETE FROM features WHERE picture = ?1", .integer(id))
      try insert("INSERT INTO features(picture, data, checksum) VALUES(?1, ?2, ?3)", id, features)
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
        pictures = (SELECT count(*) FROM pictures)
        """, .integer(version))
    }

    private func delete(_ id: Int64) throws {
      try connection.run("DELETE FROM pictures WHERE id = ?1", .integer(id))
      try connection.run("DELETE FROM features WHERE picture = ?1", .integer(id))
      try connection.run("DELETE FROM thumbnails WHERE picture = ?1", .integer(id))
      try connection.run("INSERT INTO deletions(picture) VALUES(?1)", .integer(id))
      try connection.run("DELETE FROM copies WHERE picture = ?1", .integer(id))
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
