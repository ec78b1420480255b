#if LocalIndex
  import ImageSearch
  import ImageCodecs

  /// Makes an image that a service refuses into an upright JPEG within its limits, with the codecs of this layer.
  package struct CodecImagePreparing: ImagePreparing {
    package init() {}

    /// See ``ImagePreparing/prepare(_:rules:check:)``; an image that fits already stays as it is.
    package func prepare(
      _ source: ImageSource, rules: ImagePreflight, check: @escaping () throws -> Void
    ) throws -> ImageSource {
      do {
        try rules.check(source)
        return source
      } catch let error as ImageSearchError
        where [.imageTooLarge, .unsupportedFormat, .animatedImage].contains(error.code)
      {
        return try reencode(source, rules, check)
      }
    }

    private func reencode(
      _ source: ImageSource, _ rules: ImagePreflight, _ check: @escaping () throws -> Void
    ) throws -> ImageSource {
      let bytes = try source.contents(upTo: ImageLimits().maximumFileSize)
      let bounds = ImageReencoder.Bounds(
        maximumBytes: rules.maximumBytes ?? Int.max, minimumSide: rules.sides?.lowerBound ?? 1,
        maximumSide: rules.sides?.upperBound ?? 4096)
      let encoded = try ImageDecodingError.translated {
        try bytes.withUnsafeBytes { try ImageReencoder.reencode($0, within: bounds, check: check) }
      }
      return .bytes(encoded.bytes, name: source.fileName)
    }
  }

  extension AlibabaCloud.Options {
    /// Whether images that are too large, or turned by EXIF, are re-encoded upright and smaller before they are sent, instead of
    /// being refused. The re-encoded image is a JPEG; nothing of its EXIF data is sent.
    public var preparesImages: Bool {
      get { preparation != nil }
      set { preparation = newValue ? CodecImagePreparing() : nil }
    }
  }
#endif
