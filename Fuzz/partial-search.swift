import ImageSearch

@testable import ImageIndex
@testable import ImageMatching

/// A partial search from another machine, with a corrected checksum: it is either rejected, or is encoded to the same bytes again and can
/// be merged to a page.
func fuzzPartialSearch(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  var bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
  PartialSearch.form.seal(&bytes)
  guard let partial = try? PartialSearch(bytes) else { return 0 }
  guard let again = try? partial.bytes(), again == bytes else { fatalError("it is written otherwise than it was read") }
  let request = SearchRequest(
    image: .bytes([UInt8]()), limit: 1000, relations: Match.Relation.copies.union([.shared]))
  guard let page = try? PartialSearch.page(of: [partial, partial], request) else { return 0 }
  for match in page.matches {
    guard (0...1).contains(match.confidence ?? -1), (0...100).contains(match.score ?? -1) else {
      fatalError("confidence \(match.confidence ?? -1), score \(match.score ?? -1)")
    }
  }
  return 0
}

func seedsOfPartialSearch() -> [(String, [UInt8])] {
  guard let query = FuzzedImages.query else { return [] }
  let candidates = FuzzedImages.features.enumerated().map { number, features in
    CandidateSearch.Candidate(table: 0, image: number, hints: .everything(of: query, features))
  }
  let found = CandidateSearch.look(
    at: candidates, of: query, indexSize: 1, load: { _, number in FuzzedImages.features[number] }, check: {})
  func record(_ number: Int) -> ImageRecord {
    ImageRecord(
      itemID: "item \(number)", name: "p", category: "c", customContent: nil, width: 192, height: 144, format: "JPEG",
      byteCount: 5000, digest: [UInt8](repeating: UInt8(number), count: 32), exifDate: nil, addedAt: 0,
      engine: MatchEngine.version)
  }
  var partial = PartialSearch(population: 3, digest: [UInt8](repeating: 7, count: 32))
  partial.identicalCount = 2
  partial.identical = [record(9)]
  partial.records = found.indices.map(record)
  partial.steps = [
    [found.enumerated().map { PartialSearch.Entry(record: $0.offset, finding: $0.element.finding) }], [[], []],
  ]
  let none = PartialSearch(population: 1, digest: [UInt8](repeating: 7, count: 32), unmatchable: .tooSmall)
  return [("found", partial), ("nothing", none)].compactMap { name, partial in (try? partial.bytes()).map { (name, $0) }
  }
}
