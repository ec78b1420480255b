#if LocalIndex
  import CImageCodecs
  import Rasters

  /// Encodes images to JPEG and PNG in memory.
  package enum ImageEncoder {
    /// - Parameter quality: 1 (smallest) to 100 (best), libjpeg's scale; values outside are taken as the nearest.
    /// - Throws: ``ImageDecodingError`` with `cannotEncode` when a side is 0 or above 65 500 pixels.
    package static func jpeg(_ image: ColorImage, quality: Int = 85) throws -> [UInt8] {
      try jpeg(image.pixels, image.width, image.height, channels: 3, quality: quality, IMAGE_JPEG_BASELINE)
    }

    /// Encodes gray as a JPEG of one component. See ``jpeg(_:quality:)-(ColorImage,_)``.
    ///
    /// - Throws: ``ImageDecodingError`` with `cannotEncode`.
    package static func jpeg(_ image: GrayImage, quality: Int = 85) throws -> [UInt8] {
      try jpeg(image.pixels, image.width, image.height, channels: 1, quality: quality, IMAGE_JPEG_BASELINE)
    }

    /// Gray (1 channel), RGB (3) or CMYK (4).
    static func jpeg(
      _ pixels: [UInt8], _ width: Int, _ height: Int, channels: Int, quality: Int, _ kind: image_jpeg_kind
    ) throws -> [UInt8] {
      let quality = Int32(min(100, max(1, quality)))
      return try encode(pixels, width, height, channels, most: 65_500) { pixels, width, height, out, size, failure in
        image_jpeg_encode(pixels, width, height, UInt32(channels), quality, kind, out, size, failure)
      }
    }

    /// Encodes without loss, 8 bits a sample.
    ///
    /// - Throws: ``ImageDecodingError`` with `cannotEncode` when a side is 0 or above 1 000 000 pixels.
    package static func png(_ image: ColorImage) throws -> [UInt8] {
      try png(image.pixels, image.width, image.height, channels: 3, interlaced: false)
    }

    /// Encodes gray without loss. See ``png(_:)-(ColorImage)``.
    ///
    /// - Throws: ``ImageDecodingError`` with `cannotEncode`.
    package static func png(_ image: GrayImage) throws -> [UInt8] {
      try png(image.pixels, image.width, image.height, channels: 1, interlaced: false)
    }

    /// Gray (1 channel), RGB (3) or RGBA (4).
    static func png(
      _ pixels: [UInt8], _ width: Int, _ height: Int, channels: Int, interlaced: Bool
    ) throws -> [UInt8] {
      try encode(pixels, width, height, channels, most: 1_000_000) { pixels, width, height, out, size, failure in
        image_png_encode(pixels, width, height, UInt32(channels), interlaced, out, size, failure)
      }
    }

    /// Encodes to WEBP, lossy.
    ///
    /// - Parameter quality: 0 (smallest) to 100 (best), libwebp's scale.
    /// - Throws: ``ImageDecodingError`` with `cannotEncode` when a side is 0 or above 16 383 pixels.
    package static func webp(_ image: ColorImage, quality: Int) throws -> [UInt8] {
      try webp(image.pixels, image.width, image.height, channels: 3, quality: Float(min(100, max(0, quality))))
    }

    /// RGB (3 channels) or RGBA (4); `quality` `nil` is lossless.
    static func webp(
      _ pixels: [UInt8], _ width: Int, _ height: Int, channels: Int, quality: Float?
    ) throws -> [UInt8] {
      try encode(pixels, width, height, channels, most: 16_383) { pixels, width, height, out, size, failure in
        image_webp_encode(pixels, width, height, UInt32(channels), quality ?? -1, out, size, failure)
      }
    }

    private typealias Body = (
      UnsafePointer<UInt8>?, UInt32, UInt32, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>,
      UnsafeMutablePointer<Int>, UnsafeMutablePointer<image_failure>
    ) -> image_status

    private static func encode(
      _ pixels: [UInt8], _ width: Int, _ height: Int, _ channels: Int, most: Int, _ body: Body
    ) throws -> [UInt8] {
      guard width > 0, height > 0, width <= most, height <= most, pixels.count == width * height * channels else {
        throw ImageDecodingError(
          .cannotEncode, "an image of \(width) by \(height) pixels; sides may be 1 to \(most)", field: "side",
          limit: most)
      }
      var out: UnsafeMutablePointer<UInt8>?
      var size = 0
      var failure = image_failure()
      let status = pixels.withUnsafeBufferPointer {
        body($0.baseAddress, UInt32(width), UInt32(height), &out, &size, &failure)
      }
      defer { image_free(out) }
      guard status == IMAGE_OK, let out else {
        throw ImageDecodingError(.cannotEncode, ImageDecodingError(status, failure, "encoding").message)
      }
      return [UInt8](UnsafeBufferPointer(start: out, count: size))
    }
  }
#endif
