#if LocalIndex
  import CImageCodecs
  import ImageFormats
  import Rasters
  import Testing

  @testable import ImageCodecs

  /// Decoding and encoding check every few milliseconds of work whether they were cancelled. Measured in calls and not in
  /// time, which proves nothing on a busy machine.
  @Suite struct PaceTests {
    private struct Stop: Error, Equatable { let call: Int }

    /// Counts the checks, and throws at one of them.
    private final class Counter {
      var calls = 0
      private let last: Int

      init(endingAt last: Int = .max) { self.last = last }

      func check() throws {
        calls += 1
        if calls >= last { throw Stop(call: calls) }
      }
    }

    private static let side = 2048

    private static func files() throws -> [(name: String, bytes: [UInt8])] {
      let image = try Pattern.smooth(side, side)
      let pixels = Array(image.pixels)
      var withAlpha: [UInt8] = []
      withAlpha.reserveCapacity(4 * side * side)
      for pixel in 0..<side * side {
        withAlpha.append(contentsOf: pixels[3 * pixel..<3 * pixel + 3])
        withAlpha.append(UInt8(pixel & 127))
      }
      let samples = pixels.map { Int($0) }
      var strip = TIFFBuilder(width: side, height: side, samples: samples)
      var tiles = strip
      tiles.tile = 256
      strip.orientation = 6
      let indices = (0..<side * side).map { UInt8($0 / side & 255) }
      let frame = GIFBuilder.Frame(width: side, height: side, indices: indices)
      let runs = (0..<side).flatMap { _ in [UInt8](repeating: 255, count: 16) + [16, 1, 0, 0] }
      return [
        ("JPEG", try ImageEncoder.jpeg(image, quality: 80)),
        (
          "JPEG progressive",
          try ImageEncoder.jpeg(pixels, side, side, channels: 3, quality: 80, IMAGE_JPEG_PROGRESSIVE)
        ),
        ("PNG", try ImageEncoder.png(image)),
        ("PNG interlaced", try ImageEncoder.png(withAlpha, side, side, channels: 4, interlaced: true)),
        ("GIF", GIFBuilder(width: side, height: side, palette: GIFBuilder.grayPalette, frames: [frame]).build()),
        ("BMP", BMPBuilder(width: side, height: side, data: pixels).build()),
        (
          "BMP runs",
          BMPBuilder(width: side, height: side, bits: 8, compression: 1, palette: [[1, 2, 3]], data: runs).build()
        ),
        ("TIFF of one strip", strip.build()), ("TIFF tiles", tiles.build()),
        ("WEBP", try ImageEncoder.webp(pixels, side, side, channels: 3, quality: 80)),
        ("WEBP lossless", try ImageEncoder.webp(pixels, side, side, channels: 3, quality: nil)),
      ]
    }

    @Test func everyDecoderAsksAndEnds() throws {
      var limits = ImageLimits()
      limits.freeWorkingMemory = limits.maximumWorkingMemory
      for (name, bytes) in try Self.files() {
        for target in [nil, 512] as [Int?] {
          let counter = Counter()
          _ = try bytes.withUnsafeBytes {
            try ImageDecoder.decodeColor($0, limits: limits, targetLongestSide: target, check: counter.check)
          }
          // Four million pixels: at least one check per half million.
          #expect(counter.calls >= 8, "\(name): \(counter.calls) checks")
          for last in [1, 2, counter.calls / 2, counter.calls] {
            let ending = Counter(endingAt: last)
            #expect(throws: Stop(call: last), "\(name), check \(last)") {
              try bytes.withUnsafeBytes {
                try ImageDecoder.decodeColor($0, limits: limits, targetLongestSide: target, check: ending.check)
              }
            }
          }
        }
      }
    }

    @Test func everyEncoderAsksAndEnds() throws {
      let image = try Pattern.smooth(Self.side, Self.side)
      let ways: [(String, (@escaping () throws -> Void) throws -> Void)] = [
        ("JPEG", { _ = try ImageEncoder.jpeg(image, quality: 80, check: $0) }),
        ("PNG", { _ = try ImageEncoder.png(image, check: $0) }),
        ("WEBP", { _ = try ImageEncoder.webp(image, quality: 60, check: $0) }),
        ("scaling", { _ = try Resampler.scale(image, width: 1500, height: 1500, check: $0) }),
      ]
      for (name, encode) in ways {
        let counter = Counter()
        try encode(counter.check)
        #expect(counter.calls >= 4, "\(name): \(counter.calls) checks")
        for last in [1, counter.calls] {
          let ending = Counter(endingAt: last)
          #expect(throws: Stop(call: last), "\(name)") { try encode(ending.check) }
        }
      }
    }

    @Test func reencodingAsksAndEnds() throws {
      let file = try ImageEncoder.png(try Pattern.noise(1500, 1500))
      let bounds = ImageReencoder.Bounds(maximumBytes: 100_000, minimumSide: 100, maximumSide: 1400)
      let counter = Counter()
      let whole = try file.withUnsafeBytes { try ImageReencoder.reencode($0, within: bounds, check: counter.check) }
      #expect(whole.bytes.count <= 100_000 && counter.calls > 30)
      for last in stride(from: 1, through: counter.calls, by: 7) {
        let ending = Counter(endingAt: last)
        #expect(throws: Stop(call: last)) {
          try file.withUnsafeBytes { try ImageReencoder.reencode($0, within: bounds, check: ending.check) }
        }
      }
    }
  }
#endif
