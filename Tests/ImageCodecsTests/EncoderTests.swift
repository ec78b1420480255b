#if LocalIndex
  import Rasters
  import Testing

  @testable import ImageCodecs

  @Suite struct EncoderTests {
    @Test func pngLosesNothing() throws {
      let pattern = try Pattern.noise(37, 23)
      #expect(try ImageDecoder.decodeColor(try ImageEncoder.png(pattern)).image == pattern)
      #expect(try ImageDecoder.decodeGray(try ImageEncoder.png(pattern.gray)).image == (try pattern.gray))
    }

    @Test func qualityDecidesSizeAndIsClamped() throws {
      let noise = try Pattern.noise(64, 64)
      let sizes = try [1, 30, 60, 90, 100].map { try ImageEncoder.jpeg(noise, quality: $0).count }
      #expect(sizes == sizes.sorted())
      #expect(Set(sizes).count == sizes.count)
      #expect(try ImageEncoder.jpeg(noise, quality: -5) == ImageEncoder.jpeg(noise, quality: 1))
      #expect(try ImageEncoder.jpeg(noise, quality: 500) == ImageEncoder.jpeg(noise, quality: 100))
    }

    @Test func noPixelsNoFile() throws {
      let empty = try Pattern.image(0, 0, [])
      for encode in [{ try ImageEncoder.jpeg(empty) }, { try ImageEncoder.png(empty) }] {
        #expect { try encode() } throws: { ($0 as? ImageDecodingError)?.code == .cannotEncode }
      }
      let wide = try Pattern.image(65_501, 1, [UInt8](repeating: 0, count: 3 * 65_501))
      #expect { try ImageEncoder.jpeg(wide) } throws: { ($0 as? ImageDecodingError)?.limit == 65_500 }
    }
  }
#endif
