#if LocalIndex
  import CImageCodecs
  import Rasters
  import TestSupport
  import Testing

  @testable import ImageCodecs

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #endif

  @Suite struct LimitTests {
    private func refusal(_ bytes: [UInt8], _ limits: ImageLimits = ImageLimits()) -> ImageDecodingError? {
      do {
        _ = try ImageDecoder.decodeColor(bytes, limits: limits)
        return nil
      } catch {
        return error as? ImageDecodingError
      }
    }

    @Test func everyLimitIsNamed() throws {
      let file = try ImageEncoder.png(try Pattern.noise(100, 50))
      var limits = ImageLimits()
      limits.maximumFileSize = 1000
      #expect(
        refusal(file, limits)?.message == "fileSize is \(file.count) bytes, the limit is 1000 bytes")
      limits = ImageLimits()
      limits.maximumSide = 99
      #expect(refusal(file, limits)?.message == "side is 100 pixels, the limit is 99 pixels")
      limits = ImageLimits()
      limits.maximumPixels = 4999
      #expect(refusal(file, limits)?.message == "pixels is 5000 pixels, the limit is 4999 pixels")
      #expect(refusal(file, limits)?.field == "pixels")
      #expect(refusal(file, limits)?.limit == 4999)
      limits = ImageLimits()
      limits.maximumWorkingMemory = 10_000
      #expect(refusal(file, limits)?.field == "workingMemory")
      #expect(refusal([])?.code == .empty)
    }

    @Test func aFileMayCostInProportionToItsSize() {
      let limits = ImageLimits()
      #expect(limits.workingMemory(fileSize: 100) == 48 << 20)
      #expect(limits.workingMemory(fileSize: 2 << 20) == 128 << 20)
      #expect(limits.workingMemory(fileSize: 60 << 20) == 512 << 20)
      #expect(limits.workingMemory(fileSize: .max) == 512 << 20)
    }

    @Test func scansAreCounted() throws {
      #expect(refusal(try Bombs.scans(5)) == nil)
      let error = refusal(try Bombs.scans(400))
      #expect(error?.code == .tooLarge)
      #expect(error?.field == "scans")
      #expect(error?.limit == 100)
    }

    /// In a separate process, for a separate peak of memory. The error is that of gray decoding: a TIFF that libtiff
    /// reads in small pieces would fit when reduced, and fails because of missing data.
    @Test func bombsAreRefusedWithin64MiB() async {
      await #expect(processExitsWith: .success) {
        let bombs: [(String, [UInt8], ImageDecodingError.Code)] = [
          ("PNG", Bombs.png(50_000), .tooLarge), ("GIF", Bombs.gif(50_000, frame: 1), .tooLarge),
          ("GIF frame", Bombs.gif(10, frame: 50_000), .tooLarge),
          ("TIFF", Bombs.tiff(50_000, rowsPerStrip: 50_000), .tooLarge),
          ("TIFF strips", Bombs.tiff(50_000, rowsPerStrip: 1), .tooLarge),
          ("TIFF strip", Bombs.tiff(10_000, rowsPerStrip: 10_000), .corrupt),
          ("TIFF gray strip", Bombs.tiff(9_999, rowsPerStrip: 9_999, samplesPerPixel: 1), .corrupt),
          ("WEBP", try Bombs.webp(16_383), .tooLarge),
          ("WEBP below the limit of pixels", try Bombs.webp(9_999), .tooLarge),
          ("WEBP canvas", try Bombs.webpCanvas(50_000), .tooLarge), ("BMP", Bombs.bmp(50_000), .tooLarge),
          ("JPEG", try Bombs.jpeg(65_500, IMAGE_JPEG_BASELINE), .tooLarge),
          ("JPEG progressive", try Bombs.jpeg(65_500, IMAGE_JPEG_PROGRESSIVE), .tooLarge),
          ("JPEG progressive below the limit of pixels", try Bombs.jpeg(9_999, IMAGE_JPEG_PROGRESSIVE), .tooLarge),
        ]
        for (name, bytes, expected) in bombs {
          for color in [false, true] {
            var code: ImageDecodingError.Code?
            let growth = PeakMemory.growth {
              do {
                if color {
                  _ = try ImageDecoder.decodeColor(bytes)
                } else {
                  _ = try ImageDecoder.decodeGray(bytes)
                }
              } catch {
                code = (error as? ImageDecodingError)?.code
              }
            }
            #expect(code == (color ? .tooLarge : expected), "\(name): \(code?.name ?? "decoded")")
            #expect((growth ?? .max) < 64 << 20, "\(name) took \(growth ?? -1) bytes")
          }
        }
      }
    }

    /// Valid large images are read row by row.
    @Test func largeImagesAreReducedWithin64MiB() async {
      await #expect(processExitsWith: .success) {
        var files: [(String, [UInt8])] = [
          ("BMP", Bombs.bmp(1000)), ("GIF of 100 megapixels", Bombs.gif(10_000, frame: 1)),
        ]
        do {
          let pattern = try Pattern.smooth(3200, 2400)
          files.append(("PNG", try ImageEncoder.png(pattern)))
          files.append(
            ("PNG interlaced", try ImageEncoder.png(Array(pattern.pixels), 3200, 2400, channels: 3, interlaced: true)))
          files.append(("JPEG", try ImageEncoder.jpeg(pattern)))
          files.append(("WEBP", try ImageEncoder.webp(Array(pattern.pixels), 3200, 2400, channels: 3, quality: 50)))
          files.append(
            ("WEBP lossless", try ImageEncoder.webp(Array(pattern.pixels), 3200, 2400, channels: 3, quality: nil)))
        }
        for (name, bytes) in files {
          var decoded: Bool?
          let growth = PeakMemory.growth { decoded = try? ImageDecoder.decodeGray(bytes).image.width >= 512 }
          #expect(decoded == true, "\(name)")
          #expect((growth ?? .max) < 64 << 20, "\(name) took \(growth ?? -1) bytes")
        }
      }
    }
  }
#endif
