#if LocalIndex
  import FoundationEssentials
  import ImageSearch
  import Testing

  @testable import ImageIndex
  @testable import ImageMatching

  @Suite struct SegmentTests {
    private let folder: TemporaryFolder
    private let index: LocalIndex
    private var directory: String { index.store.directory.segments }

    init() throws {
      folder = try TemporaryFolder()
      index = try LocalIndex(path: folder.path + "/index")
    }

    /// One segment of all rows.
    private func segment() throws -> (Segment, SegmentRow) {
      try index.makeSegments(all: true)
      let row = try #require(try index.segmentRows.first)
      let segment = try Segment(directory: directory, name: row.file, firstImage: row.first, lastImage: row.last)
      return (segment, row)
    }

    @Test func holdsWhatTheMatcherWouldBuildInMemory() throws {
      let images = (0..<150).map { NewImage.random($0, features: $0 % 3 == 0 ? 17 : 200) }
      try index.insert(images)
      let (segment, row) = try segment()
      #expect(row.images == 150)
      let features = try images.map { try ImageFeatures(bytes: $0.features) }
      let expected = PostingTable(features.enumerated().map { (number: $0.offset, features: $0.element) })
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: directory + "/" + row.file)))
      let layout = segment.header.layout
      #expect(bytes.count == layout.size)
      #expect(layout.prefixBits == expected.prefixBits)
      #expect(Array(bytes[layout.starts]) == expected.starts.withUnsafeBytes { Array($0) })
      #expect(Array(bytes[layout.words]) == expected.words.withUnsafeBytes { Array($0) })
      #expect(Array(bytes[layout.frames]) == expected.frames)
      let codes = features.flatMap { f in (0..<4).map { f.globalCode.words[$0] } }
      #expect(Array(bytes[layout.codes]) == codes.withUnsafeBytes { Array($0) })
      #expect((0..<150).map { segment.id($0) } == Array(1...150))
      #expect(segment.image(ofRow: 77) == 76)
      #expect(segment.image(ofRow: 151) == nil)
    }

    @Test func deletedRowsAreLeftOut() throws {
      try index.insert((0..<20).map { NewImage.random($0, category: "c") })
      _ = try index.store.write(CallControl()) { try $0.remove(RemoveRequest(itemID: "random-7")) }
      let (segment, _) = try segment()
      #expect(segment.count == 19)
      #expect(segment.image(ofRow: 8) == nil)
      #expect(segment.image(ofRow: 9) == 7)
      #expect(segment.category(3) == 1)
      #expect(try index.store.read(CallControl()) { try $0.lastDeletion() } == 0)
    }

    @Test func anIndexWithoutImagesHasNoSegment() throws {
      try index.makeSegments(all: true)
      #expect(try index.segmentRows.isEmpty)
      try index.insert([NewImage.random(1)])
      try index.makeSegments(all: true)
      _ = try index.store.write(CallControl()) { try $0.remove(RemoveRequest(itemID: "random-1")) }
      try index.makeSegments(all: true)
      #expect(try index.segmentRows.isEmpty)
    }

    /// One flipped bit in each part of the file in turn: each is detected before the part is used.
    @Test func everyFlippedBitIsNoticed() throws {
      try index.insert((0..<40).map { NewImage.random($0, features: 64) })
      let (whole, row) = try segment()
      let good = [UInt8](try Data(contentsOf: URL(fileURLWithPath: directory + "/" + row.file)))
      let layout = whole.header.layout
      var places = [0, 9, 33, 41, 57, 127].map { $0..<$0 + 1 }
      places += [
        layout.ids, layout.categories, layout.codes, layout.starts, layout.checks, layout.words, layout.frames,
      ]
      var random = SplitMix(state: 5)
      for place in places {
        for at in [place.lowerBound, place.upperBound - 1, Int.random(in: place, using: &random)] {
          var bytes = good
          bytes[at] ^= UInt8(1 << (random.next() & 7))
          _ = try folder.write("index/segments/flipped.segment", bytes)
          #expect(throws: SegmentDamage.self, "byte \(at)") { try look("flipped.segment", row) }
        }
      }
      for length in [0, 1, 127, 128, good.count / 2, good.count - 1] {
        _ = try folder.write("index/segments/short.segment", Array(good.prefix(length)))
        #expect(throws: SegmentDamage.self, "\(length) bytes") { try look("short.segment", row) }
      }
      _ = try folder.write("index/segments/long.segment", good + [0])
      #expect(throws: SegmentDamage.self) { try look("long.segment", row) }
      #expect(throws: SegmentDamage.self) { try look("missing.segment", row) }
      try look(row.file, row)
    }

    /// Opens a segment and uses every part of it.
    private func look(_ name: String, _ row: SegmentRow) throws {
      let segment = try Segment(directory: directory, name: name, firstImage: row.first, lastImage: row.last)
      let table = try segment.table()
      _ = table.postings.isSound(0..<segment.header.layout.postings)
      if segment.isDamaged { throw SegmentDamage(name: name) }
    }

    @Test func headersOfOtherRangesAndVersionsAreRefused() throws {
      try index.insert([NewImage.random(1)])
      let (segment, row) = try segment()
      #expect(throws: SegmentDamage.self) {
        try Segment(directory: directory, name: row.file, firstImage: row.first + 1, lastImage: row.last)
      }
      var header = segment.header
      header.matcher += 1
      let file = directory + "/" + row.file
      var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
      bytes.withUnsafeMutableBytes { header.write(to: $0) }
      _ = try folder.write("index/segments/other.segment", bytes)
      #expect(throws: SegmentDamage.self) { try look("other.segment", row) }
    }

    @Test func numbersThatNoSegmentHasAreRefused() {
      #expect(SegmentLayout(images: -1, prefixBits: 8, postings: 0) == nil)
      #expect(SegmentLayout(images: 1 << 24 + 1, prefixBits: 8, postings: 0) == nil)
      #expect(SegmentLayout(images: 1, prefixBits: 0, postings: 0) == nil)
      #expect(SegmentLayout(images: 1, prefixBits: 25, postings: 0) == nil)
      #expect(SegmentLayout(images: 1, prefixBits: 8, postings: .max) == nil)
    }
  }
#endif
