#if LocalIndex
  import ImageSearch

  /// The rows as one transaction sees them.
  struct IndexTransaction {
    let connection: SQLiteConnection
    /// Changes when the database was replaced by another one: everything derived from the former rows is invalid.
    var epoch = 0

    /// The largest key or number that a row may have, so that sums of a few of them cannot overflow.
    static let largestNumber = Int64.max >> 2
    private static let numbers = 0...largestNumber
    /// Times that dates of other languages can be, in microseconds since 1970: until the end of the year 9999.
    private static let times: ClosedRange<Int64> = 0...253_402_300_799_000_000

    /// The one row of `state`.
    struct State: Sendable, Equatable {
      /// The matcher version of the features.
      var matcher: Int64
      /// Incremented by every write.
      var generation: Int64
      /// Incremented when the list of segments changes.
      var segmentGeneration: Int64
      /// Number of images.
      var images: Int64
    }

    func state() throws -> State {
      let found = try connection.statement("SELECT matcher, generation, segment_generation, images FROM state").first {
        State(
          matcher: $0.integer(0), generation: $0.integer(1), segmentGeneration: $0.integer(2), images: $0.integer(3))
      }
      guard let found else { throw Self.corrupt("the state is missing") }
      guard Self.numbers.contains(found.generation), Self.numbers.contains(found.segmentGeneration),
        Self.numbers.contains(found.images)
      else { throw Self.corrupt("the state makes no sense") }
      return found
    }

    private static let fields = """
      p.id, p.item_id, p.name, c.name, p.custom_content, p.width, p.height, p.format, p.byte_count, p.digest,
      p.exif_date, p.source_path, p.source_time, p.added_at, p.engine, p.warning, p.checksum, p.category
      """
    private static let columns = "SELECT \(fields) FROM images p LEFT JOIN categories c ON c.id = p.category"

    func image(_ id: Int64) throws -> StoredImage? {
      try connection.statement("\(Self.columns) WHERE p.id = ?1").first([.integer(id)], Self.stored)
    }

    func image(itemID: String, name: String) throws -> StoredImage? {
      try connection.statement("\(Self.columns) WHERE p.item_id = ?1 AND p.name = ?2")
        .first([.text(itemID), .text(name)], Self.stored)
    }

    /// Keys of the images with this digest, sorted by item id and name.
    ///
    /// - Parameter category: the key of the category to search; `nil` for all.
    func images(digest: [UInt8], category: Int64?) throws -> [Int64] {
      var found: [Int64] = []
      try connection.statement(
        "SELECT id FROM images WHERE digest = ?1 AND (?2 IS NULL OR category = ?2) ORDER BY item_id, name"
      ).forEach([.blob(digest), SQLiteValue(category)]) { found.append($0.integer(0)) }
      return found
    }

    /// Up to `limit` images in the order of their keys.
    func images(after id: Int64, limit: Int) throws -> [StoredImage] {
      try images("WHERE p.id > ?1 ORDER BY p.id LIMIT ?2", [.integer(id), .integer(Int64(limit))])
    }

    /// Images that meet a condition on `p`, the table of images.
    func images(_ condition: String, _ values: [SQLiteValue]) throws -> [StoredImage] {
      var found: [StoredImage] = []
      try connection.statement("\(Self.columns) \(condition)").forEach(values) { found.append(try Self.stored($0)) }
      return found
    }

    /// Calls `body` with key, category and features of each image from `first` to `last`, in order.
    ///
    /// - Parameter lost: called with the key of each image without features.
    /// - Returns: the key of the last one of either kind; `nil` when there was none.
    /// - Throws: ``ImageSearchError/Code/indexCorrupt`` for a damaged row, including its category: a corrupt category
    ///   would hide the image from searches in the right one.
    @discardableResult
    func forEachFeatures(
      from first: Int64, through last: Int64, lost: (Int64) -> Void = { _ in },
      _ body: (Int64, Int64?, UnsafeRawBufferPointer) throws -> Void
    ) throws -> Int64? {
      let sql = """
        SELECT \(Self.fields), f.data, f.checksum FROM images p LEFT JOIN categories c ON c.id = p.category
        LEFT JOIN features f ON f.image = p.id WHERE p.id >= ?1 AND p.id <= ?2 ORDER BY p.id
        """
      var before: Int64?
      try connection.statement(sql).forEach([.integer(first), .integer(last)]) { row in
        let id = try Self.stored(row).id
        guard id > before ?? 0 else { throw Self.corrupt("the rows are not in order at image \(id)") }
        before = id
        guard !row.isNull(18) else { throw Self.corrupt("image \(id) has no features") }
        try row.withBlob(18) { data in
          guard Int64(CRC32C.checksum(data)) == row.integer(19) else {
            throw Self.corrupt("the features of image \(id) are damaged")
          }
          if data.isEmpty { lost(id) } else { try body(id, row.optionalInteger(17), data) }
        }
      }
      return before
    }

    /// The features of one image; `nil` when there is no such row.
    func features(_ id: Int64) throws -> [UInt8]? {
      try blob("SELECT data, checksum FROM features WHERE image = ?1", id)
    }

    /// The thumbnail of one image; `nil` when there is none.
    func thumbnail(_ id: Int64) throws -> [UInt8]? {
      try blob("SELECT data, checksum FROM thumbnails WHERE image = ?1", id)
    }

    /// The key of a category; `nil` when it is unknown.
    func category(_ name: String) throws -> Int64? {
      let indexed = try connection.statement("SELECT id FROM categories WHERE name = ?1").first([.text(name)]) {
        $0.integer(0)
      }
      if let indexed { return indexed }
      // Not by the SQL index: if that were damaged, a search would find nothing. The table is small.
      let scanned = try connection.statement("SELECT id FROM categories NOT INDEXED WHERE name = ?1")
        .first([.text(name)]) { $0.integer(0) }
      guard scanned == nil else { throw Self.corrupt("the index of the categories is damaged") }
      return nil
    }

    /// Calls `body` with sequence number and image of each deletion after `sequence`.
    func forEachDeletion(after sequence: Int64, _ body: (Int64, Int64) -> Void) throws {
      try connection.statement("SELECT sequence, image FROM deletions WHERE sequence > ?1 ORDER BY sequence")
        .forEach([.integer(sequence)]) {
          guard Self.numbers.contains($0.integer(0)), Self.numbers.contains($0.integer(1)) else {
            throw Self.corrupt("a deletion makes no sense")
          }
          body($0.integer(0), $0.integer(1))
        }
    }

    private func blob(_ sql: String, _ id: Int64) throws -> [UInt8]? {
      try connection.statement(sql).first([.integer(id)]) { row in
        let data = row.blob(0)
        guard Int64(CRC32C.checksum(data)) == row.integer(1) else {
          throw Self.corrupt("the data of image \(id) is damaged")
        }
        return data
      }
    }

    private static func stored(_ row: SQLiteRow) throws -> StoredImage {
      let id = row.integer(0)
      let record = ImageRecord(
        itemID: try row.requiredText(1), name: try row.requiredText(2), category: try row.optionalText(3),
        customContent: try row.optionalText(4), width: Int(row.integer(5)), height: Int(row.integer(6)),
        format: try row.requiredText(7), byteCount: Int(row.integer(8)), digest: row.blob(9),
        exifDate: try row.optionalText(10), sourcePath: row.isNull(11) ? nil : row.blob(11),
        sourceTime: row.optionalInteger(12), addedAt: row.integer(13), engine: row.integer(14),
        warning: try row.optionalText(15))
      guard Int64(record.checksum) == row.integer(16) else { throw corrupt("the row of image \(id) is damaged") }
      if let key = row.optionalInteger(17) {
        guard record.category != nil, (1...Int64(UInt32.max)).contains(key) else {
          throw corrupt("the category of image \(id) makes no sense")
        }
      } else if record.category != nil {
        throw corrupt("the category of image \(id) makes no sense")
      }
      try check(record, id: id)
      return StoredImage(id: id, record: record)
    }

    /// Checks that the values of a row are plausible: a forged row can have valid checksums.
    ///
    /// - Throws: ``ImageSearchError/Code/indexCorrupt``.
    static func check(_ record: ImageRecord, id: Int64) throws {
      let sides = 1...1 << 24
      guard (1...largestNumber).contains(id), sides.contains(record.width), sides.contains(record.height),
        (1...1 << 48).contains(record.byteCount), record.digest.count == ImageRecord.digestSize,
        (1...TextLimit.mostNameBytes).contains(record.itemID.utf8.count),
        (1...TextLimit.mostNameBytes).contains(record.name.utf8.count), times.contains(record.addedAt),
        // The C interface returns texts NUL-terminated: what follows would be missing in a name.
        record.texts.allSatisfy({ !($0?.utf8.contains(0) ?? false) }), !(record.sourcePath?.contains(0) ?? false)
      else { throw corrupt("the row of image \(id) makes no sense") }
    }

    static func corrupt(_ what: String) -> ImageSearchError {
      ImageSearchError.local(.indexCorrupt, "The index is damaged: \(what)")
    }
  }
#endif
