#if LocalIndex
  import PictureMatching
  import Testing

  @testable import PictureCodecs

  @Suite struct WEBPTests {
    @Test func lossless() throws {
      let pattern = try Pattern.color(45, 31)
      let file = try PictureEncoder.webp(pattern.pixels, 45, 31, channels: 3, quality: nil)
      #expect(try EncodedPictureHeader(file) == EncodedPictureHeader(.webp, 45, 31))
      #expect(try PictureDecoder.decodeColor(file).picture == pattern)
      #expect(try PictureDecoder.decodeGray(file).picture == pattern.gray)
    }

    @Test func lossy() throws {
      let pattern = try Pattern.smooth(64, 40)
      let file = try PictureEncoder.webp(pattern.pixels, 64, 40, channels: 3, quality: 100)
      #expect(try EncodedPictureHeader(file) == EncodedPictureHeader(.webp, 64, 40))
      #expect(largestDifference(try PictureDecoder.decodeColor(file).picture.pixels, pattern.pixels) <= 10)
    }

    @Test(arguments: [nil, 100] as [Float?]) func alphaGoesOnWhite(quality: Float?) throws {
      var pixels: [UInt8] = []
      for pixel in 0..<32 * 32 { pixels += [20, 40, 60, pixel < 512 ? 255 : 0] }
      let file = try PictureEncoder.webp(pixels, 32, 32, channels: 4, quality: quality)
      let decoded = try PictureDecoder.decodeColor(file)
      #expect(decoded.background == .white)
      #expect(largestDifference(Array(decoded.picture.pixels[..<3]), [20, 40, 60]) <= 4)
      #expect(Array(decoded.picture.pixels.suffix(3)) == [255, 255, 255])
    }

    @Test func theFirstFrameOfAnAnimationOnItsCanvas() throws {
      let pattern = try Pattern.color(6, 4)
      let first = try PictureEncoder.webp(pattern.pixels, 6, 4, channels: 3, quality: nil)
      let second = try PictureEncoder.webp(try Pattern.color(12, 10).pixels, 12, 10, channels: 3, quality: nil)
      let file = WEBPBuilder.animated(
        width: 12, height: 10, [(x: 2, y: 4, width: 6, height: 4, file: first), (0, 0, 12, 10, second)])
      let decoded = try PictureDecoder.decodeColor(file)
      #expect(decoded.header.frameCount == 2)
      #expect((decoded.picture.width, decoded.picture.height) == (12, 10))
      #expect(Array(decoded.picture.pixels[..<3]) == [255, 255, 255])
      for y in 0..<4 {
        let start = ((4 + y) * 12 + 2) * 3
        #expect(decoded.picture.pixels[start..<start + 18] == pattern.pixels[y * 18..<y * 18 + 18])
      }
    }

    @Test func aFrameBeyondItsCanvasIsRefused() throws {
      let frame = try PictureEncoder.webp(try Pattern.color(6, 4).pixels, 6, 4, channels: 3, quality: nil)
      let file = WEBPBuilder.animated(width: 6, height: 4, [(x: 2, y: 0, width: 6, height: 4, file: frame)])
      #expect { try PictureDecoder.decodeColor(file) } throws: { ($0 as? PictureDecodingError)?.code == .corrupt }
    }

    @Test(arguments: [nil, 80] as [Float?]) func aLargeOneIsReducedWhileDecoding(quality: Float?) throws {
      let pattern = try Pattern.smooth(3600, 3400)
      let file = try PictureEncoder.webp(pattern.pixels, 3600, 3400, channels: 3, quality: quality)
      let decoded = try PictureDecoder.decodeGray(file)
      #expect((decoded.picture.width, decoded.picture.height) == (515, 486))
      for (x, y) in [(5, 5), (500, 20), (250, 250), (20, 480)] {
        let expected = pattern.gray.pixels[(y * 7 + 3) * 3600 + x * 7 + 3]
        #expect(abs(Int(decoded.picture.pixels[y * 515 + x]) - Int(expected)) <= 6)
      }
    }
  }
#endif
