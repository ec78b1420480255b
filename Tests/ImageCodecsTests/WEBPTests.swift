#if LocalIndex
  import ImageFormats
  import Rasters
  import Testing

  @testable import ImageCodecs

  @Suite struct WEBPTests {
    @Test func lossless() throws {
      let pattern = try Pattern.color(45, 31)
      let file = try ImageEncoder.webp(Array(pattern.pixels), 45, 31, channels: 3, quality: nil)
      let decodedHeader = try ImageDecoder.decodeColor(file).header
      #expect((decodedHeader.format, decodedHeader.width, decodedHeader.height) == (.webp, 45, 31))
      #expect(try ImageDecoder.decodeColor(file).image == pattern)
      #expect(try ImageDecoder.decodeGray(file).image == (try pattern.gray))
    }

    @Test func lossy() throws {
      let pattern = try Pattern.smooth(64, 40)
      let file = try ImageEncoder.webp(Array(pattern.pixels), 64, 40, channels: 3, quality: 100)
      let decodedHeader = try ImageDecoder.decodeColor(file).header
      #expect((decodedHeader.width, decodedHeader.height, decodedHeader.frameCount) == (64, 40, 1))
      #expect(largestDifference(try ImageDecoder.decodeColor(file).image.pixels, pattern.pixels) <= 10)
    }

    @Test(arguments: [nil, 100] as [Float?]) func alphaGoesOnWhite(quality: Float?) throws {
      var pixels: [UInt8] = []
      for pixel in 0..<32 * 32 { pixels += [20, 40, 60, pixel < 512 ? 255 : 0] }
      let file = try ImageEncoder.webp(pixels, 32, 32, channels: 4, quality: quality)
      let decoded = try ImageDecoder.decodeColor(file)
      #expect(decoded.background == .white)
      #expect(largestDifference(Array(decoded.image.pixels[..<3]), [20, 40, 60]) <= 4)
      #expect(Array(decoded.image.pixels.suffix(3)) == [255, 255, 255])
    }

    @Test func theFirstFrameOfAnAnimationOnItsCanvas() throws {
      let pattern = try Pattern.color(6, 4)
      let first = try ImageEncoder.webp(Array(pattern.pixels), 6, 4, channels: 3, quality: nil)
      let second = try ImageEncoder.webp(Array(try Pattern.color(12, 10).pixels), 12, 10, channels: 3, quality: nil)
      let file = WEBPBuilder.animated(
        width: 12, height: 10, [(x: 2, y: 4, width: 6, height: 4, file: first), (0, 0, 12, 10, second)])
      let decoded = try ImageDecoder.decodeColor(file)
      #expect(decoded.header.frameCount == 2)
      #expect((decoded.image.width, decoded.image.height) == (12, 10))
      #expect(Array(decoded.image.pixels[..<3]) == [255, 255, 255])
      for y in 0..<4 {
        let start = ((4 + y) * 12 + 2) * 3
        #expect(Array(decoded.image.pixels[start..<start + 18]) == Array(pattern.pixels[y * 18..<y * 18 + 18]))
      }
    }

    @Test func aFrameBeyondItsCanvasIsRefused() throws {
      let frame = try ImageEncoder.webp(Array(try Pattern.color(6, 4).pixels), 6, 4, channels: 3, quality: nil)
      let file = WEBPBuilder.animated(width: 6, height: 4, [(x: 2, y: 0, width: 6, height: 4, file: frame)])
      #expect { try ImageDecoder.decodeColor(file) } throws: { ($0 as? ImageDecodingError)?.code == .corrupt }
    }

    @Test(arguments: [nil, 80] as [Float?]) func aLargeOneIsReducedWhileDecoding(quality: Float?) throws {
      let pattern = try Pattern.smooth(3600, 3400)
      let file = try ImageEncoder.webp(Array(pattern.pixels), 3600, 3400, channels: 3, quality: quality)
      let decoded = try ImageDecoder.decodeGray(file)
      #expect((decoded.image.width, decoded.image.height) == (515, 486))
      for (x, y) in [(5, 5), (500, 20), (250, 250), (20, 480)] {
        let expected = try pattern.gray.pixels[(y * 7 + 3) * 3600 + x * 7 + 3]
        #expect(abs(Int(decoded.image.pixels[y * 515 + x]) - Int(expected)) <= 6)
      }
    }
  }
#endif
