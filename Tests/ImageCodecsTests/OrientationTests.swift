#if LocalIndex
  import ImageFormats
  import Rasters
  import Testing

  @testable import ImageCodecs

  @Suite struct OrientationTests {
    /// The correct display of `stored`, pixel by pixel from the table in the Exif standard: the sides of the first row and
    /// the first column of the stored image.
    private func upright(_ stored: ColorImage, _ orientation: Int) throws -> ColorImage {
      let (w, h) = (stored.width, stored.height)
      let swaps = orientation >= 5
      let (width, height) = swaps ? (h, w) : (w, h)
      var pixels = [UInt8](repeating: 0, count: stored.pixels.count)
      for row in 0..<h {
        for column in 0..<w {
          let (x, y): (Int, Int)
          switch orientation {
          case 1: (x, y) = (column, row)  // row 0 top, column 0 left
          case 2: (x, y) = (w - 1 - column, row)  // top, right
          case 3: (x, y) = (w - 1 - column, h - 1 - row)  // bottom, right
          case 4: (x, y) = (column, h - 1 - row)  // bottom, left
          case 5: (x, y) = (row, column)  // left, top
          case 6: (x, y) = (h - 1 - row, column)  // right, top
          case 7: (x, y) = (h - 1 - row, w - 1 - column)  // right, bottom
          default: (x, y) = (row, w - 1 - column)  // left, bottom
          }
          for channel in 0..<3 {
            pixels[(y * width + x) * 3 + channel] = stored.pixels[(row * w + column) * 3 + channel]
          }
        }
      }
      return try Pattern.image(width, height, pixels)
    }

    @Test(arguments: 1...8) func losslessContainers(orientation: Int) throws {
      let stored = try Pattern.color(7, 4)
      let expected = try upright(stored, orientation)
      let png = ExifBuilder.png(try ImageEncoder.png(stored), orientation)
      let webp = ExifBuilder.webp(
        try ImageEncoder.webp(Array(stored.pixels), 7, 4, channels: 3, quality: nil), width: 7, height: 4, orientation)
      var tiff = TIFFBuilder(width: 7, height: 4, samples: stored.pixels.map { Int($0) })
      tiff.orientation = orientation
      for file in [png, webp, tiff.build()] {
        let decoded = try ImageDecoder.decodeColor(file)
        #expect(decoded.image == expected, "\(decoded.header.format)")
        #expect((decoded.originalWidth, decoded.originalHeight) == (expected.width, expected.height))
        #expect(decoded.header.orientation == orientation)
        #expect(try ImageDecoder.decodeGray(file).image == (try expected.gray))
      }
    }

    @Test(arguments: 1...8, [false, true]) func jpeg(orientation: Int, bigEndian: Bool) throws {
      let stored = try Pattern.smooth(48, 32)
      let file = ExifBuilder.jpeg(try ImageEncoder.jpeg(stored, quality: 100), orientation, bigEndian: bigEndian)
      let decoded = try ImageDecoder.decodeColor(file)
      let expected = try upright(stored, orientation)
      #expect((decoded.image.width, decoded.image.height) == (expected.width, expected.height))
      #expect(largestDifference(decoded.image.pixels, expected.pixels) <= 8)
      #expect(decoded.header.orientation == orientation)
    }
  }
#endif
