#if LocalIndex
  import PictureMatching
  import Testing

  @testable import PictureCodecs

  @Suite struct EncoderTests {
    @Test func pngLosesNothing() throws {
      let pattern = try Pattern.noise(37, 23)
      #expect(try PictureDecoder.decodeColor(try PictureEncoder.png(pattern)).picture == pattern)
      #expect(try PictureDecoder.decodeGray(try PictureEncoder.png(pattern.gray)).picture == pattern.gray)
    }

    @Test func qualityDecidesSizeAndIsClamped() throws {
      let noise = try Pattern.noise(64, 64)
      let sizes = try [1, 30, 60, 90, 100].map { try PictureEncoder.jpeg(noise, quality: $0).count }
      #expect(sizes == sizes.sorted())
      #expect(Set(sizes).count == sizes.count)
      #expect(try PictureEncoder.jpeg(noise, quality: -5) == PictureEncoder.jpeg(noise, quality: 1))
      #expect(try PictureEncoder.jpeg(noise, quality: 500) == PictureEncoder.jpeg(noise, quality: 100))
    }

    @Test func noPixelsNoFile() throws {
      let empty = try Pattern.picture(0, 0, [])
      for encode in [{ try PictureEncoder.jpeg(empty) }, { try PictureEncoder.png(empty) }] {
        #expect { try encode() } throws: { ($0 as? PictureDecodingError)?.code == .cannotEncode }
      }
      let wide = try Pattern.picture(65_501, 1, [UInt8](repeating: 0, count: 3 * 65_501))
      #expect { try PictureEncoder.jpeg(wide) } throws: { ($0 as? PictureDecodingError)?.limit == 65_500 }
    }
  }
#endif
