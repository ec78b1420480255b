/// Postings and codes of pictures that are not in a file yet: grows picture by picture, searched like a file.
///
/// Tables of doubling size are merged as in a log-structured tree, so that adding stays cheap (each posting is copied about
/// log₂ n times) and a search looks at few tables.
package struct MemoryTables: Sendable {
  private struct Part: Sendable {
    var pictures: [(number: Int, features: PictureFeatures)]
    var table: PostingTable
    var codes: [UInt64]
  }

  private var parts: [Part] = []

  package init() {}

  /// Pictures added so far.
  package var count: Int { parts.reduce(0) { $0 + $1.pictures.count } }

  /// Adds pictures under numbers of the caller's choice, each below ``PostingView/mostPictures``.
  package mutating func add(_ pictures: [(number: Int, features: PictureFeatures)]) {
    guard !pictures.isEmpty else { return }
    var merged = pictures
    while let last = parts.last, last.pictures.count <= 2 * merged.count {
      merged = last.pictures + merged
      parts.removeLast()
    }
    var builder = PostingTableBuilder()
    for (slot, picture) in merged.enumerated() { builder.add(number: slot, picture.features) }
    let codes = merged.flatMap { p in (0..<4).map { p.features.globalCode.words[$0] } }
    parts.append(Part(pictures: merged, table: builder.table(), codes: codes))
  }

  /// The caller's number of a picture, and its features.
  package func picture(table: Int, slot: Int) -> (number: Int, features: PictureFeatures)? {
    guard parts.indices.contains(table), parts[table].pictures.indices.contains(slot) else { return nil }
    return parts[table].pictures[slot]
  }

  /// Lends all tables to a search. Pictures in them are numbered by slot, see ``picture(table:slot:)``.
  package func withTables<R>(_ body: ([PictureSearch.Table]) throws -> R) rethrows -> R {
    try lend(0, [], body)
  }

  private func lend<R>(
    _ i: Int, _ tables: [PictureSearch.Table], _ body: ([PictureSearch.Table]) throws -> R
  ) rethrows -> R {
    guard i < parts.count else { return try body(tables) }
    let lent = try parts[i].codes.withUnsafeBufferPointer { codes in
      try parts[i].table.withView { view in
        try lend(i + 1, tables + [PictureSearch.Table(postings: view, codes: codes)], body)
      }
    }
    // A table made here always fits together; without a view it would be skipped.
    return try lent ?? lend(i + 1, tables, body)
  }
}
