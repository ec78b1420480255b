import Glibc
import ImageFormats
import ImageSearch
import Testing

@Suite struct ImageHeaderTests {
  private typealias Build = ByteBuilder

  private func failure(_ bytes: [UInt8]) -> ImageSearchError? {
    #expect(throws: ImageSearchError.self) { try ImageHeader.reading(ImageBytes(bytes)) }
  }

  @Test(arguments: SampleImage.all) func saysWhatTheSampleIs(_ sample: SampleImage) throws {
    #expect(try ImageHeader.reading(ImageBytes(sample.bytes)) == sample.header)
  }

  @Test(arguments: SampleImage.all) func readsFilesAndBorrowedBytesAlike(_ sample: SampleImage) throws {
    let file = try TemporaryFile(sample.bytes)
    #expect(try ImageHeader.of(.file(file.path)) == sample.header)
    let header = try sample.bytes.withUnsafeBytes { try ImageHeader.of(.borrowed($0, name: nil)) }
    #expect(header == sample.header)
  }

  @Test(arguments: SampleImage.all) func refusesEveryTruncatedHeader(_ sample: SampleImage) throws {
    // Every length would take long for the large samples, whose middle parts do not matter.
    let lengths =
      sample.bytes.count < 10_000
      ? Array(0..<sample.bytes.count)
      : Array(0..<2000) + stride(from: 2000, to: sample.bytes.count - 100, by: 997)
        + Array((sample.bytes.count - 100)..<sample.bytes.count)
    for length in lengths {
      let bytes = ImageBytes(Array(sample.bytes[..<length]))
      if length < sample.headerLength {
        let error = #expect(throws: ImageSearchError.self, "\(length) bytes") { try ImageHeader.reading(bytes) }
        let codes: [ImageSearchError.Code] =
          length == 0 ? [.emptyImage] : length < 12 ? [.notAnImage, .corruptImage] : [.corruptImage]
        #expect(error.map { codes.contains($0.code) } == true, "\(length) bytes: \(String(describing: error))")
      } else {
        let header = try ImageHeader.reading(bytes)
        #expect(header.width == sample.header.width && header.height == sample.header.height, "\(length) bytes")
      }
    }
  }

  @Test func contradictionsAreNamed() {
    let frame = Build.jpegFrame(0xC0, 5, 5)
    let cases: [([UInt8], String)] = [
      (Build.jpeg(Build.jpegFrame(0xC0, 0, 5)), "0 x 5 pixels"),
      (Build.jpeg(frame, Build.jpegFrame(0xC2, 6, 6)), "two frame headers"),
      (Build.jpeg(), "before the frame header"),
      (Build.jpeg([0xFF, 0xE0, 0, 1]), "has 1 bytes"),
      (Build.jpeg(Build.jpegSegment(0xC0, [8, 0, 5, 0, 5, 4, 1, 2, 3])), "for 4 components"),
      (Build.jpeg([0xFF, 0xD8]), "second time"),
      (Build.jpeg(frame, [0xFF, 0xD9]), "before its first scan"),
      (Build.png(0, 4) + Build.pngChunk("IDAT", []), "0 x 4 pixels"),
      (Build.png(1 << 31, 4) + Build.pngChunk("IDAT", []), "2147483648 x 4 pixels"),
      (Build.png(4, 4, depth: 4, color: 2) + Build.pngChunk("IDAT", []), "colour type 2, depth 4"),
      (Build.png(4, 4) + Build.pngChunk("IEND", []), "before its pixels"),
      (Build.png(4, 4)[..<8] + Build.pngChunk("IDAT", Build.zeros(13)), "not IHDR"),
      (Build.png(4, 4)[..<32] + [0x55] + Build.pngChunk("IDAT", []), "checksum"),
      (Build.gif("89a", 4, 4) + [0x3B], "before its first frame"),
      (Build.gif("89a", 4, 4) + [0x2C] + Build.zeros(20), "no pixels"),
      (Build.gif("89a", 4, 4) + [0x99], "unknown kind 153"),
      (Build.bmp(headerSize: 40, 4, 4, depth: 7), "7 bits a pixel"),
      (Build.bmp(headerSize: 40, -4, 4), "-4 x 4 pixels"),
      (Build.bmp(headerSize: 40, 4, 4).dropLast(4), "begin at byte 54"),
      (Build.tiff(big: true, [(256, 3, 4)]), "how large"),
      (Build.tiff(big: true, [(256, 3, 4), (257, 3, 0)]), "4 x 0 pixels"),
      (Array("II*\0".utf8) + Build.little32(1 << 31) + Build.zeros(80), "directory"),
      (Build.webp(Build.vp8x(flags: 0, 1 << 24, 1 << 24)), "16777216 x 16777216 pixels"),
      (Build.webp(Build.webpChunk("ALPH", Build.zeros(20))), "first chunk"),
      (Build.webp(Build.webpChunk("VP8 ", Build.zeros(20))), "key frame"),
      (Build.webp(Build.webpChunk("VP8L", Build.zeros(20))), "version 0"),
      (Array("P6 0 5 255 ".utf8), "0 x 5 pixels"),
      (Array("P6 4 99999999999999999999 255 ".utf8), "too large"),
      (Array("P6 4 5 70000 ".utf8), "70000"),
      (Array("P6 4 five ".utf8), "something else"),
    ]
    for (bytes, words) in cases {
      let error = failure(Array(bytes))
      #expect(error?.code == .corruptImage && error?.message.contains(words) == true, "\(words): \(error as Any)")
    }
  }

