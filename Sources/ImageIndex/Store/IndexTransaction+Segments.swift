#if LocalIndex
  import ImageSearch

  /// A row of the list of segments.
  struct SegmentRow: Sendable, Equatable {
    /// The range of row keys that the segment covers. Ranges do not overlap.
    var first: Int64
    var last: Int64
    /// The name of the file in the directory of segments.
    var file: String
    /// Number of images in the file.
    var images: Int
  }

  extension IndexTransaction {
    /// The segments in the order of their ranges.
    func segments() throws -> [SegmentRow] {
      var rows: [SegmentRow] = []
      try connection.statement(
        "SELECT first_image, last_image, file, images FROM segments ORDER BY first_image"
      )
      .forEach {
        rows.append(
          SegmentRow(
            first: $0.integer(0), last: $0.integer(1), file: try $0.requiredText(2), images: Int($0.integer(3))))
      }
      var end: Int64 = 0
      for row in rows {
        guard row.first > end, row.last >= row.first, row.last <= Self.largestNumber, row.images >= 0,
          row.images <= SegmentLayout.mostImages, row.file.hasSuffix(".segment"), !row.file.utf8.contains(0x2F),
          row.file.utf8.count < 256
        else {
          throw Self.corrupt("the list of segments is wrong at \(row.first)")
        }
        end = row.last
      }
      return rows
    }

    /// Number of rows in a range.
    func count(from first: Int64, through last: Int64) throws -> Int {
      try connection.statement("SELECT count(*) FROM images WHERE id >= ?1 AND id <= ?2")
        .first([.integer(first), .integer(last)]) { Int($0.integer(0)) } ?? 0
    }

    /// The key of the `number`-th image (from 1) in a range; `nil` when there are fewer.
    func key(ofImage number: Int, from first: Int64, through last: Int64) throws -> Int64? {
      try connection.statement("SELECT id FROM images WHERE id >= ?1 AND id <= ?2 ORDER BY id LIMIT 1 OFFSET ?3")
        .first([.integer(first), .integer(last), .integer(Int64(number - 1))]) { $0.integer(0) }
    }

    /// The key of the newest row; 0 when there is none.
    func lastImage() throws -> Int64 {
      let last = try connection.statement("SELECT max(id) FROM images").first { $0.integer(0) } ?? 0
      guard (0...Self.largestNumber).contains(last) else { throw Self.corrupt("the key of an image makes no sense") }
      return last
    }

    /// Number of keys assigned since the newest segment: approximately the number of images searched from memory.
    func unsegmented() throws -> Int64 {
      let end = try connection.statement("SELECT max(last_image) FROM segments").first { $0.integer(0) } ?? 0
      guard (0...Self.largestNumber).contains(end) else { throw Self.corrupt("the list of segments makes no sense") }
      return try lastImage() - end
    }

    /// The number of the newest deletion; 0 when there is none.
    func lastDeletion() throws -> Int64 {
      let last = try connection.statement("SELECT max(sequence) FROM deletions").first { $0.integer(0) } ?? 0
      guard (0...Self.largestNumber).contains(last) else { throw Self.corrupt("a deletion makes no sense") }
      return last
    }

    /// Replaces all segments in a range by one.
    ///
    /// - Parameters:
    ///   - segment: `nil` when no image of the range is left.
    ///   - deletion: the newest deletion that the segment takes into account; the records of deletions up to it are
    ///     removed.
    func replaceSegments(from first: Int64, through last: Int64, with segment: SegmentRow?, deletion: Int64) throws {
      try connection.run(
        "DELETE FROM segments WHERE first_image >= ?1 AND last_image <= ?2", .integer(first), .integer(last))
      if let segment {
        try connection.run(
          "INSERT INTO segments(first_image, last_image, file, images) VALUES(?1, ?2, ?3, ?4)",
          .integer(segment.first), .integer(segment.last), .text(segment.file), SQLiteValue(segment.images))
      }
      try connection.run(
        "DELETE FROM deletions WHERE image >= ?1 AND image <= ?2 AND sequence <= ?3", .integer(first),
        .integer(last), .integer(deletion))
      try connection.run("UPDATE state SET generation = generation + 1, segment_generation = segment_generation + 1")
    }
  }
#endif
