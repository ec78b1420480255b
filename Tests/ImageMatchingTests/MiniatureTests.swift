import Rasters
import Testing

@testable import ImageMatching

@Suite struct MiniatureTests {
  @Test(arguments: [(512, 384), (384, 512), (512, 512), (512, 12), (12, 512), (512, 100), (24, 24)])
  func itFitsAndComesBack(width: Int, height: Int) throws {
    let plane = try #require(Resampler.scale(Scene(seed: 5).drawn(640, 480), width: width, height: height))
    let small = try #require(Miniature(of: plane))
    #expect(small.bytes.count == Miniature.byteCount)
    #expect(small.width * small.height <= Miniature.mostPixels)
    #expect(small.width * small.height > Miniature.mostPixels / 2)
    #expect(try #require(Miniature(bytes: small.bytes)) == small)
  }

  @Test func itLooksLikeTheImage() throws {
    let plane = try #require(Resampler.scale(Scene(seed: 8).drawn(640, 480), width: 512, height: 384))
    let small = try #require(Miniature(of: plane))
    let whole = PixelRect(x: 0, y: 0, width: plane.width, height: plane.height)
    let exact = try #require(Resampler.scale(plane, area: whole, width: small.width, height: small.height))
    let errors = zip(exact, small.pixels).map { abs($0 - Float($1)) }
    #expect(errors.reduce(0, +) / Float(errors.count) < 3)
    #expect(errors.max() ?? 255 < 60)
  }

  @Test func whatItCannotHaveWrittenIsRefused() throws {
    let good = try #require(Miniature(of: Plane(unchecked: 40, 30, [Float](repeating: 9, count: 1200)))).bytes
    #expect(Miniature(bytes: good) != nil)
    #expect(Miniature(bytes: good.dropLast()) == nil)
    #expect(Miniature(bytes: good + [0]) == nil)
    for (at, value) in [(0, 2), (1, 0), (2, 0), (1, 255), (2, 255)] as [(Int, UInt8)] {
      var bad = good
      bad[at] = value
      #expect(Miniature(bytes: bad) == nil)
    }
    for noise in 0..<200 {
      var random = SplitMix(UInt64(noise))
      var bytes = (0..<Miniature.byteCount).map { _ in UInt8.random(in: 0...255, using: &random) }
      bytes[0] = Miniature.version
      if let small = Miniature(bytes: bytes) { #expect(small.pixels.count == small.width * small.height) }
    }
  }
}
