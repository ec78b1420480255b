import ImageFormats
import ImageSearch
import Testing

@Suite struct ImagePreflightTests {
  private func header(
    _ format: ImageFormat = .jpeg, _ width: Int = 640, _ height: Int = 480, orientation: Int = 1,
    isAnimated: Bool = false, bytes: Int = 1000
  ) -> ImageHeader {
    ImageHeader(
      format: format, width: width, height: height, orientation: orientation, isAnimated: isAnimated, byteCount: bytes)
  }

  private func refusal(_ preflight: ImagePreflight, _ header: ImageHeader) -> ImageSearchError? {
    let error = #expect(throws: ImageSearchError.self) { try preflight.check(header) }
    #expect(error?.service == preflight.service)
    return error
  }

  @Test func tinEyeTakesItsSixFormatsWithoutAnimation() throws {
    for format in [ImageFormat.jpeg, .png, .gif, .bmp, .tiff, .webp] {
      try ImagePreflight.tinEye.check(header(format, 1, 90_000, orientation: 6, bytes: 1 << 30))
      #expect(refusal(.tinEye, header(format, isAnimated: true))?.code == .animatedImage)
    }
    for format in [ImageFormat.ppm, .bigTIFF, .heic, .avif] {
      let error = refusal(.tinEye, header(format))
      #expect(error?.code == .unsupportedFormat)
      #expect(error?.message == "the image is \(format); the service takes JPEG, PNG, GIF, BMP, TIFF, WEBP")
    }
  }

  @Test func alibabaCloudKeepsItsLimits() throws {
    let preflight = ImagePreflight.alibabaCloud()
    for format in ImageFormat.all where ![.bigTIFF, .heic, .avif].contains(format) {
      try preflight.check(header(format, 100, 4096, bytes: 4_194_304))
    }
    let cases: [(ImageHeader, ImageSearchError.Code, String)] = [
      (header(bytes: 5_242_880), .imageTooLarge, "the image has 5242880 bytes; the limit is 4194304"),
      (header(bytes: 4_194_305), .imageTooLarge, "the image has 4194305 bytes; the limit is 4194304"),
      (header(.jpeg, 4097, 99), .imageTooLarge, "the image's width is 4097 pixels; the limit is 4096"),
      (header(.jpeg, 4096, 99), .imageTooSmall, "the image's height is 99 pixels; the minimum is 100"),
      (
        header(orientation: 6), .unsupportedFormat,
        "the image is turned by its EXIF orientation (6); the service takes upright ones (1) only"
      ),
    ]
    for (header, code, message) in cases {
      let error = refusal(preflight, header)
      #expect(error?.code == code)
      #expect(error?.message == message)
    }
    let fabric = ImagePreflight.alibabaCloud(sides: 448...4096)
    #expect(refusal(fabric, header(.jpeg, 447, 448))?.code == .imageTooSmall)
    try fabric.check(header(.jpeg, 448, 448))
  }

  @Test func sourcesAreCheckedUnderTheNameOfTheService() throws {
    let image = ByteBuilder.jpeg(ByteBuilder.jpegFrame(0xC0, 640, 480))
    #expect(try ImagePreflight.tinEye.check(.bytes(image))?.height == 480)
    #expect(try ImagePreflight.tinEye.check(.url("https://example.com/")) == nil)
    let error = #expect(throws: ImageSearchError.self) { try ImagePreflight.tinEye.check(.bytes([])) }
    #expect(error?.code == .emptyImage)
    #expect(error?.service == "TinEye")
  }
}
