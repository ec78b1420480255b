#if LocalIndex
  import CImageCodecs
  import ImageFormats
  import Rasters

  /// Decodes WEBP, lossy and lossless, with alpha; of an animation the first frame on its canvas.
  ///
  /// Memory: the whole frame, three or four bytes per pixel, up to 32 MiB (including libwebp's own copy of a lossless
  /// image). libwebp reduces a larger one while decoding; for a lossless image it still holds four bytes per pixel.
  final class WEBPReader: ImageReader {
    let width: Int
    let height: Int
    let layout: SampleLayout
    let workingMemory: Int
    private let data: UnsafeRawBufferPointer
    private let place: (x: Int, y: Int)
    private let frame: (width: Int, height: Int)
    private let alpha: Bool

    private static let wholeLimit = 32 << 20

    /// The reader refers to `bytes`, which must outlive it.
    ///
    /// - Throws: ``ImageDecodingError``.
    init(
      _ bytes: UnsafeRawBufferPointer, header: ImageHeader, target: Int?, limits: ImageLimits
    ) throws {
      let animated = try ImageDecodingError.translatingFormatErrors {
        try ImageHeader.firstWEBPFrame(of: MemorySource(bytes))
      }
      data = animated.map { UnsafeRawBufferPointer(rebasing: bytes[$0.chunks]) } ?? bytes
      var failure = image_failure()
      var info = image_webp_info()
      let status = image_webp_info_read(data.octets, data.count, &info, &failure)
      guard status == IMAGE_OK else { throw ImageDecodingError(status, failure, "WEBP") }
      let stored = (width: Int(info.width), height: Int(info.height))
      let corner = (x: animated?.x ?? 0, y: animated?.y ?? 0)
      guard corner.x + stored.width <= header.width, corner.y + stored.height <= header.height,
        animated != nil || stored == (header.width, header.height)
      else { throw ImageDecodingError(.corrupt, "the WEBP's frame does not fit its canvas") }

      alpha = info.alpha
      let channels = alpha ? 4 : 3
      let pixels = stored.width * stored.height
      // The alpha of a lossy image is decoded separately.
      let own = info.lossless ? pixels * 4 : (alpha ? pixels : 0) + stored.width * 64
      let factor = ImageAccumulator.factor(width: header.width, height: header.height, target: target)
      if factor == 1 || pixels * channels + own <= Self.wholeLimit {
        (width, height, place, frame) = (header.width, header.height, corner, stored)
      } else {
        func reduced(_ side: Int) -> Int { (side + factor - 1) / factor }
        width = reduced(header.width)
        height = reduced(header.height)
        place = (corner.x / factor, corner.y / factor)
        frame = (reduced(stored.width), reduced(stored.height))
      }
      layout = alpha || stored != (header.width, header.height) ? .rgba : .rgb
      workingMemory = frame.width * frame.height * channels + own
      try limits.check(memory: [workingMemory], fileSize: bytes.count)
    }

    func read(into target: ImageAccumulator, pace: Pace) throws -> ReadOutcome {
      var failure = image_failure()
      let channels = alpha ? 4 : 3
      let buffer = try LargeBuffer<UInt8>(count: frame.width * frame.height * channels)
      let status = image_webp_decode(
        data.octets, data.count, UInt32(frame.width), UInt32(frame.height), alpha, buffer.elements.baseAddress,
        pace.asked, &failure)
      if let stop = pace.stop { throw stop }
      guard status == IMAGE_OK else {
        return ReadOutcome(intactRows: 0, rows: height, failure: ImageDecodingError(status, failure, "WEBP"))
      }
      var opaque = [UInt8](repeating: 255, count: alpha || layout == .rgb ? 0 : frame.width * 4)
      let pixels = UnsafeBufferPointer(buffer.elements)
      for y in 0..<frame.height {
        try pace.spend(frame.width)
        let start = y * frame.width * channels
        let line = UnsafeBufferPointer(rebasing: pixels[start..<start + frame.width * channels])
        guard !opaque.isEmpty else {
          target.add(line, y: place.y + y, x: place.x, count: frame.width)
          continue
        }
        // An opaque frame on a larger canvas.
        for column in 0..<frame.width {
          for channel in 0..<3 { opaque[4 * column + channel] = line[3 * column + channel] }
        }
        opaque.withUnsafeBufferPointer { target.add($0, y: place.y + y, x: place.x, count: frame.width) }
      }
      withExtendedLifetime(buffer) {}
      return ReadOutcome(intactRows: frame.height, rows: frame.height)
    }
  }
#endif
