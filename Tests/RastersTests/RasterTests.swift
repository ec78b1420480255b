import Testing

@testable import Rasters

@Suite struct RasterTests {
  @Test func anImageOfTheWrongLengthIsRefused() {
    #expect(GrayImage(width: 2, height: 2, pixels: [0, 0, 0]) == nil)
    #expect(GrayImage(width: -1, height: 0, pixels: []) == nil)
    #expect(GrayImage(width: .max, height: 2, pixels: []) == nil)
    #expect(ColorImage(width: 1, height: 1, pixels: [1, 2]) == nil)
  }

  @Test func grayIsTheLumaOfJPEG() throws {
    let image = try #require(
      ColorImage(width: 4, height: 1, pixels: [255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0]))
    #expect(try image.gray.pixels == [255, 0, 77, 149])
  }
}
