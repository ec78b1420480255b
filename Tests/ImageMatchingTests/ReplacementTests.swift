import Rasters
import Testing

@testable import ImageMatching

/// What is in the place of something else: photographs in one frame, and copies with something over them.
struct ReplacementTests {
  private static let (width, height) = (46, 34)

  /// - Parameter differs: Whether a pixel differs; `nil` where the images do not both have structure.
  private static func share(_ differs: (Int, Int) -> Bool?) -> Double {
    var replacement = Replacement(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width { replacement.add(x, y, difference: differs(x, y).map { $0 ? 0.95 : 0.05 }) }
    }
    return replacement.share()
  }

  @Test func onlyALargePieceIsReplaced() {
    #expect(Self.share { _, _ in false } == 0)
    #expect(Self.share { _, _ in true } == 1)
    // A frame of a tenth of each side. Squares that differ reach beyond its content a little.
    let inside = Self.share { x, y in (5..<41).contains(x) && (3..<31).contains(y) }
    #expect((0.65...0.85).contains(inside))
    // Every other strip of a quarter of the height, and letters in all places.
    #expect(Self.share { _, y in y / 8 % 2 == 0 } == 0)
    #expect(Self.share { x, y in (x / 4 + y / 4) % 2 == 0 } == 0)
    // A flat cover, and one of a sixth of the area.
    #expect(Self.share { x, _ in x < 30 ? nil : false } == 0)
    #expect(Self.share { x, y in x < 19 && y < 14 } == 0)
    #expect(Replacement(width: 1, height: 1).share() == 0)
  }

  /// A scene with a smaller scene over its middle.
  private static func framed(_ frame: UInt64, _ content: UInt64, inset: Double) -> GrayImage {
    let ground = Scene(seed: frame).drawn(400, 300)
    let (x0, y0) = (Int(400 * inset), Int(300 * inset))
    let inner = Scene(seed: content).drawn(400 - 2 * x0, 300 - 2 * y0)
    var pixels = Array(ground.pixels)
    for y in 0..<inner.height {
      let row = (y + y0) * 400 + x0
      pixels.replaceSubrange(row..<row + inner.width, with: inner.pixels[y * inner.width..<(y + 1) * inner.width])
    }
    return GrayImage(width: 400, height: 300, pixels: pixels) ?? .empty
  }

  private static func look(_ query: GrayImage, _ stored: GrayImage) throws -> Look {
    let stored = try ImageFeatures(of: stored)
    let query = try QueryFeatures(of: query)
    return try #require(Matcher(query, indexSize: 100).look(stored, .everything(of: query, stored)))
  }

  @Test(arguments: [UInt64(21), 22, 23])
  func imagesInOneFrameShareIt(seed: UInt64) throws {
    let other = try Self.look(Self.framed(7_000, seed, inset: 0.11), Self.framed(7_000, seed + 50, inset: 0.11))
    #expect(try #require(other.comparison).pixels.hasOtherContent)
    #expect(other.judged().kind == .shared)
    // A copy with another image over a quarter of it.
    let covered = try Self.look(Self.framed(seed, seed + 50, inset: 0.25), Scene(seed: seed).drawn(400, 300))
    #expect(covered.judged().kind != .shared && covered.judged().confidence >= ImageMatch.accepted)
  }
}
