#if LocalIndex
  import ImageSearch

  /// Which images were copied into another service.
  extension IndexTransaction {
    private static let missing =
      "NOT EXISTS (SELECT 1 FROM copies WHERE copies.target = ?1 AND copies.image = p.id)"

    /// How many images were not copied yet.
    func uncopied(_ target: String) throws -> Int {
      try connection.statement("SELECT count(*) FROM images p WHERE \(Self.missing)")
        .first([.text(target)]) { Int($0.integer(0)) } ?? 0
    }

    /// Up to `limit` of them, in the order of their keys.
    func uncopied(_ target: String, after id: Int64, limit: Int) throws -> [StoredImage] {
      var ids: [Int64] = []
      try connection.statement("SELECT p.id FROM images p WHERE p.id > ?2 AND \(Self.missing) ORDER BY p.id LIMIT ?3")
        .forEach([.text(target), .integer(id), .integer(Int64(limit))]) { ids.append($0.integer(0)) }
      return try ids.compactMap { try image($0) }
    }

    func noteCopied(_ ids: [Int64], _ target: String) throws {
      for id in ids {
        try connection.run("INSERT OR IGNORE INTO copies(target, image) VALUES(?1, ?2)", .text(target), .integer(id))
      }
    }
  }
#endif
