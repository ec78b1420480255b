#if LocalIndex
  import ImageSearch

  /// A row of the list of segments.
  struct SegmentRow: Sendable, Equatable {
    /// The range of row keys that the segment is for. Ranges do not overlap.
    var first: Int64
    var last: Int64
    /// The name of the file in the directory of segments.
    var file: String
    /// How many images are in the file.
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
        guard row.first > end, row.last >= row.first, !row.file.isEmpty, !row.file.contains("/") else {
          throw Self.corrupt("the list of segments is wrong at \(row.first)")
        }
        end = row.last
      }
      return rows
    }

    /// How many rows there are in a range.
    func count(from first: Int64, through last: Int64) throws -> Int {
      try connection.statement("SELECT count(*) FROM images WHERE id >= ?1 AND id <= ?2")
        .first([.integer(first), .integer(last)]) { Int($0.integer(0)) } ?? 0
    }

    /// The key of the newest row; 0 when there is none.
    func lastImage() throws -> Int64 {
      try connection.statement("SELECT max(id) FROM images").first { $0.integer(0) } ?? 0
    }

    /// How many keys were given since the newest segment: about how many images are searched from memory.
    func unsegmented() throws -> Int64 {
      let end = try connection.statement("SELECT max(last_image) FROM segments").first { $0.integer(0) } ?? 0
      return try lastImage() - end
    }

    /// The number of the newest deletion; 0 when there is none.
    func lastDeletion() throws -> Int64 {
      try connection.statement("SELECT max(sequence) FROM deletions").first { $0.integer(0) } ?? 0
    }

    /// Puts a segment in place of all in its range.
    ///
    /// - Parameters:
    ///   - segment: `nil` when no image of the range is left.
    ///   - deletion: the newest deletion that the segment knows of; those up to it are forgotten.
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
