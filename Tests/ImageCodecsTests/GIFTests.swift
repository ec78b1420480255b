#if LocalIndex
  import ImageFormats
  import Rasters
  import Testing

  @testable import ImageCodecs

  @Suite struct GIFTests {
    private let indices = (0..<19 * 17).map { UInt8($0 * 5 & 255) }

    @Test(arguments: [false, true]) func everyRow(interlaced: Bool) throws {
      let frame = GIFBuilder.Frame(width: 19, height: 17, indices: indices, interlaced: interlaced)
      let file = GIFBuilder(width: 19, height: 17, palette: GIFBuilder.grayPalette, frames: [frame]).build()
      let decoded = try ImageDecoder.decodeGray(file)
      #expect(decoded.image.pixels == indices)
      #expect(decoded.background == nil)
      #expect(!decoded.isFirstOfSeveral)
    }

    @Test func theFirstFrameOnItsCanvas() throws {
      let first = GIFBuilder.Frame(
        left: 1, top: 1, width: 2, height: 1, indices: [0, 3], transparent: 0,
        palette: [9, 9, 9, 0, 0, 0, 0, 0, 0, 10, 20, 30])
      let second = GIFBuilder.Frame(width: 4, height: 3, indices: Array(repeating: 1, count: 12))
      let file = GIFBuilder(width: 4, height: 3, palette: GIFBuilder.grayPalette, frames: [first, second]).build()
      let decoded = try ImageDecoder.decodeColor(file)
      #expect(decoded.header.frameCount == 2)
      #expect(decoded.isFirstOfSeveral)
      var expected = [UInt8](repeating: 255, count: 36)
      expected.replaceSubrange((4 + 2) * 3..<(4 + 3) * 3, with: [10, 20, 30])
      #expect(decoded.image.pixels == expected)
    }

    @Test func aFrameLargerThanItsCanvasIsCut() throws {
      let frame = GIFBuilder.Frame(left: 1, top: 0, width: 3, height: 3, indices: Array(1...9))
      let file = GIFBuilder(width: 2, height: 2, palette: GIFBuilder.grayPalette, frames: [frame]).build()
      #expect(try ImageDecoder.decodeGray(file).image.pixels == [255, 1, 255, 4])
    }

    @Test func withoutAPaletteThereIsNoImage() {
      let frame = GIFBuilder.Frame(width: 1, height: 1, indices: [1])
      #expect {
        try ImageDecoder.decodeGray(GIFBuilder(width: 1, height: 1, palette: nil, frames: [frame]).build())
      } throws: {
        ($0 as? ImageDecodingError)?.code == .corrupt
      }
      #expect {
        try ImageDecoder.decodeGray(GIFBuilder(width: 1, height: 1, palette: GIFBuilder.grayPalette).build())
      } throws: {
        ($0 as? ImageDecodingError)?.code == .corrupt
      }
    }

    @Test func anIndexBeyondThePaletteIsBlack() throws {
      let frame = GIFBuilder.Frame(width: 2, height: 1, indices: [1, 200])
      let file = GIFBuilder(width: 2, height: 1, palette: [5, 5, 5, 6, 6, 6], frames: [frame]).build()
      #expect(try ImageDecoder.decodeGray(file).image.pixels == [6, 0])
    }
  }
#endif
