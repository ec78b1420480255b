#if LocalIndex
  import CPictureCodecs
  import PictureMatching

  /// Encodes pictures to JPEG and PNG in memory.
  package enum PictureEncoder {
    /// - Parameter quality: 1 (smallest) to 100 (best), libjpeg's scale; values outside are taken as the nearest.
    /// - Throws: ``PictureDecodingError`` with `cannotEncode` when a side is 0 or above 65 500 pixels.
    package static func jpeg(_ picture: ColorPicture, quality: Int = 85) throws -> [UInt8] {
      try jpeg(picture.pixels, picture.width, picture.height, channels: 3, quality: quality, PICTURE_JPEG_BASELINE)
    }

    /// Encodes gray as a JPEG of one component. See ``jpeg(_:quality:)-(ColorPicture,_)``.
    ///
    /// - Throws: ``PictureDecodingError`` with `cannotEncode`.
    package static func jpeg(_ picture: GrayPicture, quality: Int = 85) throws -> [UInt8] {
      try jpeg(picture.pixels, picture.width, picture.height, channels: 1, quality: quality, PICTURE_JPEG_BASELINE)
    }

    /// Gray (1 channel), RGB (3) or CMYK (4).
    static func jpeg(
      _ pixels: [UInt8], _ width: Int, _ height: Int, channels: Int, quality: Int, _ kind: picture_jpeg_kind
    ) throws -> [UInt8] {
      let quality = Int32(min(100, max(1, quality)))
      return try encode(pixels, width, height, channels, most: 65_500) { pixels, width, height, out, size, failure in
        picture_jpeg_encode(pixels, width, height, UInt32(channels), quality, kind, out, size, failure)
      }
    }

    /// Encodes without loss, 8 bits a sample.
    ///
    /// - Throws: ``PictureDecodingError`` with `cannotEncode` when a side is 0 or above 1 000 000 pixels.
    package static func png(_ picture: ColorPicture) throws -> [UInt8] {
      try png(picture.pixels, picture.width, picture.height, channels: 3, interlaced: false)
    }

    /// Encodes gray without loss. See ``png(_:)-(ColorPicture)``.
    ///
    /// - Throws: ``PictureDecodingError`` with `cannotEncode`.
    package static func png(_ picture: GrayPicture) throws -> [UInt8] {
      try png(picture.pixels, picture.width, picture.height, channels: 1, interlaced: false)
    }

    /// Gray (1 channel), RGB (3) or RGBA (4).
    static func png(
      _ pixels: [UInt8], _ width: Int, _ height: Int, channels: Int, interlaced: Bool
    ) throws -> [UInt8] {
      try encode(pixels, width, height, channels, most: 1_000_000) { pixels, width, height, out, size, failure in
        picture_png_encode(pixels, width, height, UInt32(channels), interlaced, out, size, failure)
      }
    }

    /// RGB (3 channels) or RGBA (4); `quality` `nil` is lossless.
    static func webp(
      _ pixels: [UInt8], _ width: Int, _ height: Int, channels: Int, quality: Float?
    ) throws -> [UInt8] {
      try encode(pixels, width, height, channels, most: 16_383) { pixels, width, height, out, size, failure in
        picture_webp_encode(pixels, width, height, UInt32(channels), quality ?? -1, out, size, failure)
      }
    }

    private typealias Body = (
      UnsafePointer<UInt8>?, UInt32, UInt32, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>,
      UnsafeMutablePointer<Int>, UnsafeMutablePointer<picture_failure>
    ) -> picture_status

    private static func encode(
      _ pixels: [UInt8], _ width: Int, _ height: Int, _ channels: Int, most: Int, _ body: Body
    ) throws -> [UInt8] {
      guard width > 0, height > 0, width <= most, height <= most, pixels.count == width * height * channels else {
        throw PictureDecodingError(
          .cannotEncode, "a picture of \(width) by \(height) pixels; sides may be 1 to \(most)", field: "side",
          limit: most)
      }
      var out: UnsafeMutablePointer<UInt8>?
      var size = 0
      var failure = picture_failure()
      let status = pixels.withUnsafeBufferPointer {
        body($0.baseAddress, UInt32(width), UInt32(height), &out, &size, &failure)
      }
      defer { picture_free(out) }
      guard status == PICTURE_OK, let out else {
        throw PictureDecodingError(.cannotEncode, PictureDecodingError(status, failure, "encoding").message)
      }
      return [UInt8](UnsafeBufferPointer(start: out, count: size))
    }
  }
#endif
