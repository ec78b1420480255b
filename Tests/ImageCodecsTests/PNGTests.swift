#if LocalIndex
  import Rasters
  import Testing

  @testable import ImageCodecs

  @Suite struct PNGTests {
    @Test(arguments: [1, 2, 4, 8, 16], [false, true]) func grayOfEveryDepth(depth: Int, interlaced: Bool) throws {
      let top = (1 << depth) - 1
      let samples = (0..<13 * 11).map { $0 * 37 % (top + 1) }
      let file = PNGBuilder(
        width: 13, height: 11, depth: depth, colorType: 0, interlaced: interlaced, samples: samples)
      let decoded = try ImageDecoder.decodeGray(file.build())
      let expected = samples.map { UInt8(($0 * 255 + top / 2) / top) }
      #expect(decoded.image.pixels == expected)
      #expect(decoded.background == nil)
      #expect(decoded.intactShare == 1)
      let color = try ImageDecoder.decodeColor(file.build())
      #expect(color.image.pixels == expected.flatMap { [$0, $0, $0] })
    }

    @Test(arguments: [8, 16], [false, true]) func colourOfEitherDepth(depth: Int, interlaced: Bool) throws {
      let pattern = try Pattern.color(9, 7)
      let samples = pattern.pixels.map { depth == 8 ? Int($0) : Int($0) * 257 }
      let file = PNGBuilder(width: 9, height: 7, depth: depth, interlaced: interlaced, samples: samples).build()
      #expect(try ImageDecoder.decodeColor(file).image == pattern)
      #expect(try ImageDecoder.decodeGray(file).image == (try pattern.gray))
    }

    @Test(arguments: [1, 2, 4, 8]) func palettesOfEveryDepth(depth: Int) throws {
      let entries = 1 << depth
      var palette: [UInt8] = []
      for entry in 0..<entries { palette += [UInt8(255 - entry), UInt8(entry), UInt8(entry * 3 & 255)] }
      let samples = (0..<35).map { $0 % entries }
      var builder = PNGBuilder(width: 7, height: 5, depth: depth, colorType: 3, samples: samples)
      builder.chunks = [("PLTE", palette)]
      let decoded = try ImageDecoder.decodeColor(builder.build())
      #expect(decoded.image.pixels == samples.flatMap { palette[3 * $0..<3 * $0 + 3] })
    }

    @Test func transparencyOfAPaletteGoesOnWhite() throws {
      var builder = PNGBuilder(width: 3, height: 1, colorType: 3, samples: [0, 1, 2])
      builder.chunks = [("PLTE", [10, 20, 30, 100, 100, 100, 0, 0, 0]), ("tRNS", [255, 0, 51])]
      let decoded = try ImageDecoder.decodeColor(builder.build())
      #expect(decoded.image.pixels == [10, 20, 30, 255, 255, 255, 204, 204, 204])
      #expect(decoded.background == .white)
    }

    @Test func oneTransparentColour() throws {
      var rgb = PNGBuilder(width: 2, height: 1, samples: [9, 8, 7, 9, 8, 6])
      rgb.chunks = [("tRNS", [0, 9, 0, 8, 0, 7])]
      #expect(try ImageDecoder.decodeColor(rgb.build()).image.pixels == [255, 255, 255, 9, 8, 6])
      var gray = PNGBuilder(width: 2, height: 1, depth: 16, colorType: 0, samples: [257, 514])
      gray.chunks = [("tRNS", [1, 1])]
      #expect(try ImageDecoder.decodeGray(gray.build()).image.pixels == [255, 2])
    }

    @Test(arguments: [8, 16]) func alpha(depth: Int) throws {
      let scale = depth == 8 ? 1 : 257
      let gray = PNGBuilder(
        width: 3, height: 1, depth: depth, colorType: 4, samples: [0, 255, 100, 0, 0, 102].map { $0 * scale })
      #expect(try ImageDecoder.decodeGray(gray.build()).image.pixels == [0, 255, 153])
      let color = PNGBuilder(
        width: 2, height: 1, depth: depth, colorType: 6, samples: [200, 100, 0, 51, 1, 2, 3, 255].map { $0 * scale })
      #expect(try ImageDecoder.decodeColor(color.build()).image.pixels == [244, 224, 204, 1, 2, 3])
    }

    @Test func whiteOnTransparentGoesOnGray() throws {
      var samples = Array(repeating: [255, 255, 255, 0], count: 600).flatMap { $0 }
      for pixel in 0..<100 { samples[4 * pixel + 3] = 255 }
      let file = PNGBuilder(width: 30, height: 20, colorType: 6, samples: samples).build()
      let decoded = try ImageDecoder.decodeGray(file)
      #expect(decoded.background == .midGray)
      #expect(decoded.image.pixels == Array(repeating: 255, count: 100) + Array(repeating: 128, count: 500))
      // Reduced, too.
      let small = try ImageDecoder.decodeGray(file, targetLongestSide: 10)
      #expect(small.background == .midGray)
      #expect(small.image.pixels.contains(255) && small.image.pixels.contains(128))
      // An opaque white image is not transparent.
      let opaque = PNGBuilder(width: 30, height: 20, colorType: 6, samples: Array(repeating: 255, count: 2400)).build()
      #expect(try ImageDecoder.decodeGray(opaque).background == .white)
    }

    @Test(arguments: [false, true]) func largeImagesAreReducedByWholeFactors(interlaced: Bool) throws {
      let pattern = try Pattern.color(100, 61)
      let file = try ImageEncoder.png(Array(pattern.pixels), 100, 61, channels: 3, interlaced: interlaced)
      let decoded = try ImageDecoder.decodeColor(file, targetLongestSide: 30)
      #expect((decoded.image.width, decoded.image.height) == (34, 21))
      #expect((decoded.originalWidth, decoded.originalHeight) == (100, 61))
      for y in 0..<21 {
        for x in 0..<34 {
          for channel in 0..<3 {
            var sum = 0
            var count = 0
            for row in 3 * y..<min(61, 3 * y + 3) {
              for column in 3 * x..<min(100, 3 * x + 3) {
                sum += Int(pattern.pixels[(row * 100 + column) * 3 + channel])
                count += 1
              }
            }
            let mean = Double(sum) / Double(count)
            #expect(abs(Double(decoded.image.pixels[(y * 34 + x) * 3 + channel]) - mean) <= 0.51)
          }
        }
      }
    }

    @Test func reducedAlphaIsWeighed() throws {
      // Black with alpha 255 beside transparent pixels of another colour, which must not be visible.
      let file = PNGBuilder(
        width: 4, height: 1, colorType: 6, samples: [0, 0, 0, 255, 90, 10, 200, 0, 90, 10, 200, 0, 0, 0, 0, 255])
      #expect(try ImageDecoder.decodeGray(file.build(), targetLongestSide: 2).image.pixels == [128, 128])
    }

    @Test func ancillaryNonsenseIsIgnored() throws {
      var builder = PNGBuilder(width: 1, height: 1, samples: [1, 2, 3])
      builder.chunks = [
        ("iCCP", [1, 2, 3]), ("gAMA", []), ("tEXt", Array(repeating: 65, count: 3000)), ("abCd", [9]), ("sBIT", [200]),
      ]
      #expect(try ImageDecoder.decodeColor(builder.build()).image.pixels == [1, 2, 3])
    }
  }
#endif
