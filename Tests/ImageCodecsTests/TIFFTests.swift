#if LocalIndex
  import ImageFormats
  import Rasters
  import Testing

  @testable import ImageCodecs

  @Suite struct TIFFTests {
    private func rgb(_ width: Int, _ height: Int) throws -> TIFFBuilder {
      TIFFBuilder(width: width, height: height, samples: try Pattern.color(width, height).pixels.map { Int($0) })
    }

    @Test(arguments: [false, true], [false, true]) func stripsOfEitherOrder(bigEndian: Bool, planar: Bool) throws {
      for rows in [1, 4, 11] {
        var builder = try rgb(13, 11)
        builder.bigEndian = bigEndian
        builder.planar = planar
        builder.rowsPerStrip = rows
        let decoded = try ImageDecoder.decodeColor(builder.build())
        #expect(decoded.image == (try Pattern.color(13, 11)))
        #expect(decoded.background == nil)
      }
    }

    @Test(arguments: [false, true]) func tiles(planar: Bool) throws {
      var builder = try rgb(37, 41)
      builder.tile = 16
      builder.planar = planar
      #expect(try ImageDecoder.decodeColor(builder.build()).image == (try Pattern.color(37, 41)))
      #expect(try ImageDecoder.decodeGray(builder.build()).image == (try Pattern.color(37, 41)).gray)
    }

    @Test(arguments: [false, true]) func sixteenBits(bigEndian: Bool) throws {
      var builder = try rgb(7, 5)
      builder.bits = 16
      builder.bigEndian = bigEndian
      builder.samples = builder.samples.map { $0 * 257 }
      #expect(try ImageDecoder.decodeColor(builder.build()).image == (try Pattern.color(7, 5)))
    }

    @Test(arguments: [1, 2, 4, 8, 16], [0, 1]) func gray(bits: Int, photometric: Int) throws {
      let top = (1 << bits) - 1
      let values = (0..<5 * 4).map { $0 * 61 % (top + 1) }
      let builder = TIFFBuilder(
        width: 5, height: 4, bits: bits, samplesPerPixel: 1, photometric: photometric, samples: values)
      let decoded = try ImageDecoder.decodeGray(builder.build())
      let expected = values.map { UInt8((photometric == 1 ? $0 : top - $0) * 255 / top) }
      #expect(largestDifference(decoded.image.pixels, expected) <= 1)
    }

    @Test(arguments: [1, 2, 4, 8]) func palettes(bits: Int) throws {
      let entries = 1 << bits
      let colors: [[Int]] = (0..<entries).map { [$0 * 255 / (entries - 1), 255 - $0, $0 / 2] }
      let values = (0..<12).map { $0 * 5 % entries }
      var builder = TIFFBuilder(width: 4, height: 3, bits: bits, samplesPerPixel: 1, photometric: 3, samples: values)
      builder.palette = (0..<3).flatMap { channel in colors.map { $0[channel] * 256 } }
      let decoded = try ImageDecoder.decodeColor(builder.build())
      #expect(decoded.image.pixels == values.flatMap { colors[$0].map { UInt8($0) } })
    }

    @Test func cmyk() throws {
      let builder = TIFFBuilder(
        width: 3, height: 1, samplesPerPixel: 4, photometric: 5, samples: [0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 128])
      let decoded = try ImageDecoder.decodeColor(builder.build())
      #expect(largestDifference(decoded.image.pixels, [255, 255, 255, 0, 255, 255, 127, 127, 0]) <= 1)
    }

    @Test(arguments: [1, 2]) func alphaGoesOnWhite(kind: Int) throws {
      // The same colour, stored premultiplied by alpha (1) or not (2).
      let samples =
        kind == 1 ? [40, 20, 0, 51, 0, 0, 0, 0, 9, 8, 7, 255] : [200, 100, 0, 51, 9, 9, 9, 0, 9, 8, 7, 255]
      var builder = TIFFBuilder(width: 3, height: 1, samplesPerPixel: 4, samples: samples)
      builder.extraSample = kind
      let decoded = try ImageDecoder.decodeColor(builder.build())
      #expect(largestDifference(decoded.image.pixels, [244, 224, 204, 255, 255, 255, 9, 8, 7]) <= 1)
      #expect(decoded.background == .white)
    }

    @Test func theFirstOfSeveralDirectories() throws {
      var builder = try rgb(4, 4)
      builder.directories = 5
      let decoded = try ImageDecoder.decodeColor(builder.build())
      #expect(decoded.header.frameCount == 5)
      #expect(decoded.isFirstOfSeveral)
    }

    @Test func oneStripInSeveralBandsIsTheSame() throws {
      var limits = ImageLimits()
      // Leads to bands of a few rows.
      limits.freeWorkingMemory = 6 << 20
      limits.memoryPerFileByte = 1
      let builder = try rgb(900, 700)
      let decoded = try ImageDecoder.decodeColor(builder.build(), limits: limits, targetLongestSide: 512)
      #expect(decoded.image == (try Pattern.color(900, 700)))
    }

    @Test func floatingPointIsSaidNotToBeDecoded() throws {
      let builder = TIFFBuilder(
        width: 2, height: 2, bits: 32, samplesPerPixel: 1, photometric: 1, samples: [1, 2, 3, 4])
      #expect {
        try ImageDecoder.decodeGray(builder.build())
      } throws: {
        ($0 as? ImageDecodingError)?.code == .unsupportedFormat
      }
    }
  }
#endif
