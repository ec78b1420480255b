#if LocalIndex
  import ImageCodecs
  import ImageSearch
  import Rasters

  /// Small versions of an image, with its digest and size, for the command's reports. Not a stable interface.
  @_spi(Command) public struct ImagePreview: Sendable {
    /// The maximum size of a version.
    public struct Size: Sendable {
      /// The longer side in pixels; an image is never enlarged.
      public var longestSide: Int
      /// Maximum size in bytes. Quality, then size in pixels, are reduced until the version fits.
      public var mostBytes: Int

      /// A size.
      public init(longestSide: Int, mostBytes: Int) {
        self.longestSide = longestSide
        self.mostBytes = mostBytes
      }
    }

    /// SHA-256 of the file in lower-case hex.
    public var sha256: String
    /// Size of the file in bytes.
    public var fileSize: Int
    /// For instance `"JPEG"`; `nil` when the image cannot be decoded.
    public var format: String?
    /// Width and height of the upright image in pixels.
    public var size: (width: Int, height: Int)?
    /// One WebP per requested size; empty when the image cannot be decoded.
    public var versions: [[UInt8]] = []
    /// Why there are no versions.
    public var failure: ImageSearchError?

    private static let qualities = [62, 45, 30, 15]

    /// Reads an image. Blocks while the image is decoded.
    ///
    /// - Throws: ``ImageSearchError``: ``ImageSearchError/Code/fileNotReadable``, ``ImageSearchError/Code/imageTooLarge``; and
    ///   ``ImageSearchError/Code/unsupported`` for a URL.
    public init(of source: ImageSource, sizes: [Size]) throws {
      let limits = ImageLimits()
      guard source.url == nil else {
        throw ImageSearchError(.unsupported, "a URL has to be fetched before it is shown")
      }
      let bytes: ImageBytes
      if let path = source.pathBytes {
        bytes = try ImageFile.read(path, limit: limits.maximumFileSize, control: CallControl(deadline: nil)).1
      } else {
        bytes = ImageBytes(try source.contents(upTo: limits.maximumFileSize))
      }
      sha256 = try bytes.withUnsafeBytes { Hex.encode(try LocalIndex.digest($0)) }
      fileSize = bytes.count
      do {
        try bytes.withUnsafeBytes { raw in
          try ImageDecodingError.translated {
            let longest = sizes.map(\.longestSide).max() ?? 1
            let decoded = try ImageDecoder.decodeColor(raw, limits: limits, targetLongestSide: longest)
            format = decoded.header.format.name
            size = (decoded.originalWidth, decoded.originalHeight)
            versions = try sizes.map { try Self.version(of: decoded.image, $0) }
          }
        }
      } catch let error as ImageSearchError {
        failure = error
      }
    }

    private static func version(of image: ColorImage, _ size: Size) throws -> [UInt8] {
      var longest = max(1, size.longestSide)
      while true {
        let small = try Resampler.shrink(image, longest: longest)
        for quality in qualities {
          let file = try ImageEncoder.webp(small, quality: quality)
          if file.count <= size.mostBytes || longest <= 16 && quality == qualities.last { return file }
          // A lower quality cannot save that much; fewer pixels also look better.
          if file.count > 3 * size.mostBytes && longest > 16 { break }
        }
        longest = longest * 3 / 4
      }
    }
  }
#endif
