import ImageFormats
import ImageSearch
import Testing

/// A synthetic image with the expected content of its header.
struct SampleImage: CustomTestStringConvertible, Sendable {
  let name: String
  let bytes: [UInt8]
  let header: ImageHeader
  /// Number of bytes sufficient to read width and height: one fewer is an error.
  let headerLength: Int

  var testDescription: String { name }

  private init(
    _ name: String, _ format: ImageFormat, _ bytes: [UInt8], _ width: Int, _ height: Int, orientation: Int = 1,
    isAnimated: Bool = false, frames: Int? = nil, headerLength: Int? = nil
  ) {
    self.name = name
    self.bytes = bytes
    self.headerLength = headerLength ?? bytes.count
    header = ImageHeader(
      format: format, width: width, height: height, orientation: orientation, isAnimated: isAnimated,
      frameCount: frames ?? (isAnimated ? 2 : 1), byteCount: bytes.count)
  }

  private typealias Build = ByteBuilder

  static let all: [SampleImage] = jpegs + pngs + gifs + bmps + tiffs + webps + ppms

  private static let jpegs: [SampleImage] = {
    let jfif = Build.jpegSegment(0xE0, Array("JFIF\0".utf8) + Build.zeros(9))
    let exif = { (big: Bool, orientation: Int) in
      Build.jpegSegment(0xE1, Array("Exif\0\0".utf8) + Build.exif(big: big, orientation: orientation))
    }
    let xmp = Build.jpegSegment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0".utf8) + Build.zeros(3000))
    let profile = (0..<8).flatMap { _ in Build.jpegSegment(0xE2, [UInt8](repeating: 0xFF, count: 60_000)) }
    return [
      .init("JPEG baseline", .jpeg, Build.jpeg(jfif, Build.jpegFrame(0xC0, 640, 480)), 640, 480),
      .init(
        "JPEG little-endian EXIF", .jpeg, Build.jpeg(jfif, xmp, exif(false, 6), Build.jpegFrame(0xC0, 640, 480)), 640,
        480, orientation: 6),
      .init(
        "JPEG big-endian EXIF behind the frame header", .jpeg,
        Build.jpeg(Build.jpegFrame(0xC1, 65_535, 1), exif(true, 8), exif(true, 3)), 65_535, 1, orientation: 8),
      .init(
        "JPEG progressive behind many segments", .jpeg,
        Build.jpeg(profile, Build.jpegSegment(0xC4, Build.zeros(20)), [0xFF, 0xFF, 0xFF], Build.jpegFrame(0xC2, 9, 8)),
        9,
        8),
      .init("JPEG nonsense orientation", .jpeg, Build.jpeg(exif(true, 9), Build.jpegFrame(0xC0, 3, 4)), 3, 4),
      .init("JPEG stray bytes", .jpeg, Build.jpeg(jfif, [1, 2, 3], Build.jpegFrame(0xC9, 30, 40)), 30, 40),
    ]
  }()

  private static let pngs: [SampleImage] = {
    let pixels = Build.pngChunk("IDAT", Build.zeros(40))
    let end = Build.pngChunk("IEND", [])
    let frames = { (count: Int) in Build.pngChunk("acTL", Build.big32(count) + Build.zeros(4)) }
    let exif = Build.pngChunk("eXIf", Build.exif(big: true, orientation: 5))
    let markedExif = Build.pngChunk("eXIf", Array("Exif\0\0".utf8) + Build.exif(big: false, orientation: 2))
    return [
      .init("PNG", .png, Build.png(100, 50) + pixels + end, 100, 50, headerLength: 41),
      .init(
        "PNG interlaced palette", .png, Build.png(1, 70_000, depth: 4, color: 3, interlace: 1) + pixels + end, 1,
        70_000,
        headerLength: 41),
      .init(
        "PNG EXIF before the pixels", .png, Build.png(3, 4) + exif + pixels + end, 3, 4, orientation: 5,
        headerLength: 41 + exif.count),
      .init(
        "PNG EXIF behind the pixels", .png, Build.png(3, 4) + pixels + pixels + markedExif + end, 3, 4, orientation: 2,
        headerLength: 41),
      .init("APNG", .png, Build.png(3, 4) + frames(2) + pixels + end, 3, 4, isAnimated: true, headerLength: 61),
      .init("APNG of one frame", .png, Build.png(3, 4) + frames(1) + pixels + end, 3, 4, headerLength: 61),
      .init("PNG acTL behind the pixels", .png, Build.png(3, 4) + pixels + frames(2) + end, 3, 4, headerLength: 41),
    ]
  }()

