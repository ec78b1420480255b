#if LocalIndex
  import ImageFormats
  import Rasters
  import Testing

  @testable import ImageCodecs

  @Suite struct ReencoderTests {
    @Test func uprightAndWithinTheSides() throws {
      let stored = try Pattern.smooth(600, 300)
      let file = ExifBuilder.jpeg(try ImageEncoder.jpeg(stored, quality: 95), 6)
      let result = try ImageReencoder.reencode(
        file, within: .init(maximumBytes: 1 << 20, minimumSide: 100, maximumSide: 400))
      #expect((result.width, result.height) == (200, 400))
      let header = try ImageDecoder.decodeColor(result.bytes).header
      #expect((header.width, header.height, header.orientation) == (200, 400, 1))
      #expect(result.quality == 92)
      #expect(result.header.orientation == 6)
      // The left edge of the stored image is the top, and its upper end the right.
      let shown = try ImageDecoder.decodeColor(result.bytes).image
      let corner = Array(shown.pixels[(5 * 200 + 194) * 3..<(5 * 200 + 195) * 3])
      #expect(largestDifference(corner, Array(stored.pixels[(8 * 600 + 8) * 3..<(8 * 600 + 9) * 3])) <= 8)
    }

    @Test func smallerUntilItFits() throws {
      let file = try ImageEncoder.png(try Pattern.noise(400, 400))
      for most in [100_000, 30_000, 10_000] {
        let result = try ImageReencoder.reencode(
          file, within: .init(maximumBytes: most, minimumSide: 50, maximumSide: 4096))
        #expect(result.bytes.count <= most)
        #expect(result.bytes.count > most / 4)
        #expect(result.width <= 400 && result.width >= 50)
      }
    }

    @Test func whatCannotFitIsAnErrorThatNamesTheLimit() throws {
      let noise = try ImageEncoder.png(try Pattern.noise(120, 120))
      #expect {
        try ImageReencoder.reencode(noise, within: .init(maximumBytes: 500, minimumSide: 100, maximumSide: 4096))
      } throws: {
        let error = $0 as? ImageDecodingError
        return error?.code == .tooLarge && error?.field == "fileSize" && error?.limit == 500
      }
      for (width, height) in [(99, 300), (300, 99), (5000, 100)] {
        let file = try ImageEncoder.png(try Pattern.smooth(width, height))
        #expect {
          try ImageReencoder.reencode(file, within: .init(maximumBytes: 1 << 20, minimumSide: 100, maximumSide: 4096))
        } throws: {
          let error = $0 as? ImageDecodingError
          return error?.code == .tooSmall && error?.field == "side" && error?.limit == 100
        }
      }
    }
  }
#endif
