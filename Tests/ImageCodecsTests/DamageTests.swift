#if LocalIndex
  import CImageCodecs
  import ImageFormats
  import Rasters
  import Testing

  @testable import ImageCodecs

  /// Damaged files lead to an image or one of our errors, and nothing else.
  @Suite struct DamageTests {
    /// One small file for each code path of a decoder.
    static func files() throws -> [(name: String, bytes: [UInt8])] {
      let (width, height) = (41, 29)
      let pattern = try Pattern.color(width, height)
      let samples = pattern.pixels.map { Int($0) }
      let gray = Array(try pattern.gray.pixels)
      var withAlpha: [UInt8] = []
      for pixel in 0..<width * height {
        withAlpha += pattern.pixels[3 * pixel..<3 * pixel + 3]
        withAlpha.append(UInt8(pixel & 255))
      }
      var strips = TIFFBuilder(width: width, height: height, samples: samples)
      strips.rowsPerStrip = 5
      strips.orientation = 5
      var tiles = strips
      tiles.tile = 16
      tiles.planar = true
      var palette = PNGBuilder(width: width, height: height, depth: 4, colorType: 3, interlaced: true)
      palette.samples = gray.map { Int($0) >> 4 }
      palette.chunks = [
        ("PLTE", Array(GIFBuilder.grayPalette[..<48])), ("tRNS", [0, 128]), ("eXIf", ExifBuilder.block(3)),
      ]
      let frame = GIFBuilder.Frame(width: width, height: height, indices: gray, transparent: 9)
      let interlaced = GIFBuilder.Frame(left: 2, width: width, height: height, indices: gray, interlaced: true)
      let runs: [UInt8] = [20, 5, 0, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 2, 3, 2, 9, 9, 0, 0, 4, 4, 0, 1]
      let webp = try ImageEncoder.webp(withAlpha, width, height, channels: 4, quality: 60)
      return [
        ("JPEG", ExifBuilder.jpeg(try ImageEncoder.jpeg(pattern, quality: 80), 8)),
        (
          "JPEG progressive",
          try ImageEncoder.jpeg(Array(pattern.pixels), width, height, channels: 3, quality: 80, IMAGE_JPEG_PROGRESSIVE)
        ),
        ("JPEG YCCK", try ImageEncoder.jpeg(withAlpha, width, height, channels: 4, quality: 80, IMAGE_JPEG_YCCK)),
        ("PNG", try ImageEncoder.png(withAlpha, width, height, channels: 4, interlaced: false)),
        ("PNG palette", palette.build()),
        (
          "GIF",
          GIFBuilder(width: width, height: height, palette: GIFBuilder.grayPalette, frames: [frame, frame]).build()
        ),
        (
          "GIF interlaced",
          GIFBuilder(width: width, height: height, palette: GIFBuilder.grayPalette, frames: [interlaced]).build()
        ),
        (
          "BMP",
          BMPBuilder(
            width: 4, height: -30, bits: 32, headerSize: 124, compression: 3,
            masks: [0xFF0000, 0xFF00, 0xFF, 0xFF00_0000], data: (0..<480).map { UInt8($0 & 255) }
          ).build()
        ),
        (
          "BMP runs",
          BMPBuilder(width: 24, height: 9, bits: 8, compression: 1, palette: [[1, 2, 3]], data: runs).build()
        ),
        ("TIFF", strips.build()),
        ("TIFF tiles", tiles.build()),
        ("WEBP", webp),
        ("WEBP lossless", try ImageEncoder.webp(withAlpha, width, height, channels: 4, quality: nil)),
        (
          "WEBP animated",
          WEBPBuilder.animated(width: 60, height: 50, [(x: 4, y: 6, width: width, height: height, file: webp)])
        ),
      ]
    }

    /// Small limits, so that a header that declares large sizes costs no time.
    static var limits: ImageLimits {
      var limits = ImageLimits()
      limits.maximumPixels = 1_000_000
      limits.freeWorkingMemory = 8 << 20
      return limits
    }

    /// Decodes to gray and colour; every error must be ours, and every result consistent.
    static func survive(_ bytes: [UInt8], _ name: String) {
      do {
        let gray = try ImageDecoder.decodeGray(bytes, limits: limits, targetLongestSide: 16)
        #expect(gray.intactShare >= 0.875 && gray.intactShare <= 1, "\(name)")
        let color = try ImageDecoder.decodeColor(bytes, limits: limits)
        #expect(color.image.width > 0 && color.image.height > 0, "\(name)")
      } catch let error as ImageDecodingError {
        #expect(!error.message.isEmpty, "\(name)")
      } catch {
        Issue.record("\(name): \(error)")
      }
    }

    @Test func theFilesAreSound() throws {
      for (name, bytes) in try Self.files() {
        #expect(try ImageDecoder.decodeColor(bytes, limits: Self.limits).intactShare == 1, "\(name)")
      }
    }

    @Test func cutAtEverySixteenth() throws {
      for (name, bytes) in try Self.files() {
        for part in 0..<16 {
          let cut = Array(bytes[..<(bytes.count * part / 16)])
          Self.survive(cut, name)
          // Less than half of the file yields no image, except for run-length encoded BMP and files with trailing tables.
          if part < 8, !name.hasPrefix("TIFF"), name != "BMP runs", !name.hasPrefix("GIF"), name != "BMP" {
            #expect(throws: ImageDecodingError.self, "\(name) cut to \(part)/16") {
              try ImageDecoder.decodeColor(cut, limits: Self.limits)
            }
          }
        }
      }
    }

    @Test func flippedBytes() throws {
      var random = SeededRandom(seed: 2026)
      for (name, bytes) in try Self.files() {
        for _ in 0..<300 {
          var damaged = bytes
          for _ in 0..<Int.random(in: 1...6, using: &random) {
            // Half of the damage affects the first bytes, where the structure is.
            let range = Bool.random(using: &random) ? min(96, damaged.count) : damaged.count
            damaged[Int.random(in: 0..<range, using: &random)] = UInt8.random(in: 0...255, using: &random)
          }
          Self.survive(damaged, name)
        }
      }
    }

    @Test func swappedAndRepeatedParts() throws {
      var random = SeededRandom(seed: 7)
      for (name, bytes) in try Self.files() {
        for _ in 0..<60 {
          let start = Int.random(in: 0..<bytes.count, using: &random)
          let end = Int.random(in: start..<bytes.count, using: &random)
          let place = Int.random(in: 0...bytes.count, using: &random)
          Self.survive(Array(bytes[..<place] + bytes[start..<end] + bytes[place...]), name)
          Self.survive(Array(bytes[..<start] + bytes[end...]), name)
        }
      }
    }

    @Test func threadsShareNothing() async throws {
      let files = try Self.files()
      let alone = try files.map { try ImageDecoder.decodeColor($0.bytes).image }
      await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<8 {
          group.addTask {
            for _ in 0..<10 {
              for (file, expected) in zip(files, alone) {
                guard (try? ImageDecoder.decodeColor(file.bytes).image) == expected else { return false }
              }
            }
            return true
          }
        }
        for await same in group { #expect(same) }
      }
    }
  }
#endif
