#if LocalIndex
  import ImageSearch
  import PictureCodecs

  /// Makes a picture that a service refuses into an upright JPEG within its limits, with the codecs of this layer.
  package struct CodecPicturePreparing: PicturePreparing {
    package init() {}

    /// See ``PicturePreparing/prepare(_:rules:)``; a picture that fits already stays as it is.
    package func prepare(_ source: ImageSource, rules: PicturePreflight) throws -> ImageSource {
      do {
        try rules.check(source)
        return source
      } catch let error as ImageSearchError
        where [.pictureTooLarge, .unsupportedFormat, .animatedPicture].contains(error.code)
      {
        return try reencode(source, rules)
      }
    }

    private func reencode(_ source: ImageSource, _ rules: PicturePreflight) throws -> ImageSource {
      let bytes = try source.contents(upTo: PictureLimits().maximumFileSize)
      let bounds = PictureReencoder.Bounds(
        maximumBytes: rules.maximumBytes ?? Int.max, minimumSide: rules.sides?.lowerBound ?? 1,
        maximumSide: rules.sides?.upperBound ?? 4096)
      let encoded = try PictureDecodingError.translated { try PictureReencoder.reencode(bytes, within: bounds) }
      return .bytes(encoded.bytes, name: source.fileName)
    }
  }

  extension AlibabaCloudOptions {
    /// Re-encodes pictures that are too large, or turned by EXIF, upright and smaller before they are sent, instead of
    /// refusing them. The re-encoded picture is a JPEG; nothing of its EXIF data is sent.
    public mutating func preparePictures() { preparation = CodecPicturePreparing() }
  }
#endif
