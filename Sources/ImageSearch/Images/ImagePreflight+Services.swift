import ImageFormats

extension ImagePreflight {
  /// TinEye: JPEG, PNG, GIF, BMP, TIFF and WEBP without animation; no limit in bytes is known (docs/sources/tineye.md
  /// section 7).
  package static let tinEye = ImagePreflight(
    service: "TinEye", formats: [.jpeg, .png, .gif, .bmp, .tiff, .webp], allowsAnimation: false)

  /// Alibaba Cloud Image Search: at most 4 MiB, 100…4096 pixels per side (448… for fabric, 200…4095 for trademarks),
  /// not rotated by EXIF (docs/sources/alibaba-image-search.md section 6).
  ///
  /// - Parameter sides: range of width and height in pixels that the instance accepts.
  package static func alibabaCloud(sides: ClosedRange<Int> = 100...4096) -> ImagePreflight {
    ImagePreflight(
      service: "AlibabaCloud", formats: [.png, .jpeg, .bmp, .gif, .webp, .tiff, .ppm],
      allowsOrientation: false, maximumBytes: 4 * 1024 * 1024, sides: sides)
  }
}
