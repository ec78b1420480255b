#if LocalIndex
  import ImageFormats
  import Rasters

  /// Makes an upright JPEG within a service's limits from an image that is too large or has an Exif orientation.
  package enum ImageReencoder {
    /// The limits of a service.
    package struct Bounds: Sendable, Equatable {
      /// Maximum size of the encoded image in bytes, at least 1.
      package var maximumBytes: Int
      /// Minimum of each side in pixels.
      package var minimumSide: Int
      /// Maximum of each side in pixels; at most 4096, the resampler's own limit.
      package var maximumSide: Int

      package init(maximumBytes: Int, minimumSide: Int, maximumSide: Int) {
        self.maximumBytes = maximumBytes
        self.minimumSide = minimumSide
        self.maximumSide = maximumSide
      }
    }

    /// The re-encoded image.
    package struct Result: Sendable {
      /// The JPEG.
      package let bytes: [UInt8]
      /// Width in pixels; the image is stored upright.
      package let width: Int
      /// Height in pixels; the image is stored upright.
      package let height: Int
      /// The quality of the JPEG, 40 to 92.
      package let quality: Int
      /// Size, format, frames and orientation of the original.
      package let header: ImageHeader
    }

    /// Below the last of these, a smaller size looks better.
    private static let qualities = [92, 85, 75, 60, 40]

    /// Decodes, rotates upright, shrinks to the maximum side (never enlarges), and encodes with the best of a few
    /// qualities that fits; if none does, the image is shrunk to three quarters and the qualities are tried again.
    ///
    /// - Parameter check: called every few milliseconds of work; an error that it throws ends it.
    /// - Throws: ``ImageDecodingError`` as decoding does; `tooSmall` with field `side` if a side is, or would have to
    ///   become, smaller than the minimum, `tooLarge` with field `fileSize` if not even the minimum size fits into the
    ///   maximum number of bytes.
    package static func reencode(
      _ bytes: UnsafeRawBufferPointer, within bounds: Bounds, limits: ImageLimits = ImageLimits(),
      check: @escaping () throws -> Void = {}
    ) throws -> Result {
      do {
        return try reencodeChecked(bytes, within: bounds, limits: limits, check: check)
      } catch let error as OutOfPixelMemory {
        throw ImageDecodingError(error)
      }
    }

    private static func reencodeChecked(
      _ bytes: UnsafeRawBufferPointer, within bounds: Bounds, limits: ImageLimits, check: @escaping () throws -> Void
    ) throws -> Result {
      let most = min(4096, bounds.maximumSide)
      let header = try ImageDecodingError.readHeader(bytes)
      try checkShape(header.uprightWidth, header.uprightHeight, bounds, most)
      let decoded = try ImageDecoder.decodeColor(bytes, limits: limits, targetLongestSide: most, check: check)
      let pace = Pace(check)
      var (width, height) = (decoded.image.width, decoded.image.height)
      if max(width, height) > most { (width, height) = Resampler.size(width: width, height: height, longest: most) }
      while true {
        try checkShape(width, height, bounds, most)
        guard let image = try Resampler.scale(decoded.image, width: width, height: height, check: check) else {
          throw ImageDecodingError(.cannotEncode, "the image cannot be scaled to \(width) by \(height) pixels")
        }
        for quality in qualities {
          if let file = try ImageEncoder.jpeg(image, quality: quality, upTo: bounds.maximumBytes, pace: pace) {
            return Result(bytes: file, width: width, height: height, quality: quality, header: header)
          }
        }
        let next = Resampler.size(width: width, height: height, longest: max(width, height) * 3 / 4)
        if min(next.width, next.height) < max(1, bounds.minimumSide) {
          throw ImageDecodingError(
            .tooLarge,
            "fileSize: at \(width) by \(height) pixels the image still takes more than \(bounds.maximumBytes) bytes",
            field: "fileSize", limit: bounds.maximumBytes)
        }
        (width, height) = next
      }
    }

    /// See ``reencode(_:within:limits:check:)-(UnsafeRawBufferPointer,_,_,_)``.
    package static func reencode(
      _ bytes: [UInt8], within bounds: Bounds, limits: ImageLimits = ImageLimits()
    ) throws -> Result {
      try bytes.withUnsafeBytes { try reencode($0, within: bounds, limits: limits) }
    }

    /// Checks that the shorter side is not below the minimum once the longer is at most `most`.
    private static func checkShape(_ width: Int, _ height: Int, _ bounds: Bounds, _ most: Int) throws {
      let longest = max(width, height)
      let fitting =
        longest > most ? Resampler.size(width: width, height: height, longest: most) : (width: width, height: height)
      let shorter = min(fitting.width, fitting.height)
      if shorter < bounds.minimumSide {
        throw ImageDecodingError(
          .tooSmall, "side is \(shorter) pixels, the least is \(bounds.minimumSide) pixels", field: "side",
          limit: bounds.minimumSide)
      }
    }
  }
#endif
