import Testing

@testable import PictureMatching

/// Pictures that look like indexed ones and are others: drawings of one kind have the same corners, letters and rows.
@Suite struct StrangerTests {
  private static func index(_ kind: Marks.Kind) -> MemoryTables {
    var memory = MemoryTables()
    memory.add(
      (0..<6).compactMap { seed in
        (try? PictureFeatures(of: Marks(kind, seed: UInt64(seed)).drawn(280, 210))).map {
          (number: seed, features: $0)
        }
      })
    return memory
  }

  private static func found(_ picture: GrayPicture, in memory: MemoryTables) throws -> [Int] {
    let query = try QueryFeatures(of: picture)
    return try memory.withTables { tables in
      try PictureSearch.verify(
        PictureSearch.suspects(for: query, in: tables), of: query, indexSize: memory.count,
        load: { memory.picture(table: $0, slot: $1)?.features })
    }
    .compactMap { memory.picture(table: $0.table, slot: $0.picture)?.number }
  }

  @Test(arguments: Marks.Kind.allCases) func onlyCopiesAreFound(_ kind: Marks.Kind) throws {
    let memory = Self.index(kind)
    #expect(memory.count == 6)
    var answered: [UInt64] = []
    for seed in 100..<108 as Range<UInt64> {
      if try !Self.found(Marks(kind, seed: seed).drawn(280, 210), in: memory).isEmpty { answered.append(seed) }
    }
    #expect(answered == [])
    for seed in 0..<1 as Range<UInt64> {
      #expect(try Self.found(Marks(kind, seed: seed).drawn(280, 210), in: memory) == [Int(seed)])
      #expect(try Self.found(Marks(kind, seed: seed).drawn(200, 150, mirrored: true), in: memory) == [Int(seed)])
    }
  }
}
