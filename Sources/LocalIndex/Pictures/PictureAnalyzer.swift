#if LocalIndex
  import ImageSearch
  import PictureCodecs
  import PictureMatching

  /// Turns encoded pictures into what is stored, and into queries.
  struct PictureAnalyzer: Sendable {
    let configuration: LocalIndexConfiguration

    /// What is stored of a picture, names apart.
    struct Analysis: Sendable {
      var width: Int
      var height: Int
      var format: String
      var features: [UInt8]
      var thumbnail: [UInt8]?
      var warning: String?
    }

    /// - Throws: ``ImageSearchError`` of the picture's own codes.
    func analyze(_ bytes: UnsafeRawBufferPointer) throws -> Analysis {
      try PictureDecodingError.translated {
        let target = max(MatchEngine.workingSide, configuration.thumbnailSide)
        guard configuration.thumbnailSide > 0 else {
          let decoded = try PictureDecoder.decodeGray(bytes, limits: limits, targetLongestSide: target)
          return Self.analysis(decoded, features: try MatchEngine.features(of: decoded.picture), thumbnail: nil)
        }
        let decoded = try PictureDecoder.decodeColor(bytes, limits: limits, targetLongestSide: target)
        let features = try MatchEngine.features(of: decoded.picture.gray)
        let small = decoded.picture.shrunk(longestSide: configuration.thumbnailSide)
        let thumbnail = try PictureEncoder.jpeg(small, quality: configuration.thumbnailQuality)
        return Self.analysis(decoded, features: features, thumbnail: thumbnail)
      }
    }

    /// - Parameter region: the part of the picture to search with; `nil` for all of it.
    /// - Throws: ``ImageSearchError`` of the picture's own codes, ``ImageSearchError/Code/invalidArgument`` for a region
    ///   that is not inside the picture.
    func query(_ bytes: UnsafeRawBufferPointer, region: SearchRequest.Region?) throws -> MatchEngine.Query {
      try PictureDecodingError.translated {
        guard let region else {
          let decoded = try PictureDecoder.decodeGray(bytes, limits: limits, targetLongestSide: MatchEngine.workingSide)
          return try MatchEngine.query(
            of: decoded.picture, width: decoded.originalWidth, height: decoded.originalHeight)
        }
        // In full, so that a small region of a large picture keeps its detail.
        let decoded = try PictureDecoder.decodeGray(bytes, limits: limits, targetLongestSide: nil)
        guard let part = decoded.picture.part(region) else {
          throw ImageSearchError.local(
            .invalidArgument,
            "region is \(region.width) × \(region.height) at (\(region.x), \(region.y)), "
              + "which is not inside the picture of \(decoded.originalWidth) × \(decoded.originalHeight) pixels")
        }
        return try MatchEngine.query(of: part, width: region.width, height: region.height)
      }
    }

    private var limits: PictureLimits {
      var limits = PictureLimits()
      limits.maximumFileSize = configuration.maximumPictureBytes
      limits.maximumPixels = configuration.maximumPixels
      return limits
    }

    private static func analysis<Raster>(
      _ decoded: DecodedPicture<Raster>, features: [UInt8], thumbnail: [UInt8]?
    ) -> Analysis {
      var warnings: [String] = []
      if decoded.isFirstOfSeveral {
        warnings.append("the first of \(decoded.header.frameCount) frames was taken")
      }
      if decoded.intactShare < 1 {
        let lost = max(1, Int(((1 - decoded.intactShare) * 100).rounded()))
        warnings.append("the file is damaged, the last \(lost) % of the picture are missing")
      }
      return Analysis(
        width: decoded.originalWidth, height: decoded.originalHeight,
        format: decoded.header.format.rawValue.uppercased(),
        features: features, thumbnail: thumbnail, warning: warnings.isEmpty ? nil : warnings.joined(separator: "; "))
    }
  }
#endif
