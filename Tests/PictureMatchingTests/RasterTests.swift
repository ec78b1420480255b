import Testing

@testable import PictureMatching

@Suite struct RasterTests {
  @Test func aPictureOfTheWrongLengthIsRefused() {
    #expect(GrayPicture(width: 2, height: 2, pixels: [0, 0, 0]) == nil)
    #expect(GrayPicture(width: -1, height: 0, pixels: []) == nil)
    #expect(GrayPicture(width: .max, height: 2, pixels: []) == nil)
    #expect(ColorPicture(width: 1, height: 1, pixels: [1, 2]) == nil)
  }

  @Test func grayIsTheLumaOfJPEG() throws {
    let picture = try #require(
      ColorPicture(width: 4, height: 1, pixels: [255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0]))
    #expect(picture.gray.pixels == [255, 0, 77, 149])
  }
}
