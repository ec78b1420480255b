import ImageFormats

extension ImagePreflight {
  /// TinEye: JPEG, PNG, GIF, BMP, TIFF and WEBP without animation; a limit of bytes is not established
  /// (docs/sources/tineye.md section 7).
  package static let tinEye = ImagePreflight(
    service: "TinEye", formats: [.jpeg, .png, .gif, .bmp, .tiff, .webp], allowsAnimation: false)

  /// Alibaba Cloud Image Search: at most 4 MB, 100…4096 pixels a side (448… for fabric, 200…4095 for trademarks), not turned by
  /// EXIF (docs/sources/alibaba-image-search.md section 6).
  ///
  /// - Parameter sides: the pixels that each side may have in the instance at hand.
  package static func alibabaCloud(sides: ClosedRange<Int> = 100...4096) -> ImagePreflight {
    ImagePreflight(
      service: "AlibabaCloud", formats: [.png, .jpeg, .bmp, .gif, .webp, .tiff, .ppm],
      allowsOrientation: false, maximumBytes: 4 * 1024 * 1024, sides: sides)
  }
}