  @Test func otherFormatsAreNamed() {
    let brands = { (all: String) in Build.big32(8 + all.utf8.count) + Array("ftyp".utf8) + Array(all.utf8) }
    let cases: [([UInt8], ImageSearchError.Code, String)] = [
      (brands("avif\0\0\0\0mif1miaf"), .unsupportedFormat, "AVIF"),
      (brands("mif1\0\0\0\0mif1heic"), .unsupportedFormat, "HEIC"),
      (brands("mif1\0\0\0\0miaf") + Array("heic".utf8), .unsupportedFormat, "HEIF"),
      (brands("isom\0\0\0\0mp42"), .notAnImage, "video"),
      (Array("\u{FEFF}<?xml version=\"1.0\"?>\n<!-- x --><svg width='3'>".utf8), .unsupportedFormat, "SVG"),
      (Array("\n<!DOCTYPE html><html><svg>".utf8), .notAnImage, "HTML page"),
      (Array("<rss></rss>".utf8), .notAnImage, "markup"),
      ([0, 0, 1, 0, 1, 0, 16, 16], .unsupportedFormat, "ICO"),
      (Array("8BPS\0\u{1}".utf8), .unsupportedFormat, "PSD"),
      (Build.jpeg(Build.jpegFrame(0xC0, 5, 0)), .unsupportedFormat, "DNL"),
      (Build.bmp(headerSize: 108, 30, 20, depth: 64), .unsupportedFormat, "64 bits a pixel"),
      (Array("BA".utf8) + Build.zeros(12) + Array("BM".utf8), .unsupportedFormat, "OS/2"),
      (Build.zeros(4) + [0x11, 0xAF] + Build.zeros(8), .unsupportedFormat, "FLIC"),
      ([0xFF, 0xD8, 0xFF, 0xF7, 0, 11], .unsupportedFormat, "JPEG-LS"),
      ([0xFF, 0xFE] + Array("<svg>".utf8).flatMap { [$0, 0] }, .unsupportedFormat, "SVG"),
      (Array("%!PS-Adobe-3.0 EPSF-3.0\n".utf8), .unsupportedFormat, "EPS"),
      (Array("%!PS-Adobe-3.0\n".utf8), .notAnImage, "PostScript"),
      ([0x0A, 5, 1, 8, 0, 0], .unsupportedFormat, "PCX"),
      (Build.zeros(40) + Array("TRUEVISION-XFILE.\0".utf8), .unsupportedFormat, "TGA"),
      (Array("P7 \nWIDTH 3".utf8), .unsupportedFormat, "PAM"),
      ([0x89, 0x50, 0x4E, 0x47, 0x0A, 0x1A, 0x0A, 0, 0, 0], .corruptImage, "takes it for text"),
      ([0x49, 0x49, 0x2A, 0, 16, 0, 0, 0, 0x43, 0x52, 2, 0], .unsupportedFormat, "CR2"),
      ([0xFF, 0x0A, 1, 2], .unsupportedFormat, "JPEG XL"),
      (Array("P5\n3 3 255\n".utf8), .unsupportedFormat, "PGM"),
      (Array("%PDF-1.7".utf8), .notAnImage, "PDF"),
      (Array("RIFF\0\0\0\0WAVEfmt ".utf8), .notAnImage, "sound"),
      (Array("BMW makes cars and motorcycles".utf8), .notAnImage, "known format"),
      (Array("P3 is the third processor".utf8), .notAnImage, "known format"),
      (Array("api-key 0123456789".utf8), .notAnImage, "the bytes are no image of a known format"),
      ([], .emptyImage, "no bytes"),
    ]
    for (bytes, code, words) in cases {
      let error = failure(bytes)
      #expect(error?.code == code && error?.message.contains(words) == true, "\(words): \(error as Any)")
    }
  }

  @Test func filesThatAreNoneAreRefused() throws {
    let file = try TemporaryFile([])
    let pipe = file.path + ".pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    defer { unlink(pipe) }
    let cases: [(String, ImageSearchError.Code)] = [
      (file.path, .emptyImage), (file.path + ".missing", .fileNotReadable), ("/", .fileNotReadable),
      (pipe, .fileNotReadable), ("a\0b", .invalidArgument),
    ]
    for (path, code) in cases {
      let error = #expect(throws: ImageSearchError.self) { try ImageHeader.of(.file(path)) }
      #expect(error?.code == code, "\(path)")
    }
    #expect(try ImageHeader.of(.url("https://example.com/a.jpg")) == nil)
  }

  @Test func pixelCountDoesNotOverflow() {
    let header = ImageHeader(format: .tiff, width: 1 << 32, height: 1 << 32, byteCount: 1)
    #expect(header.pixelCount == .max)
  }
}
