import Rasters
import Testing

@testable import ImageMatching

/// Unrelated images that look like indexed ones: drawings of one kind have the same corners, letters and rows.
@Suite struct StrangerTests {
  private static func index(_ kind: Marks.Kind) -> MemoryPostings {
    var memory = MemoryPostings()
    memory.add(
      (0..<6).compactMap { seed in
        (try? ImageFeatures(of: Marks(kind, seed: UInt64(seed)).drawn(280, 210))).map {
          (number: seed, features: $0)
        }
      })
    return memory
  }

  private static func found(_ image: GrayImage, in memory: MemoryPostings) throws -> [Int] {
    let query = try QueryFeatures(of: image)
    return try memory.withTables { tables in
      try CandidateSearch.verify(
        CandidateSearch.candidates(for: query, in: tables), of: query, indexSize: memory.count,
        load: { memory.image(table: $0, slot: $1)?.features })
    }
    .filter { $0.match.kind != .shared }
    .compactMap { memory.image(table: $0.table, slot: $0.image)?.number }
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

  /// The mark of a broadcaster or an agency occurs in a thousand images, which are not copies of each other.
  @Test func aMarkInTheCornerMakesNoCopy() throws {
    let scenes = (0..<8).map { Scene(seed: $0, shapes: 30).drawn(280, 210) }
    for side in [28, 40, 52] {
      let mark = Scene(seed: 999, shapes: 30).drawn(side, side * 3 / 4)
      let marked = scenes.map { $0.stamped(with: mark, x: 276 - side, y: 206 - mark.height) }
      var memory = MemoryPostings()
      memory.add(try (0..<4).map { (number: $0, features: try ImageFeatures(of: marked[$0])) })
      for stranger in marked[4...] { #expect(try Self.found(stranger, in: memory) == [], "mark of \(side)") }
      for (number, own) in marked[..<4].enumerated() { #expect(try Self.found(own, in: memory) == [number]) }
    }
  }
}

extension GrayImage {
  /// The image with another one over it.
  fileprivate func stamped(with mark: GrayImage, x: Int, y: Int) -> GrayImage {
    var result = Array(pixels)
    for row in 0..<mark.height {
      let start = (y + row) * width + x
      result.replaceSubrange(start..<start + mark.width, with: mark.pixels[row * mark.width..<(row + 1) * mark.width])
    }
    return GrayImage(width: width, height: height, pixels: result) ?? .empty
  }
}
