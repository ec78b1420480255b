import Rasters
import Testing

@testable import ImageMatching

@Suite struct OverlayTests {
  /// An image whose red is its column and whose green is its row, times four.
  private func coordinates(_ width: Int, _ height: Int, blue: UInt8) throws -> ColorImage {
    var pixels: [UInt8] = []
    for y in 0..<height { for x in 0..<width { pixels += [UInt8(4 * x), UInt8(4 * y), blue] } }
    return try #require(ColorImage(width: width, height: height, pixels: pixels))
  }

  private func pixel(_ p: ColorImage, _ x: Int, _ y: Int) -> [UInt8] {
    Array(p.pixels[3 * (y * p.width + x)..<3 * (y * p.width + x) + 3])
  }

  @Test func halvesShowTheMatchLeftAndTheWarpedQueryRight() throws {
    // The query is the part of the match from (8, 4) on.
    let match = try coordinates(40, 30, blue: 0)
    let query = try coordinates(32, 26, blue: 200)
    let shift = AffineMap(m11: 1, m12: 0, m13: 8, m21: 0, m22: 1, m23: 4)
    let drawn = try #require(Overlay.draw(query: query, match: match, transform: shift, style: .halves))
    #expect(drawn.width == 40 && drawn.height == 30)
    #expect(pixel(drawn, 5, 9) == [20, 36, 0])
    #expect(pixel(drawn, 30, 20) == [88, 64, 200])
    // The query does not reach up here.
    #expect(pixel(drawn, 30, 1) == [Overlay.empty, Overlay.empty, Overlay.empty])
  }

  @Test func blendIsTheMeanWhereTheQueryLies() throws {
    let match = try coordinates(20, 20, blue: 0)
    let query = try coordinates(10, 20, blue: 101)
    let drawn = try #require(Overlay.draw(query: query, match: match, transform: .identity, style: .blend))
    #expect(pixel(drawn, 4, 7) == [16, 28, 51])
    #expect(pixel(drawn, 15, 7) == [60, 28, 0])
  }

  @Test func imagesSideBySideHaveTheSameHeight() throws {
    let match = try coordinates(40, 30, blue: 0)
    let query = try coordinates(20, 10, blue: 9)
    let drawn = try #require(Overlay.draw(query: query, match: match, transform: .identity, style: .sideBySide))
    #expect(drawn.width == 60 + Overlay.gap + 40 && drawn.height == 30)
    #expect(pixel(drawn, 30, 15)[2] == 9)
    #expect(pixel(drawn, 60 + Overlay.gap + 7, 3) == [28, 12, 0])
  }

  @Test func scaledImagesUseTheTransformOfTheOriginals() throws {
    // Both are stored at half size; the originals are shifted by 16 pixels.
    let match = try coordinates(40, 30, blue: 0)
    let query = try coordinates(40, 30, blue: 50)
    let shift = AffineMap(m11: 1, m12: 0, m13: 16, m21: 0, m22: 1, m23: 0)
    let drawn = try #require(
      Overlay.draw(
        query: query, querySize: (80, 60), match: match, matchSize: (80, 60), transform: shift, style: .halves))
    #expect(pixel(drawn, 30, 10) == [88, 40, 50])
  }

  @Test func mirroringWorks() throws {
    let query = try coordinates(20, 10, blue: 1)
    let mirror = AffineMap(m11: -1, m12: 0, m13: 20, m21: 0, m22: 1, m23: 0)
    let drawn = try #require(Overlay.draw(query: query, match: query, transform: mirror, style: .halves))
    #expect(pixel(drawn, 15, 5) == [16, 20, 1])
  }

  @Test func nonsenseIsRefused() throws {
    let image = try coordinates(4, 4, blue: 0)
    let empty = try #require(ColorImage(width: 0, height: 0, pixels: []))
    let flat = AffineMap(m11: 0, m12: 0, m13: 0, m21: 0, m22: 0, m23: 0)
    let wild = AffineMap(m11: .nan, m12: 0, m13: .infinity, m21: 0, m22: 1e300, m23: 0)
    for style in Overlay.Style.allCases {
      #expect(Overlay.draw(query: empty, match: image, transform: .identity, style: style) == nil)
      #expect(Overlay.draw(query: image, match: empty, transform: .identity, style: style) == nil)
      #expect(Overlay.draw(query: image, match: image, transform: .identity, style: style, longest: 0) == nil)
    }
    #expect(Overlay.draw(query: image, match: image, transform: flat, style: .blend) == nil)
    #expect(Overlay.draw(query: image, match: image, transform: wild, style: .blend) == nil)
    let far = AffineMap(m11: 1e-5, m12: 0, m13: 1e9, m21: 0, m22: 1e5, m23: -1e9)
    #expect(Overlay.draw(query: image, match: image, transform: far, style: .blend) != nil)
  }
}
