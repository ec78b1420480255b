#if LocalIndex
  import CImageCodecs
  import Rasters

  /// Encodes images to JPEG, PNG and WEBP in memory. `check` is called every few milliseconds; an error that it throws
  /// ends the work.
  package enum ImageEncoder {
    /// - Parameter quality: 1 (smallest) to 100 (best), libjpeg's scale; other values are clamped.
    /// - Throws: ``ImageDecodingError`` with `cannotEncode` when a side is 0 or above 65 500 pixels, `outOfMemory`.
    package static func jpeg(
      _ image: ColorImage, quality: Int = 85, check: @escaping () throws -> Void = {}
    ) throws -> [UInt8] {
      try image.pixels.withUnsafeBufferPointer {
        try jpeg(
          $0, image.width, image.height, channels: 3, quality: quality, IMAGE_JPEG_BASELINE, upTo: .max, Pace(check))
      } ?? []
    }

    /// Encodes if the result has at most `mostBytes` bytes.
    ///
    /// - Returns: `nil` if it has more.
    /// - Throws: as ``jpeg(_:quality:check:)``.
    static func jpeg(_ image: ColorImage, quality: Int, upTo mostBytes: Int, pace: Pace) throws -> [UInt8]? {
      try image.pixels.withUnsafeBufferPointer {
        try jpeg(
          $0, image.width, image.height, channels: 3, quality: quality, IMAGE_JPEG_BASELINE, upTo: mostBytes, pace)
      }
    }

    /// Encodes gray as a JPEG of one component. See ``jpeg(_:quality:check:)-(ColorImage,_,_)``.
    ///
    /// - Throws: ``ImageDecodingError`` with `cannotEncode`.
    package static func jpeg(_ image: GrayImage, quality: Int = 85) throws -> [UInt8] {
      try jpeg(Array(image.pixels), image.width, image.height, channels: 1, quality: quality, IMAGE_JPEG_BASELINE)
    }

    /// Gray (1 channel), RGB (3) or CMYK (4).
    static func jpeg(
      _ pixels: [UInt8], _ width: Int, _ height: Int, channels: Int, quality: Int, _ kind: image_jpeg_kind
    ) throws -> [UInt8] {
      try pixels.withUnsafeBufferPointer {
        try jpeg($0, width, height, channels: channels, quality: quality, kind, upTo: .max, Pace {})
      } ?? []
    }

    private static func jpeg(
      _ pixels: UnsafeBufferPointer<UInt8>, _ width: Int, _ height: Int, channels: Int, quality: Int,
      _ kind: image_jpeg_kind, upTo mostBytes: Int, _ pace: Pace
    ) throws -> [UInt8]? {
      let quality = Int32(min(100, max(1, quality)))
      return try encode(pixels, width, height, channels, mostSide: 65_500, mostBytes: mostBytes, pace) {
        image_jpeg_encode($0, $1, $2, UInt32(channels), quality, kind, $3, $4, $5, $6)
      }
    }

    /// Encodes losslessly, with 8 bits per sample.
    ///
    /// - Throws: ``ImageDecodingError`` with `cannotEncode` when a side is 0 or above 1 000 000 pixels, `outOfMemory`.
    package static func png(_ image: ColorImage, check: @escaping () throws -> Void = {}) throws -> [UInt8] {
      try image.pixels.withUnsafeBufferPointer {
        try png($0, image.width, image.height, channels: 3, interlaced: false, Pace(check))
      }
    }

    /// Encodes gray losslessly. See ``png(_:check:)-(ColorImage,_)``.
    ///
    /// - Throws: ``ImageDecodingError`` with `cannotEncode`.
    package static func png(_ image: GrayImage) throws -> [UInt8] {
      try image.pixels.withUnsafeBufferPointer {
        try png($0, image.width, image.height, channels: 1, interlaced: false, Pace {})
      }
    }

    /// Gray (1 channel), RGB (3) or RGBA (4).
    static func png(
      _ pixels: [UInt8], _ width: Int, _ height: Int, channels: Int, interlaced: Bool
    ) throws -> [UInt8] {
      try pixels.withUnsafeBufferPointer {
        try png($0, width, height, channels: channels, interlaced: interlaced, Pace {})
      }
    }

    private static func png(
      _ pixels: UnsafeBufferPointer<UInt8>, _ width: Int, _ height: Int, channels: Int, interlaced: Bool, _ pace: Pace
    ) throws -> [UInt8] {
      try encode(pixels, width, height, channels, mostSide: 1_000_000, mostBytes: .max, pace) {
        image_png_encode($0, $1, $2, UInt32(channels), interlaced, $3, $4, $5, $6)
      } ?? []
    }

    /// Encodes lossily; smaller than a JPEG of the same quality.
    ///
    /// - Parameter quality: 1 (smallest) to 100 (best), libwebp's scale; other values are clamped.
    /// - Throws: ``ImageDecodingError`` with `cannotEncode` when a side is 0 or above 16 383 pixels, `outOfMemory`.
    package static func webp(
      _ image: ColorImage, quality: Int, check: @escaping () throws -> Void = {}
    ) throws -> [UInt8] {
      try image.pixels.withUnsafeBufferPointer {
        try webp($0, image.width, image.height, channels: 3, quality: Float(min(100, max(1, quality))), Pace(check))
      }
    }

    /// RGB (3 channels) or RGBA (4); `quality` `nil` is lossless.
    static func webp(
      _ pixels: [UInt8], _ width: Int, _ height: Int, channels: Int, quality: Float?
    ) throws -> [UInt8] {
      try pixels.withUnsafeBufferPointer {
        try webp($0, width, height, channels: channels, quality: quality, Pace {})
      }
    }

    private static func webp(
      _ pixels: UnsafeBufferPointer<UInt8>, _ width: Int, _ height: Int, channels: Int, quality: Float?, _ pace: Pace
    ) throws -> [UInt8] {
      try encode(pixels, width, height, channels, mostSide: 16_383, mostBytes: .max, pace) {
        image_webp_encode($0, $1, $2, UInt32(channels), quality ?? -1, $3, $4, $5, $6)
      } ?? []
    }

    private typealias Body = (
      UnsafePointer<UInt8>?, UInt32, UInt32, image_check, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>,
      UnsafeMutablePointer<Int>, UnsafeMutablePointer<image_failure>
    ) -> image_status

    private static func encode(
      _ pixels: UnsafeBufferPointer<UInt8>, _ width: Int, _ height: Int, _ channels: Int, mostSide: Int,
      mostBytes: Int, _ pace: Pace, _ body: Body
    ) throws -> [UInt8]? {
      guard width > 0, height > 0, width <= mostSide, height <= mostSide, pixels.count == width * height * channels
      else {
        throw ImageDecodingError(
          .cannotEncode, "an image of \(width) by \(height) pixels; sides may be 1 to \(mostSide)", field: "side",
          limit: mostSide)
      }
      var out: UnsafeMutablePointer<UInt8>?
      var size = 0
      var failure = image_failure()
      let status = withExtendedLifetime(pace) {
        body(pixels.baseAddress, UInt32(width), UInt32(height), pace.asked, &out, &size, &failure)
      }
      defer { image_free(out) }
      if let stop = pace.stop { throw stop }
      guard status == IMAGE_OK, let out else {
        let error = ImageDecodingError(status, failure, "encoding")
        throw error.code == .outOfMemory ? error : ImageDecodingError(.cannotEncode, error.message)
      }
      return size <= mostBytes ? [UInt8](UnsafeBufferPointer(start: out, count: size)) : nil
    }
  }
#endif
