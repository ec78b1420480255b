import Testing

@testable import Rasters

@Suite struct ResamplerTests {
  @Test func shrinkingAveragesAreas() throws {
    let image = try #require(GrayImage(width: 4, height: 2, pixels: [0, 100, 200, 60, 20, 40, 0, 140]))
    let half = try #require(Resampler.scale(image, width: 2, height: 1))
    #expect(half.values == [40, 100])
  }

  @Test func fractionsOfPixelsCountByTheirArea() throws {
    let image = try #require(GrayImage(width: 3, height: 1, pixels: [30, 90, 150]))
    let two = try #require(Resampler.scale(image, width: 2, height: 1))
    #expect(abs(two.values[0] - 50) < 0.001)
    #expect(abs(two.values[1] - 130) < 0.001)
  }

  @Test(arguments: [(7, 5), (64, 64), (200, 3), (1, 1)])
  func anEvenImageStaysEven(size: (Int, Int)) throws {
    let scaled = try #require(Resampler.scale(.flat(37, 23, level: 77), width: size.0, height: size.1))
    #expect(scaled.values.count == size.0 * size.1)
    #expect(scaled.values.allSatisfy { abs($0 - 77) < 0.001 })
  }

  @Test func growingKeepsARampStraight() throws {
    let image = try #require(GrayImage(width: 8, height: 1, pixels: [0, 10, 20, 30, 40, 50, 60, 70]))
    let grown = try #require(Resampler.scale(image, width: 16, height: 1))
    for x in 4..<12 { #expect(abs(grown.values[x] - (Float(x) * 5 - 2.5)) < 0.01) }
  }

  @Test func sizesThatCannotBeAreRefused() {
    #expect(Resampler.scale(.empty, width: 4, height: 4) == nil)
    #expect(Resampler.scale(.flat(4, 4, level: 0), width: 0, height: 4) == nil)
    #expect(Resampler.scale(.flat(4, 4, level: 0), width: 4, height: 1 << 40) == nil)
  }

  @Test func workingSizeKeepsTheShape() {
    #expect(Resampler.size(width: 500, height: 375, longest: 512) == (512, 384))
    #expect(Resampler.size(width: 3, height: 4000, longest: 512) == (1, 512))
    #expect(Resampler.size(width: 0, height: 10, longest: 512) == (0, 0))
  }

  @Test func anAreaOfAPlaneIsScaledAlone() throws {
    let plane = Plane(unchecked: 4, 2, [0, 1, 2, 3, 10, 11, 12, 13])
    let values = try #require(
      Resampler.scale(plane, area: PixelRect(x: 2, y: 0, width: 2, height: 2), width: 1, height: 1))
    #expect(abs(values[0] - 7.5) < 0.001)
    #expect(Resampler.scale(plane, area: PixelRect(x: 3, y: 0, width: 2, height: 2), width: 1, height: 1) == nil)
  }

  @Test func colourIsScaledAsEachChannelOfItsOwn() throws {
    let pixels = (0..<3 * 37 * 23).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ $0 / 7) }
    let image = try #require(ColorImage(width: 37, height: 23, pixels: pixels))
    for (width, height) in [(9, 5), (37, 23), (50, 11), (74, 46)] {
      let scaled = try #require(try Resampler.scale(image, width: width, height: height))
      for channel in 0..<3 {
        let samples = stride(from: channel, to: pixels.count, by: 3).map { pixels[$0] }
        let gray = try #require(GrayImage(width: 37, height: 23, pixels: samples))
        let plane = try #require(Resampler.scale(gray, width: width, height: height))
        for (index, value) in plane.values.enumerated() {
          #expect(abs(Float(scaled.pixels[3 * index + channel]) - value) <= 0.502)
        }
      }
    }
  }

  @Test func onlyWhatIsLargerShrinks() throws {
    let image = try #require(ColorImage(width: 40, height: 20, pixels: [UInt8](repeating: 9, count: 2400)))
    #expect(try Resampler.shrink(image, longest: 40) == image)
    #expect(try Resampler.shrink(image, longest: 10).width == 10)
  }

  @Test func scalingColourEndsWhenTheCheckThrows() throws {
    struct Stop: Error {}
    let image = try #require(ColorImage(width: 4, height: 4, pixels: [UInt8](repeating: 9, count: 48)))
    #expect(throws: Stop.self) { try Resampler.scale(image, width: 2, height: 2) { throw Stop() } }
  }
}

extension GrayImage {
  fileprivate static let empty = flat(0, 0, level: 0)

  fileprivate static func flat(_ width: Int, _ height: Int, level: UInt8) -> GrayImage {
    GrayImage(width: width, height: height, pixels: Array(repeating: level, count: width * height))
      ?? flat(0, 0, level: 0)
  }
}
