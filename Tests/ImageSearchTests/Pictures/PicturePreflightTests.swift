import ImageSearch
import Testing

@Suite struct PicturePreflightTests {
  private func header(
    _ format: PictureFormat = .jpeg, _ width: Int = 640, _ height: Int = 480, orientation: Int = 1,
    isAnimated: Bool = false, bytes: Int = 1000
  ) -> PictureHeader {
    PictureHeader(
      format: format, width: width, height: height, orientation: orientation, isAnimated: isAnimated, byteCount: bytes)
  }

  private func refusal(_ preflight: PicturePreflight, _ header: PictureHeader) -> ImageSearchError? {
    let error = #expect(throws: ImageSearchError.self) { try preflight.check(header) }
    #expect(error?.service == preflight.service)
    return error
  }

  @Test func tinEyeTakesItsSixFormatsWithoutAnimation() throws {
    for format in PictureFormat.all where format != .ppm {
      try PicturePreflight.tinEye.check(header(format, 1, 90_000, orientation: 6, bytes: 1 << 30))
      #expect(refusal(.tinEye, header(format, isAnimated: true))?.code == .animatedPicture)
    }
    let error = refusal(.tinEye, header(.ppm))
    #expect(error?.code == .unsupportedFormat)
    #expect(error?.message == "the picture is PPM; the service takes JPEG, PNG, GIF, BMP, TIFF, WEBP")
  }

  @Test func alibabaCloudKeepsItsLimits() throws {
    let preflight = PicturePreflight.alibabaCloud()
    for format in PictureFormat.all { try preflight.check(header(format, 100, 4096, bytes: 4_194_304)) }
    let cases: [(PictureHeader, ImageSearchError.Code, String)] = [
      (header(bytes: 5_242_880), .pictureTooLarge, "the picture has 5242880 bytes; the limit is 4194304"),
      (header(bytes: 4_194_305), .pictureTooLarge, "the picture has 4194305 bytes; the limit is 4194304"),
      (header(.jpeg, 4097, 99), .pictureTooLarge, "the picture's width is 4097 pixels; the limit is 4096"),
      (header(.jpeg, 4096, 99), .pictureTooSmall, "the picture's height is 99 pixels; the minimum is 100"),
      (
        header(orientation: 6), .unsupportedFormat,
        "the picture is turned by its EXIF orientation (6); the service takes upright ones (1) only"
      ),
    ]
    for (header, code, message) in cases {
      let error = refusal(preflight, header)
      #expect(error?.code == code)
      #expect(error?.message == message)
    }
    let fabric = PicturePreflight.alibabaCloud(sides: 448...4096)
    #expect(refusal(fabric, header(.jpeg, 447, 448))?.code == .pictureTooSmall)
    try fabric.check(header(.jpeg, 448, 448))
  }

  @Test func sourcesAreCheckedUnderTheNameOfTheService() throws {
    let picture = ByteBuilder.jpeg(ByteBuilder.jpegFrame(0xC0, 640, 480))
    #expect(try PicturePreflight.tinEye.check(.bytes(picture))?.height == 480)
    #expect(try PicturePreflight.tinEye.check(.url("https://example.com/")) == nil)
    let error = #expect(throws: ImageSearchError.self) { try PicturePreflight.tinEye.check(.bytes([])) }
    #expect(error?.code == .emptyPicture)
    #expect(error?.service == "TinEye")
  }
}