  private static let gifs: [SampleImage] = {
    let loop: [UInt8] = [0x21, 0xFF, 11] + Array("NETSCAPE2.0".utf8) + [3, 1, 0, 0, 0]
    let control: [UInt8] = [0x21, 0xF9, 4, 0, 0, 0, 0, 0]
    let frame = Build.gifFrame()
    let long = Build.gifFrame(flags: 0x81, blocks: [Int](repeating: 255, count: 300))
    let screen = Build.gif("89a", 300, 200)
    return [
      .init("GIF87a", .gif, Build.gif("87a", 7, 5, flags: 0) + frame + [0x3B], 7, 5, headerLength: 23),
      .init(
        "GIF89a still with extensions", .gif, Build.gif("89a", 300, 200, flags: 0x87) + loop + control + frame + [0x3B],
        300, 200, headerLength: 13 + 768 + loop.count + control.count + 10),
      .init(
        "GIF89a animated", .gif, screen + loop + control + frame + control + frame + [0x3B], 300, 200, isAnimated: true,
        headerLength: 19 + loop.count + control.count + 10),
      .init(
        "GIF animated behind a long frame", .gif, screen + long + [0] + control + frame, 300, 200, isAnimated: true,
        headerLength: 29),
      .init("GIF with rubbish at its end", .gif, screen + frame + [0x77] + frame, 300, 200, headerLength: 29),
    ]
  }()

  private static let bmps: [SampleImage] = [
    .init("BMP core", .bmp, Build.bmp(headerSize: 12, 65_535, 20), 65_535, 20, headerLength: 27),
    .init("BMP info", .bmp, Build.bmp(headerSize: 40, 30, 20), 30, 20, headerLength: 55),
    // Its pixels begin after the palette, whatever the header says.
    .init(
      "BMP OS/2 short", .bmp, Build.bmp(headerSize: 16, 30, 20, depth: 8) + Build.zeros(1100), 30, 20,
      headerLength: 1055),
    .init("BMP V4", .bmp, Build.bmp(headerSize: 108, 30, 20, depth: 16), 30, 20, headerLength: 123),
    .init("BMP V5 top-down", .bmp, Build.bmp(headerSize: 124, 30, -20, depth: 32), 30, 20, headerLength: 139),
  ]

  private static let tiffs: [SampleImage] = [
    .init(
      "TIFF little-endian", .tiff,
      Build.tiff(big: false, [(256, 3, 40), (257, 3, 30), (274, 3, 7)]) + Build.zeros(9), 40, 30, orientation: 7,
      headerLength: 8 + 2 + 36),
    .init(
      "TIFF big-endian of several pages", .tiff,
      Build.tiff(big: true, [(254, 4, 0), (256, 4, 70_000), (257, 4, 30)], next: 8), 70_000, 30, frames: 2,
      headerLength: 46),
    .init(
      "BigTIFF", .bigTIFF, Build.bigTIFF([(256, 3, 40), (257, 4, 30), (274, 3, 4)]), 40, 30, orientation: 4,
      headerLength: 16 + 8 + 60),
  ]

  private static let webps: [SampleImage] = {
    let frame = Build.vp8(120, 80)
    let exif = Build.webpChunk("EXIF", Build.exif(big: false, orientation: 3))
    let animation = Build.webpChunk("ANIM", Build.zeros(6)) + Build.webpChunk("ANMF", Build.zeros(17))
    return [
      .init("WEBP lossy", .webp, Build.webp(Build.vp8(16_383 | 1 << 14, 80)), 16_383, 80),
      .init("WEBP lossless", .webp, Build.webp(Build.vp8l(16_384, 3)), 16_384, 3),
      .init(
        "WEBP extended with EXIF", .webp, Build.webp(Build.vp8x(flags: 0x08, 120, 80), frame, exif), 120, 80,
        orientation: 3),
      .init("WEBP EXIF without its flag", .webp, Build.webp(Build.vp8x(flags: 0, 120, 80), frame, exif), 120, 80),
      .init(
        "WEBP animated", .webp, Build.webp(Build.vp8x(flags: 0x0A, 1 << 24, 255), animation, exif), 1 << 24, 255,
        orientation: 3, isAnimated: true, frames: 1),
    ]
  }()

  private static let ppms: [SampleImage] = [
    .init(
      "PPM binary", .ppm, Array("P6\n# made by hand\n640 # wide\n480\n255\n".utf8) + Build.zeros(9), 640, 480,
      headerLength: 37),
    .init("PPM text", .ppm, Array("P3 2 1 65535 1 2 3 4 5 6".utf8), 2, 1, headerLength: 13),
  ]
}

extension ImageHeader {
  /// Reads a header as a service does, with the library's errors.
  static func reading(_ source: some ByteSource) throws -> ImageHeader {
    try ImageSearchError.translatingFormatErrors { try read(from: source) }
  }
}

extension SampleImage {
  /// A PNG that a provider accepts.
  static var png: [UInt8] { pngs[0].bytes }
}
