#if LocalIndex
  import ImageCodecs
  import ImageSearch
  import Rasters

  /// Small versions of an image, and what tells it from others: what the command puts into its reports. No promise to other programs.
  @_spi(Command) public struct ImagePreview: Sendable {
    /// How large a version may be.
    public struct Size: Sendable {
      /// Pixels of the longer side; an image is never enlarged.
      public var longestSide: Int
      /// Bytes at most. Quality and then size give way until the version has no more.
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
    /// For instance `"JPEG"`; `nil` when it is no image that can be read.
    public var format: String?
    /// Width and height of the upright image in pixels.
    public var size: (width: Int, height: Int)?
    /// A WebP for each size that was asked for; none when the image cannot be read.
    public var versions: [[UInt8]] = []
    /// Why there is none.
    public var failure: ImageSearchError?

    private static let qualities = [62, 45, 30, 15]

    /// Reads an image. Takes as long as decoding it does.
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
          // No quality makes up for that much; fewer pixels look better, too.
          if file.count > 3 * size.mostBytes && longest > 16 { break }
        }
        longest = longest * 3 / 4
      }
    }
  }
#endif
