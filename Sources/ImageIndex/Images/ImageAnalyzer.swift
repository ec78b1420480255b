#if LocalIndex
  import ImageSearch
  import ImageCodecs
  import ImageMatching
  import Rasters

  /// Turns encoded images into what is stored, and into queries.
  struct ImageAnalyzer: Sendable {
    let configuration: LocalIndexConfiguration

    /// What is stored of an image, names apart.
    struct Analysis: Sendable {
      var width: Int
      var height: Int
      var format: String
      var features: [UInt8]
      var thumbnail: [UInt8]?
      var warning: String?
    }

    /// - Throws: ``ImageSearchError`` of the image's own codes.
    func analyze(_ bytes: UnsafeRawBufferPointer) throws -> Analysis {
      try ImageDecodingError.translated {
        let target = max(MatchEngine.workingSide, configuration.thumbnailSide)
        guard configuration.thumbnailSide > 0 else {
          let decoded = try ImageDecoder.decodeGray(bytes, limits: configuration.limits, targetLongestSide: target)
          return Self.analysis(decoded, features: try Self.features(of: decoded.image, decoded), thumbnail: nil)
        }
        let decoded = try ImageDecoder.decodeColor(bytes, limits: configuration.limits, targetLongestSide: target)
        let features = try Self.features(of: decoded.image.gray, decoded)
        let small = Resampler.shrink(decoded.image, longest: configuration.thumbnailSide)
        let thumbnail = try ImageEncoder.jpeg(small, quality: configuration.thumbnailQuality)
        return Self.analysis(decoded, features: features, thumbnail: thumbnail)
      }
    }

    /// - Parameter region: the part of the image to search with; `nil` for all of it.
    /// - Throws: ``ImageSearchError`` of the image's own codes, ``ImageSearchError/Code/invalidArgument`` for a region
    ///   that is not inside the image.
    func query(_ bytes: UnsafeRawBufferPointer, region: PixelRect?) throws -> QueryFeatures {
      try ImageDecodingError.translated {
        // A region in full, so that a small part of a large image keeps its detail.
        let decoded = try ImageDecoder.decodeGray(
          bytes, limits: configuration.limits, targetLongestSide: region == nil ? 2 * MatchEngine.workingSide : nil)
        if let region,
          region.x > decoded.originalWidth - region.width
            || region.y > decoded.originalHeight - region.height
        {
          throw ImageSearchError.local(
            .invalidArgument,
            "region is \(region.width) × \(region.height) at (\(region.x), \(region.y)), "
              + "which is not inside the image of \(decoded.originalWidth) × \(decoded.originalHeight) pixels")
        }
        return try MatchEngine.query(
          of: decoded.image, originalWidth: decoded.originalWidth, originalHeight: decoded.originalHeight,
          region: region)
      }
    }

    /// The features alone, of an image that may be smaller than the one in the index.
    ///
    /// - Throws: ``ImageSearchError`` of the image's own codes.
    func features(_ bytes: UnsafeRawBufferPointer, of record: ImageRecord) throws -> [UInt8] {
      try ImageDecodingError.translated {
        let decoded = try ImageDecoder.decodeColor(
          bytes, limits: configuration.limits, targetLongestSide: MatchEngine.workingSide)
        return try MatchEngine.features(
          of: decoded.image.gray, originalWidth: record.width, originalHeight: record.height)
      }
    }

    private static func features<Raster>(of image: GrayImage, _ decoded: DecodedImage<Raster>) throws -> [UInt8] {
      try MatchEngine.features(
        of: image, originalWidth: decoded.originalWidth, originalHeight: decoded.originalHeight)
    }

    private static func analysis<Raster>(
      _ decoded: DecodedImage<Raster>, features: [UInt8], thumbnail: [UInt8]?
    ) -> Analysis {
      var warnings: [String] = []
      if decoded.isFirstOfSeveral {
        warnings.append("the first of \(decoded.header.frameCount) frames was taken")
      }
      if decoded.intactShare < 1 {
        let lost = max(1, Int(((1 - decoded.intactShare) * 100).rounded()))
        warnings.append("the file is damaged, the last \(lost) % of the image are missing")
      }
      return Analysis(
        width: decoded.originalWidth, height: decoded.originalHeight,
        format: decoded.header.format.rawValue.uppercased(),
        features: features, thumbnail: thumbnail, warning: warnings.isEmpty ? nil : warnings.joined(separator: "; "))
    }
  }
#endif
