#if LocalIndex
  import ImageSearch

  extension IndexTransaction {
    /// The images of an item in the order of adding; empty when the item is not in the index.
    func images(itemID: String) throws -> [StoredImage] {
      try images("WHERE p.item_id = ?1 ORDER BY p.id", [.text(itemID)])
    }

    /// The oldest image of each of up to `limit` items whose oldest image comes after the given key.
    ///
    /// The order of adding is the order of the row keys: a replaced image gets a new key.
    func oldestImages(after id: Int64, limit: Int) throws -> [StoredImage] {
      try images(
        """
        WHERE p.id > ?1 AND NOT EXISTS (SELECT 1 FROM images q WHERE q.item_id = p.item_id AND q.id < p.id)
        ORDER BY p.id LIMIT ?2
        """, [.integer(id), .integer(Int64(limit))])
    }

    /// Number of images, of all categories or of one.
    func count(category: Int64?) throws -> Int {
      let found = try connection.statement("SELECT count(*) FROM images WHERE ?1 IS NULL OR category = ?1")
        .first([SQLiteValue(category)]) { $0.integer(0) }
      return Int(clamping: found ?? 0)
    }

    /// Categories that have at least one image, with the number of their images, sorted by name.
    func categories() throws -> [(name: String, count: Int)] {
      var found: [(name: String, count: Int)] = []
      try connection.statement(
        """
        SELECT c.name, count(*) FROM images p JOIN categories c ON c.id = p.category GROUP BY c.id ORDER BY c.name
        """
      ).forEach([]) { found.append((try $0.requiredText(0), Int(clamping: $0.integer(1)))) }
      return found
    }

    /// Changes an image's category or custom content.
    ///
    /// Segments and memtables store the category, and the rows they are derived from never change: with another
    /// category the image becomes a new row with the features and the thumbnail of the old one.
    func update(_ image: StoredImage, category: String?, customContent: String?) throws {
      var record = image.record
      record.category = category
      record.customContent = customContent
      guard record != image.record else { return }
      guard !record.category.hasBytes(of: image.record.category) else {
        try connection.run(
          "UPDATE images SET custom_content = ?1, checksum = ?2 WHERE id = ?3", SQLiteValue(customContent),
          .integer(Int64(record.checksum)), .integer(image.id))
        return
      }
      guard let features = try features(image.id) else { throw Self.corrupt("image \(image.id) has no features") }
      _ = try write(NewImage(record: record, features: features, thumbnail: try thumbnail(image.id)))
    }
  }
#endif
