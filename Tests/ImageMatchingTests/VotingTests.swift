import Testing

@testable import ImageMatching

@Suite struct VotingTests {
  private static let images: [ImageFeatures] = (0..<10).compactMap {
    try? ImageFeatures(of: Scene(seed: 300 + $0).drawn(160, 120))
  }

  private var table: PostingTable {
    PostingTable(Self.images.enumerated().map { (number: $0.offset, features: $0.element) })
  }

  @Test func theTableHoldsEveryFeatureInItsCell() throws {
    let table = table
    #expect(Self.images.count == 10)
    #expect(table.words.count == Self.images.reduce(0) { $0 + $1.signatures.count })
    let cells = try #require(
      table.withView { view in
        (0..<1 << view.prefixBits).flatMap { cell in view.cell(cell).map { (cell, view.words[$0]) } }
      })
    let shift = UInt64(64 - table.prefixBits)
    let expected = Set(
      Self.images.enumerated().flatMap { number, p in
        p.signatures.map { [Int($0 >> shift), number, Int($0 & PostingTableBuilder.fragment)] }
      })
    #expect(Set(cells.map { [$0.0, Int($0.1 >> 40), Int($0.1 & PostingTableBuilder.fragment)] }) == expected)
  }

  @Test func theRightImageGetsMostVotes() throws {
    for i in [0, 4, 9] {
      let query = try QueryFeatures(of: Scene(seed: 300 + UInt64(i)).drawn(130, 100))
      let best = try #require(table.withView { Voter.candidates(for: query, in: [$0]) }?.first)
      #expect(best.image == i && !best.mirrored)
    }
  }

  @Test func aMirroredQueryVotesMirrored() throws {
    let query = try QueryFeatures(of: Scene(seed: 302).drawn(160, 120).applying(Dihedral(rawValue: 1)))
    let best = try #require(table.withView { Voter.candidates(for: query, in: [$0]) }?.first)
    #expect(best.image == 2 && best.mirrored)
  }

  @Test func deletedImagesAreNotCandidates() throws {
    let query = try QueryFeatures(of: Scene(seed: 303).drawn(160, 120))
    let candidates = try #require(table.withView { Voter.candidates(for: query, in: [$0]) { $1 != 3 } })
    #expect(!candidates.contains { $0.image == 3 })
  }

  @Test func columnsThatDoNotFitAreRefused() {
    let words: [UInt64] = [1, 2, 3]
    let frames: [UInt8] = [0, 0, 0]
    func accepted(_ starts: [UInt32], bits: Int = 1, images: Int = 5, frames: [UInt8] = frames) -> Bool {
      starts.withUnsafeBufferPointer { s in
        words.withUnsafeBufferPointer { w in
          frames.withUnsafeBufferPointer { f in
            PostingView(prefixBits: bits, imageCount: images, starts: s, words: w, frames: f) != nil
          }
        }
      }
    }
    #expect(accepted([0, 2, 3]))
    #expect(!accepted([0, 4, 3]))
    #expect(!accepted([1, 2, 3]))
    #expect(!accepted([0, 2, 4]))
    #expect(!accepted([0, 3]))
    #expect(!accepted([0, 2, 3], bits: 25))
    #expect(!accepted([0, 2, 3], images: -1))
    #expect(!accepted([0, 2, 3], frames: [0]))
  }

  @Test func imagesThatATableDoesNotHaveAreIgnored() throws {
    let table = table
    let query = try QueryFeatures(of: Scene(seed: 305).drawn(160, 120))
    let candidates = table.starts.withUnsafeBufferPointer { s in
      table.words.withUnsafeBufferPointer { w in
        table.frames.withUnsafeBufferPointer { f in
          PostingView(prefixBits: table.prefixBits, imageCount: 5, starts: s, words: w, frames: f)
            .map { Voter.candidates(for: query, in: [$0]) }
        }
      }
    }
    #expect(try #require(candidates).allSatisfy { $0.image < 5 })
  }

  @Test func probesAreTheOwnCellAndItsNearestNeighbours() {
    let margins: [Float] = [9, 1, 8, 0.5, 7, 6]
    var cells = [Int](repeating: 0, count: 8)
    let n = margins.withUnsafeBufferPointer {
      Probes.cells(signature: 0b101010 << 58, prefixBits: 6, margins: $0, into: &cells)
    }
    #expect(n == 8)
    // Bits from the top: 3 is least certain, then 1, 5, 4, 2.
    #expect(cells.map { $0 ^ 0b101010 } == [0, 0b000100, 0b010000, 0b000001, 0b010100, 0b000010, 0b000101, 0b001000])
  }

  @Test func radixSortIsAStableSort() {
    var random = SplitMix(3)
    let words = (0..<5000).map { _ in random.next() }
    let sorted = RadixSort.sorted(words, from: 28, to: 52)
    let expected = words.enumerated()
      .sorted { (($0.element >> 28) & 0xff_ffff, $0.offset) < (($1.element >> 28) & 0xff_ffff, $1.offset) }
      .map(\.element)
    #expect(sorted == expected)
  }

  @Test func memoryTablesKeepEverythingAndFewParts() throws {
    var memory = MemoryPostings()
    for (i, p) in Self.images.enumerated() { memory.add([(100 + i, p)]) }
    #expect(memory.count == 10)
    let query = try QueryFeatures(of: Scene(seed: 307).drawn(160, 120))
    let found = memory.withTables { tables in
      #expect(tables.count <= 4)
      return CandidateSearch.candidates(for: query, in: tables)
    }
    let first = try #require(found.first)
    #expect(memory.image(table: first.table, slot: first.image)?.number == 107)
    #expect(memory.image(table: 99, slot: 0) == nil)
  }
}
