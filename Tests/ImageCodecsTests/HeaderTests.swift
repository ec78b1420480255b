import ImageFormats
import Testing

@testable import ImageCodecs

@Suite struct HeaderTests {
  private func header(_ bytes: [UInt8]) throws -> ImageHeader {
    try bytes.withUnsafeBytes { try ImageDecodingError.readHeader($0) }
  }

  @Test func nothingIsRecognisedInNothing() {
    #expect(throws: ImageDecodingError(.empty, "the image has no bytes")) { try header([]) }
    for text in ["<html>", "%PDF-1.7", "RIFF....WAVE", "BMW drives", "II*", "\u{0}\u{0}\u{0}\u{20}ftypmp42"] {
      #expect { try header(Array(text.utf8)) } throws: {
        ($0 as? ImageDecodingError)?.code == .notAnImage
      }
    }
  }

  @Test(arguments: [false, true]) func tiffOfEitherByteOrder(bigEndian: Bool) throws {
    var builder = TIFFBuilder(width: 3, height: 2, bigEndian: bigEndian, samples: Array(repeating: 7, count: 18))
    builder.orientation = 6
    builder.directories = 3
    let header = try header(builder.build())
    #expect(header.format == .tiff)
    #expect((header.width, header.height) == (3, 2))
    #expect((header.uprightWidth, header.uprightHeight) == (2, 3))
    #expect(header.orientation == 6)
    #expect(header.frameCount == 3)
  }

  @Test func aTiffWhoseDirectoriesRunInACircleEnds() throws {
    var file = TIFFBuilder(width: 1, height: 1, samplesPerPixel: 1, photometric: 1, samples: [7]).build()
    // The first directory is at 10 with 10 tags; link it to itself.
    let tags = Int(file[10]) | Int(file[11]) << 8
    file[10 + 2 + 12 * tags] = 10
    #expect((10_000...65_535).contains(try header(file).frameCount))
  }

  @Test func framesOfAnAnimatedGif() throws {
    let frame = GIFBuilder.Frame(width: 2, height: 2, indices: [0, 1, 2, 3])
    let still = GIFBuilder(width: 5, height: 4, palette: GIFBuilder.grayPalette, frames: [frame])
    #expect(try header(still.build()).frameCount == 1)
    let animated = GIFBuilder(width: 5, height: 4, palette: GIFBuilder.grayPalette, frames: [frame, frame, frame])
    #expect(try header(animated.build()).frameCount == 3)
  }

  @Test func aGifWithoutAScreenHasItsFramesSize() throws {
    let frame = GIFBuilder.Frame(width: 2, height: 3, indices: [0, 1, 2, 3, 4, 5])
    let file = GIFBuilder(width: 0, height: 0, palette: GIFBuilder.grayPalette, frames: [frame]).build()
    let found = try header(file)
    #expect((found.width, found.height) == (2, 3))
  }

  @Test func framesOfAnAnimatedPng() throws {
    var builder = PNGBuilder(width: 1, height: 1, samples: [1, 2, 3])
    builder.chunks = [("acTL", [0, 0, 0, 12, 0, 0, 0, 0])]
    #expect(try header(builder.build()).frameCount == 12)
  }

  @Test func orientationInEitherByteOrderAndOnlyWhenItIsOne() throws {
    let png = PNGBuilder(width: 1, height: 1, samples: [1, 2, 3]).build()
    for bigEndian in [false, true] {
      for value in 0...9 {
        let file = ExifBuilder.png(png, value, bigEndian: bigEndian)
        #expect(try header(file).orientation == ((1...8).contains(value) ? value : 1))
      }
    }
  }

  @Test func aHeaderCutAnywhereIsAnErrorAndNeverACrash() throws {
    let frame = GIFBuilder.Frame(width: 2, height: 2, indices: [0, 1, 2, 3])
    let files: [[UInt8]] = [
      TIFFBuilder(width: 3, height: 2, samples: Array(repeating: 7, count: 18)).build(),
      GIFBuilder(width: 5, height: 4, palette: GIFBuilder.grayPalette, frames: [frame]).build(),
      PNGBuilder(width: 1, height: 1, samples: [1, 2, 3]).build(),
      BMPBuilder(width: 1, height: 1, data: [1, 2, 3, 0]).build(),
      WEBPBuilder.extended(width: 5, height: 4, flags: 0, []),
    ]
    for file in files {
      let whole = try header(file)
      for length in 0..<file.count {
        let cut = Array(file[..<length])
        // Either one of our errors, or the same size.
        do {
          let header = try header(cut)
          #expect((header.width, header.height) == (whole.width, whole.height))
        } catch let error as ImageDecodingError {
          #expect([.empty, .notAnImage, .truncated, .corrupt].contains(error.code))
        }
      }
    }
  }
}
