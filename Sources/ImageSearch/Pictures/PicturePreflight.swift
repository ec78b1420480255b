/// What a service takes, checked here before a call that costs money or time.
package struct PicturePreflight: Sendable, Hashable {
  /// The service, for the errors.
  package var service: String
  /// The formats that it takes.
  package var formats: [PictureFormat]
  /// Whether it takes pictures of several frames.
  package var allowsAnimation: Bool
  /// Whether it takes pictures that EXIF turns (orientation 2…8).
  package var allowsOrientation: Bool
  /// The most bytes of the encoded picture; `nil` for no limit.
  package var maximumBytes: Int?
  /// The pixels that width and height each may have; `nil` for no limit.
  package var sides: ClosedRange<Int>?

  package init(
    service: String, formats: [PictureFormat] = PictureFormat.all, allowsAnimation: Bool = true,
    allowsOrientation: Bool = true, maximumBytes: Int? = nil, sides: ClosedRange<Int>? = nil
  ) {
    self.service = service
    self.formats = formats
    self.allowsAnimation = allowsAnimation
    self.allowsOrientation = allowsOrientation
    self.maximumBytes = maximumBytes
    self.sides = sides
  }

  /// - Throws: ``ImageSearchError/Code/unsupportedFormat`` (also for a picture turned by EXIF where that is not taken),
  ///   ``ImageSearchError/Code/animatedPicture``, ``ImageSearchError/Code/pictureTooLarge`` or
  ///   ``ImageSearchError/Code/pictureTooSmall``, each naming the field and the limit.
  package func check(_ header: PictureHeader) throws {
    guard formats.contains(header.format) else {
      let names = formats.map(\.name).joined(separator: ", ")
      throw failure(.unsupportedFormat, "the picture is \(header.format); the service takes \(names)")
    }
    guard allowsAnimation || !header.isAnimated else {
      throw failure(.animatedPicture, "the \(header.format) picture is animated; the service takes still ones")
    }
    if let maximumBytes, header.byteCount > maximumBytes {
      throw failure(.pictureTooLarge, "the picture has \(header.byteCount) bytes; the limit is \(maximumBytes)")
    }
    try check("width", header.width)
    try check("height", header.height)
    guard allowsOrientation || header.orientation == 1 else {
      throw failure(
        .unsupportedFormat,
        "the picture is turned by its EXIF orientation (\(header.orientation)); the service takes upright ones (1) only"
      )
    }
  }

  /// Reads the header of a picture and checks it.
  ///
  /// - Returns: the header; `nil` for a URL, whose bytes are not here.
  /// - Throws: what ``check(_:)`` and ``PictureHeader/of(_:)`` throw, under the name of the service.
  @discardableResult
  package func check(_ source: ImageSource) throws -> PictureHeader? {
    do {
      guard let header = try PictureHeader.of(source) else { return nil }
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
      throw failure(.pictureTooLarge, "the picture's \(side) is \(pixels) pixels; the limit is \(sides.upperBound)")
    }
    if pixels < sides.lowerBound {
      throw failure(.pictureTooSmall, "the picture's \(side) is \(pixels) pixels; the minimum is \(sides.lowerBound)")
    }
  }

  private func failure(_ code: ImageSearchError.Code, _ message: String) -> ImageSearchError {
    ImageSearchError(code, message, service: service)
  }
}
