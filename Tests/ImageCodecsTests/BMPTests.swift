#if LocalIndex
  import Rasters
  import Testing

  @testable import ImageCodecs

  @Suite struct BMPTests {
    private func color(_ file: BMPBuilder) throws -> [UInt8] {
      Array(try ImageDecoder.decodeColor(file.build()).image.pixels)
    }

    private let palette: [[UInt8]] = (0..<256).map { [UInt8($0), UInt8(255 - $0), UInt8($0 * 3 & 255)] }

    @Test(arguments: [12, 40, 52, 56, 108, 124], [1, 2, 4, 8]) func palettes(headerSize: Int, bits: Int) throws {
      let entries = Array(palette[..<(1 << bits)])
      let values = (0..<5 * 3).map { $0 * 7 % entries.count }
      let rows = (0..<3).map { packed(Array(values[$0 * 5..<$0 * 5 + 5]), width: 5, bits: bits) }
      let file = BMPBuilder(
        width: 5, height: 3, bits: bits, headerSize: headerSize, palette: entries, data: BMPBuilder.rows(rows))
      #expect(try color(file) == values.flatMap { entries[$0] })
    }

    @Test(arguments: [12, 40, 124]) func trueColour(headerSize: Int) throws {
      let pattern = try Pattern.color(5, 3)
      let rows = (0..<3).map { y in
        (0..<5).flatMap { x in [2, 1, 0].map { pattern.pixels[(y * 5 + x) * 3 + $0] } }
      }
      let file = BMPBuilder(width: 5, height: 3, headerSize: headerSize, data: BMPBuilder.rows(rows))
      #expect(try color(file) == pattern.pixels)
    }

    @Test func rowsFromTheTop() throws {
      let file = BMPBuilder(
        width: 1, height: -2, data: BMPBuilder.rows([[3, 2, 1], [6, 5, 4]], topDown: true))
      #expect(try color(file) == [1, 2, 3, 4, 5, 6])
    }

    @Test func sixteenBits() throws {
      var data = ByteWriter()
      data.u16(0x7C00)
      data.u16(0x03FF)
      #expect(try color(BMPBuilder(width: 2, height: 1, bits: 16, data: data.bytes)) == [255, 0, 0, 0, 255, 255])
      data.bytes = []
      data.u16(0xF800)
      data.u16(0x07E0)
      let fields = BMPBuilder(
        width: 2, height: 1, bits: 16, compression: 3, masks: [0xF800, 0x7E0, 0x1F], data: data.bytes)
      #expect(try color(fields) == [255, 0, 0, 0, 255, 0])
    }

    @Test func thirtyTwoBitsWithoutAlpha() throws {
      let file = BMPBuilder(width: 2, height: 1, bits: 32, data: [3, 2, 1, 0, 6, 5, 4, 77])
      #expect(try color(file) == [1, 2, 3, 4, 5, 6])
    }

    @Test(arguments: [56, 108, 124]) func alphaField(headerSize: Int) throws {
      let masks = [0xFF0000, 0xFF00, 0xFF, 0xFF00_0000]
      var file = BMPBuilder(
        width: 2, height: 1, bits: 32, headerSize: headerSize, compression: 3, masks: masks,
        data: [3, 2, 1, 255, 6, 5, 4, 0])
      #expect(try color(file) == [1, 2, 3, 255, 255, 255])
      // If it is never set, it has no meaning.
      file.data = [3, 2, 1, 0, 6, 5, 4, 0]
      #expect(try color(file) == [1, 2, 3, 4, 5, 6])
    }

    @Test func wideFields() throws {
      let masks = [0x3FF0_0000, 0xFFC00, 0x3FF]
      var data = ByteWriter()
      data.u32(0x3FF << 20 | 512 << 10)
      let file = BMPBuilder(
        width: 1, height: 1, bits: 32, headerSize: 52, compression: 3, masks: masks, data: data.bytes)
      #expect(try color(file) == [255, 128, 0])
    }

    @Test func runsOfEightBits() throws {
      // Three of 5, end of line; literal 1 2 3 (padded); delta of one right and one down; two of 9; end.
      let data: [UInt8] = [3, 5, 0, 0, 0, 3, 1, 2, 3, 0, 0, 2, 0, 1, 2, 9, 0, 1]
      let file = BMPBuilder(width: 5, height: 3, bits: 8, compression: 1, palette: palette, data: data)
      let indices = [0, 0, 0, 9, 9, 1, 2, 3, 0, 0, 5, 5, 5, 0, 0]
      #expect(try color(file) == indices.flatMap { palette[$0] })
    }

    @Test func runsOfFourBits() throws {
      let data: [UInt8] = [5, 0x12, 0, 0, 0, 5, 0x34, 0x56, 0x70, 0, 0, 1]
      let file = BMPBuilder(width: 5, height: 2, bits: 4, compression: 2, palette: Array(palette[..<16]), data: data)
      #expect(try color(file) == [3, 4, 5, 6, 7, 1, 2, 1, 2, 1].flatMap { palette[$0] })
    }

    @Test func runsPastTheEdgeChangeNothingElse() throws {
      let data: [UInt8] = [200, 5, 0, 0, 255, 6, 0, 2, 255, 255, 1, 1, 0, 1]
      let file = BMPBuilder(width: 2, height: 2, bits: 8, compression: 1, palette: palette, data: data)
      #expect(try color(file) == [6, 6, 5, 5].flatMap { palette[$0] })
    }

    @Test func whatIsNotDecodedIsSaid() {
      for (bits, compression) in [(24, 4), (24, 5), (8, 3), (64, 0), (24, 1)] {
        #expect {
          try color(BMPBuilder(width: 1, height: 1, bits: bits, compression: compression, data: [0, 0, 0, 0]))
        } throws: {
          ($0 as? ImageDecodingError)?.code == .unsupportedFormat
        }
      }
    }
  }
#endif
