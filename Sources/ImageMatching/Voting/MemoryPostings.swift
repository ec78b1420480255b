/// Postings and codes of images that are not in a segment yet; searched like a segment.
///
/// Tables of doubling size are merged as in a log-structured tree, so that adding is cheap (each posting is copied
/// about log₂ n times) and a search reads few tables.
package struct MemoryPostings: Sendable {
  private struct Part: Sendable {
    var images: [(number: Int, features: ImageFeatures)]
    var table: PostingTable
    var codes: [UInt64]
  }

  private var parts: [Part] = []

  package init() {}

  /// Images added so far.
  package var count: Int { parts.reduce(0) { $0 + $1.images.count } }

  /// Adds images under numbers of the caller's choice, each below ``PostingView/mostImages``.
  package mutating func add(_ images: [(number: Int, features: ImageFeatures)]) {
    guard !images.isEmpty else { return }
    var merged = images
    while let last = parts.last, last.images.count <= 2 * merged.count {
      merged = last.images + merged
      parts.removeLast()
    }
    var builder = PostingTableBuilder()
    for (slot, image) in merged.enumerated() { builder.add(number: slot, image.features) }
    let codes = merged.flatMap { p in (0..<4).map { p.features.globalCode.words[$0] } }
    parts.append(Part(images: merged, table: builder.table(), codes: codes))
  }

  /// The caller's number of an image, and its features.
  package func image(table: Int, slot: Int) -> (number: Int, features: ImageFeatures)? {
    guard parts.indices.contains(table), parts[table].images.indices.contains(slot) else { return nil }
    return parts[table].images[slot]
  }

  /// Calls `body` with all tables. Images in them are numbered by slot, see ``image(table:slot:)``.
  package func withTables<R>(_ body: ([CandidateSearch.Table]) throws -> R) rethrows -> R {
    try lend(0, [], body)
  }

  private func lend<R>(
    _ i: Int, _ tables: [CandidateSearch.Table], _ body: ([CandidateSearch.Table]) throws -> R
  ) rethrows -> R {
    guard i < parts.count else { return try body(tables) }
    let lent = try parts[i].codes.withUnsafeBufferPointer { codes in
      try parts[i].table.withView { view in
        try lend(i + 1, tables + [CandidateSearch.Table(postings: view, codes: codes)], body)
      }
    }
    // The table is always consistent; without a view it would be skipped.
    return try lent ?? lend(i + 1, tables, body)
  }
}
