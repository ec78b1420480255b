#if LocalIndex
  import CImageCodecs
  import Rasters
  import Testing

  @testable import ImageCodecs

  @Suite struct JPEGTests {
    private func encode(
      _ pixels: [UInt8], _ width: Int, _ height: Int, _ channels: Int, _ kind: image_jpeg_kind = IMAGE_JPEG_BASELINE
    ) throws -> [UInt8] {
      try ImageEncoder.jpeg(pixels, width, height, channels: channels, quality: 100, kind)
    }

    @Test(arguments: [IMAGE_JPEG_BASELINE.rawValue, IMAGE_JPEG_PROGRESSIVE.rawValue])
    func baselineAndProgressive(kind: UInt32) throws {
      let pattern = try Pattern.smooth(61, 45)
      let file = try encode(Array(pattern.pixels), 61, 45, 3, image_jpeg_kind(rawValue: kind))
      let color = try ImageDecoder.decodeColor(file)
      #expect(largestDifference(color.image.pixels, pattern.pixels) <= 8)
      let gray = try ImageDecoder.decodeGray(file)
      #expect((gray.image.width, gray.image.height) == (61, 45))
      #expect(largestDifference(gray.image.pixels, try pattern.gray.pixels) <= 3)
    }

    @Test func oneComponent() throws {
      let pattern = try Pattern.smooth(33, 20).gray
      let file = try ImageEncoder.jpeg(pattern, quality: 100)
      #expect(largestDifference(try ImageDecoder.decodeGray(file).image.pixels, pattern.pixels) <= 2)
      let color = try ImageDecoder.decodeColor(file).image
      #expect(largestDifference(color.pixels, pattern.pixels.flatMap { [$0, $0, $0] }) <= 2)
    }

    @Test(arguments: [IMAGE_JPEG_BASELINE.rawValue, IMAGE_JPEG_YCCK.rawValue])
    func fourComponentsAsAdobeWritesThem(kind: UInt32) throws {
      // 255 means no ink: red, then half black.
      let pixels =
        Array(repeating: [UInt8](arrayLiteral: 255, 0, 0, 255), count: 128).flatMap { $0 }
        + Array(repeating: [UInt8](arrayLiteral: 255, 255, 255, 128), count: 128).flatMap { $0 }
      let file = try encode(pixels, 16, 16, 4, image_jpeg_kind(rawValue: kind))
      let decoded = try ImageDecoder.decodeColor(file).image.pixels
      #expect(largestDifference(Array(decoded[..<3]), [255, 0, 0]) <= 4)
      #expect(largestDifference(Array(decoded[(15 * 16) * 3..<(15 * 16) * 3 + 3]), [128, 128, 128]) <= 4)
      let gray = try ImageDecoder.decodeGray(file).image.pixels
      #expect(abs(Int(gray[0]) - 77) <= 4)
    }

    @Test func fourComponentsWithoutAdobesMarkerAreNotInverted() throws {
      let pixels = Array(repeating: [UInt8](arrayLiteral: 255, 0, 0, 0), count: 64).flatMap { $0 }
      var file = try encode(pixels, 8, 8, 4)
      let marker = try #require(file.indices.first { file[$0] == 0xFF && file[$0 + 1] == 0xEE })
      file.removeSubrange(marker..<marker + 2 + Int(file[marker + 3]))
      #expect(largestDifference(Array(try ImageDecoder.decodeColor(file).image.pixels[..<3]), [0, 255, 255]) <= 4)
    }

    @Test(arguments: [
      (4000, 1000), (2100, 525), (2000, 1000), (1023, 512), (1024, 512), (512, 512), (511, 511), (100, 100),
    ])
    func scaledWhileDecoding(side: Int, expected: Int) throws {
      let pattern = try Pattern.smooth(side, 24)
      let decoded = try ImageDecoder.decodeGray(try ImageEncoder.jpeg(pattern, quality: 90))
      try #require(decoded.image.width == expected)
      #expect(decoded.originalWidth == side)
      // The brightness at the middle of both ends is that of the whole image.
      let row = decoded.image.height / 2 * expected
      let whole = try pattern.gray.pixels
      #expect(abs(Int(decoded.image.pixels[row + 4]) - Int(whole[12 * side + 4 * side / expected])) <= 6)
      #expect(
        abs(Int(decoded.image.pixels[row + expected - 4]) - Int(whole[12 * side + side - 4 * side / expected])) <= 6)
    }

    @Test func anEarlyEndIsAcceptedOnlyNearTheEnd() throws {
      let noise = try Pattern.noise(256, 256)
      for kind in [IMAGE_JPEG_BASELINE, IMAGE_JPEG_PROGRESSIVE] {
        let file = try encode(Array(noise.pixels), 256, 256, 3, kind)
        let whole = try ImageDecoder.decodeGray(file)
        #expect(whole.intactShare == 1)
        // Without the end marker nothing is lost.
        #expect(try ImageDecoder.decodeGray(Array(file.dropLast(2))).image == whole.image)
        #expect {
          try ImageDecoder.decodeGray(Array(file[..<(file.count / 2)]))
        } throws: {
          ($0 as? ImageDecodingError)?.code == .truncated
        }
      }
      let baseline = try encode(Array(noise.pixels), 256, 256, 3)
      let cut = try ImageDecoder.decodeGray(Array(baseline[..<(baseline.count * 15 / 16)]))
      #expect(cut.intactShare > 0.87 && cut.intactShare < 0.95)
    }

    @Test func damageInTheMiddleIsSeen() throws {
      var file = try encode(Array(try Pattern.noise(256, 256).pixels), 256, 256, 3)
      // An end marker in the middle of the scan.
      file[file.count / 2] = 0xFF
      file[file.count / 2 + 1] = 0xD9
      #expect { try ImageDecoder.decodeGray(file) } throws: { ($0 as? ImageDecodingError)?.code == .truncated }
    }
  }
#endif
