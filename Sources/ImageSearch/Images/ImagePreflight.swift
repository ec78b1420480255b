import ImageFormats

/// The images that a service accepts, checked before a call that costs money or time.
package struct ImagePreflight: Sendable, Hashable {
  /// The service, for the errors.
  package var service: String
  /// The accepted formats.
  package var formats: [ImageFormat]
  /// Whether images with several frames are accepted.
  package var allowsAnimation: Bool
  /// Whether images that EXIF rotates or mirrors (orientation 2…8) are accepted.
  package var allowsOrientation: Bool
  /// Maximum size of the encoded image in bytes; `nil` for no limit.
  package var maximumBytes: Int?
  /// Range of width and height in pixels; `nil` for no limit.
  package var sides: ClosedRange<Int>?

  package init(
    service: String, formats: [ImageFormat] = ImageFormat.all, allowsAnimation: Bool = true,
    allowsOrientation: Bool = true, maximumBytes: Int? = nil, sides: ClosedRange<Int>? = nil
  ) {
    self.service = service
    self.formats = formats
    self.allowsAnimation = allowsAnimation
    self.allowsOrientation = allowsOrientation
    self.maximumBytes = maximumBytes
    self.sides = sides
  }

  /// - Throws: ``ImageSearchError/Code/unsupportedFormat`` (also for an image with an EXIF orientation that is not
  ///   accepted), ``ImageSearchError/Code/animatedImage``, ``ImageSearchError/Code/imageTooLarge`` or
  ///   ``ImageSearchError/Code/imageTooSmall``, each naming the field and the limit.
  package func check(_ header: ImageHeader) throws {
    guard formats.contains(header.format) else {
      let names = formats.map(\.name).joined(separator: ", ")
      throw failure(.unsupportedFormat, "the image is \(header.format); the service takes \(names)")
    }
    guard allowsAnimation || !header.isAnimated else {
      throw failure(.animatedImage, "the \(header.format) image is animated; the service takes still ones")
    }
    if let maximumBytes, header.byteCount > maximumBytes {
      throw failure(.imageTooLarge, "the image has \(header.byteCount) bytes; the limit is \(maximumBytes)")
    }
    try check("width", header.width)
    try check("height", header.height)
    guard allowsOrientation || header.orientation == 1 else {
      throw failure(
        .unsupportedFormat,
        "the image is turned by its EXIF orientation (\(header.orientation)); the service takes upright ones (1) only"
      )
    }
  }

  /// Reads the header of an image and checks it.
  ///
  /// - Returns: the header; `nil` for a URL, whose bytes are not available.
  /// - Throws: the errors of ``check(_:)`` and ``ImageHeader/of(_:)``, with the name of the service.
  @discardableResult
  package func check(_ source: ImageSource) throws -> ImageHeader? {
    do {
      guard let header = try ImageHeader.of(source) else { return nil }
      try check(header)
      return header
    } catch var error as ImageSearchError {
      error.service = service
      throw error
    }
  }

  private func check(_ side: String, _ pixels: Int) throws {
    guard let sides else { return }
    if pixels > sides.upperBound {
      throw failure(.imageTooLarge, "the image's \(side) is \(pixels) pixels; the limit is \(sides.upperBound)")
    }
    if pixels < sides.lowerBound {
      throw failure(.imageTooSmall, "the image's \(side) is \(pixels) pixels; the minimum is \(sides.lowerBound)")
    }
  }

  private func failure(_ code: ImageSearchError.Code, _ message: String) -> ImageSearchError {
    ImageSearchError(code, message, service: service)
  }
}

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

/// Converts an image that a service would refuse into one that it accepts: upright, small enough, in an accepted
/// format.
///
/// The core does not decode images; the package trait `LocalIndex` adds the layer that does.
package protocol ImagePreparing: Sendable {
  /// Returns at once when the task is cancelled, the deadline passes or ``close()`` is called; a codec that cannot be
  /// interrupted finishes in the background.
  ///
  /// - Parameters:
  ///   - source: a file or bytes.
  ///   - rules: the images that the service accepts.
  ///   - deadline: the call's deadline.
  /// - Returns: the image re-encoded, or the source itself if it is accepted as it is.
  /// - Throws: ``ImageSearchError`` of the image, for instance ``ImageSearchError/Code/corruptImage``, or of the end of
  ///   the call.
  func prepare(_ source: ImageSource, rules: ImagePreflight, deadline: Deadline?) async throws -> ImageSource

  /// Ends running calls with ``ImageSearchError/Code/closed``. Safe to call twice.
  func close()
}
