#if LocalIndex
  import CImageCodecs
  import Rasters

  @testable import ImageCodecs

  /// Small files that require excessive resources.
  enum Bombs {
    static func png(_ side: Int) -> [UInt8] {
      var builder = PNGBuilder(width: 1, height: 1, samples: [1, 2, 3])
      var file = builder.build()
      builder.width = side
      // A new IHDR with its checksum, before the old body.
      var header = ByteWriter(bigEndian: true)
      header.u32(side)
      header.u32(side)
      header.bytes += [8, 2, 0, 0, 0]
      file.replaceSubrange(8..<33, with: PNGBuilder.chunk("IHDR", header.bytes))
      return file
    }

    static func gif(_ side: Int, frame: Int) -> [UInt8] {
      let small = GIFBuilder.Frame(width: 1, height: 1, indices: [1])
      var file = GIFBuilder(width: side, height: side, palette: [0, 0, 0, 9, 9, 9], frames: [small]).build()
      let descriptor = 13 + 6
      for position in [descriptor + 5, descriptor + 7] {
        file[position] = UInt8(frame & 255)
        file[position + 1] = UInt8(frame >> 8)
      }
      return file
    }

    static func tiff(_ side: Int, rowsPerStrip: Int, samplesPerPixel: Int = 3) -> [UInt8] {
      var builder = TIFFBuilder(width: 1, height: 1, samplesPerPixel: samplesPerPixel, samples: [1, 2, 3])
      builder.photometric = samplesPerPixel == 1 ? 1 : 2
      var file = builder.build()
      let tags = Int(file[4])
      for entry in 0..<Int(file[tags]) {
        let position = tags + 2 + 12 * entry
        let tag = Int(file[position]) | Int(file[position + 1]) << 8
        guard [256, 257, 278].contains(tag) else { continue }
        var value = ByteWriter()
        value.u32(tag == 278 ? rowsPerStrip : side)
        file.replaceSubrange(position + 8..<position + 12, with: value.bytes)
      }
      return file
    }

    static func webp(_ side: Int) throws -> [UInt8] {
      var file = try ImageEncoder.webp(Array(try Pattern.noise(16, 16).pixels), 16, 16, channels: 3, quality: nil)
      var bits = ByteWriter()
      bits.u32((side - 1) | (side - 1) << 14)
      file.replaceSubrange(21..<25, with: bits.bytes)
      return file
    }

    static func webpCanvas(_ side: Int) throws -> [UInt8] {
      let file = try ImageEncoder.webp(Array(try Pattern.noise(16, 16).pixels), 16, 16, channels: 3, quality: 50)
      return WEBPBuilder.extended(width: side, height: side, flags: 0, WEBPBuilder.chunks(of: file))
    }

    static func bmp(_ side: Int) -> [UInt8] {
      BMPBuilder(width: side, height: side, bits: 8, compression: 1, palette: [[1, 2, 3]], data: [0, 1]).build()
    }

    static func jpeg(_ side: Int, _ kind: image_jpeg_kind) throws -> [UInt8] {
      var file = try ImageEncoder.jpeg(
        Array(try Pattern.noise(16, 16).pixels), 16, 16, channels: 3, quality: 50, kind)
      var position = 2
      while position + 9 < file.count, !(0xC0...0xC2).contains(file[position + 1]) {
        position += 2 + Int(file[position + 2]) << 8 + Int(file[position + 3])
      }
      for (offset, byte) in [side >> 8, side & 255, side >> 8, side & 255].enumerated() {
        file[position + 5 + offset] = UInt8(byte)
      }
      return file
    }

    /// A progressive image whose last scan is repeated many times.
    static func scans(_ count: Int) throws -> [UInt8] {
      let file = try ImageEncoder.jpeg(
        Array(try Pattern.noise(64, 64).pixels), 64, 64, channels: 3, quality: 50, IMAGE_JPEG_PROGRESSIVE)
      let last = file.indices.dropLast(2).last { file[$0] == 0xFF && file[$0 + 1] == 0xDA } ?? 0
      let scan = file[last..<file.count - 2]
      return Array(file.dropLast(2)) + (0..<count).flatMap { _ in scan } + [0xFF, 0xD9]
    }
  }
#endif
