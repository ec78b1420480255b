#if LocalIndex
  import ImageSearch
  import ImageCodecs
  import ImageFormats
  import ImageMatching
  import Rasters

  /// Computes rows and queries from encoded images.
  struct ImageAnalyzer: Sendable {
    let configuration: LocalIndexConfiguration
    /// Checked while pixels are decoded, scaled and encoded.
    let control: CallControl

    init(configuration: LocalIndexConfiguration, control: CallControl = CallControl()) {
      self.configuration = configuration
      self.control = control
    }

    /// The data stored for an image, apart from names.
    struct Analysis: Sendable {
      var width: Int
      var height: Int
      var format: String
      var exifDate: String?
      /// Empty when the image is too simple or too small to be matched.
      var features: [UInt8]
      var thumbnail: [UInt8]?
      var warning: String?
    }

    /// - Throws: ``ImageSearchError`` of the image's own codes.
    func analyze(_ bytes: UnsafeRawBufferPointer) throws -> Analysis {
      try ImageDecodingError.translated {
        let target = max(MatchEngine.workingSide, configuration.thumbnailSide)
        guard configuration.thumbnailSide > 0 else {
          let decoded = try ImageDecoder.decodeGray(
            bytes, limits: configuration.limits, targetLongestSide: target, check: control.check)
          return try Self.analysis(decoded, gray: decoded.image, thumbnail: nil)
        }
        let decoded = try ImageDecoder.decodeColor(
          bytes, limits: configuration.limits, targetLongestSide: target, check: control.check)
        let small = try Resampler.shrink(
          decoded.image, longest: configuration.thumbnailSide, check: control.check)
        let thumbnail = try ImageEncoder.webp(
          small, quality: configuration.thumbnailQuality, check: control.check)
        return try Self.analysis(decoded, gray: try decoded.image.gray, thumbnail: thumbnail)
      }
    }

    /// - Parameter region: the part of the image to search with; `nil` for all of it.
    /// - Throws: ``ImageSearchError`` of the image's own codes, ``ImageSearchError/Code/invalidArgument`` for a region
    ///   that is not inside the image.
    func query(_ bytes: UnsafeRawBufferPointer, region: PixelRect?) throws -> QueryFeatures {
      try queryAndImage(bytes, region: region).query
    }

    /// Decodes an image at a higher resolution than its query was computed from.
    func fineImage(_ bytes: UnsafeRawBufferPointer) throws -> GrayImage {
      try ImageDecodingError.translated {
        try ImageDecoder.decodeGray(
          bytes, limits: configuration.limits, targetLongestSide: Self.fineSide, check: control.check
        ).image
      }
    }
    private static let fineSide = 2048

    /// The query, and the decoded image that it was computed from.
    func queryAndImage(
      _ bytes: UnsafeRawBufferPointer, region: PixelRect?
    ) throws -> (query: QueryFeatures, image: GrayImage) {
      try ImageDecodingError.translated {
        // A region is decoded in full resolution, so that a small part of a large image keeps its detail.
        let decoded = try ImageDecoder.decodeGray(
          bytes, limits: configuration.limits, targetLongestSide: region == nil ? 2 * MatchEngine.workingSide : nil,
          check: control.check)
        if let region,
          region.x > decoded.originalWidth - region.width
            || region.y > decoded.originalHeight - region.height
        {
          throw ImageSearchError.local(
            .invalidArgument,
            "region is \(region.width) × \(region.height) at (\(region.x), \(region.y)), "
              + "which is not inside the image of \(decoded.originalWidth) × \(decoded.originalHeight) pixels")
        }
        let query = try MatchEngine.query(
          of: decoded.image, originalWidth: decoded.originalWidth, originalHeight: decoded.originalHeight,
          region: region)
        return (query, decoded.image)
      }
    }

    /// Decodes an image at the resolution that features are extracted from.
    ///
    /// - Throws: ``ImageSearchError`` of the image's own codes.
    func gray(_ bytes: UnsafeRawBufferPointer) throws -> DecodedImage<GrayImage> {
      try ImageDecodingError.translated {
        try ImageDecoder.decodeGray(
          bytes, limits: configuration.limits, targetLongestSide: 2 * MatchEngine.workingSide, check: control.check)
      }
    }

    /// Computes the data of an image from its thumbnail. Size and format are those of the row.
    ///
    /// - Throws: ``ImageSearchError`` of the image's own codes.
    func analyze(_ thumbnail: UnsafeRawBufferPointer, of record: ImageRecord) throws -> Analysis {
      try ImageDecodingError.translated {
        let decoded = try ImageDecoder.decodeColor(
          thumbnail, limits: configuration.limits, targetLongestSide: MatchEngine.workingSide, check: control.check)
        var analysis = Analysis(
          width: record.width, height: record.height, format: record.format, exifDate: record.exifDate, features: [])
        var warnings = record.warning.map { [$0] } ?? []
        try analysis.take(try decoded.image.gray, warnings: &warnings)
        analysis.warning = warnings.isEmpty ? nil : warnings.joined(separator: "; ")
        return analysis
      }
    }

    private static func analysis<Raster>(
      _ decoded: DecodedImage<Raster>, gray: GrayImage, thumbnail: [UInt8]?
    ) throws -> Analysis {
      var warnings: [String] = []
      if decoded.isFirstOfSeveral {
        warnings.append("the first of \(decoded.header.frameCount) frames was taken")
      }
      if decoded.intactShare < 1 {
        let lost = max(1, Int(((1 - decoded.intactShare) * 100).rounded()))
        warnings.append("the file is damaged, the last \(lost) % of the image are missing")
      }
      var analysis = Analysis(
        width: decoded.originalWidth, height: decoded.originalHeight,
        format: decoded.header.format.name,
        exifDate: decoded.header.exifDate?.description, features: [], thumbnail: thumbnail)
      try analysis.take(gray, warnings: &warnings)
      analysis.warning = warnings.isEmpty ? nil : warnings.joined(separator: "; ")
      return analysis
    }
  }

  extension ImageAnalyzer.Analysis {
    /// Computes the features. An image without features is found by its digest only.
    fileprivate mutating func take(_ gray: GrayImage, warnings: inout [String]) throws {
      do {
        features = try MatchEngine.features(of: gray, originalWidth: width, originalHeight: height)
      } catch let error as ImageSearchError where ImageAnalyzer.isUnmatchable(error) {
        features = []
        let what = error.code == .imageTooSmall ? "small" : "simple"
        warnings.append("the image is too \(what) to be matched, only exact copies of the file are found")
      }
    }
  }

  extension ImageAnalyzer {
    /// Whether an error says that an image is valid, but has no features.
    static func isUnmatchable(_ error: ImageSearchError) -> Bool {
      [.imageTooSimple, .imageTooSmall].contains(error.code)
    }
  }
#endif
