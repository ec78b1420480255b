/// Writes PNG of any colour type, depth and interlace with stored (uncompressed) deflate blocks.
struct PNGBuilder {
  var width: Int
  var height: Int
  var depth = 8
  /// 0 gray, 2 RGB, 3 palette, 4 gray + alpha, 6 RGBA.
  var colorType = 2
  var interlaced = false
  /// Samples row by row, `channels` per pixel, of `depth` bits.
  var samples: [Int] = []
  /// Chunks between IHDR and IDAT: PLTE, tRNS, eXIf, acTL …
  var chunks: [(String, [UInt8])] = []

  var channels: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colorType] ?? 1 }

  func build() -> [UInt8] {
    var header = ByteWriter(bigEndian: true)
    header.u32(width)
    header.u32(height)
    header.bytes += [UInt8(depth), UInt8(colorType), 0, 0, interlaced ? 1 : 0]
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    file += Self.chunk("IHDR", header.bytes)
    for (name, body) in chunks { file += Self.chunk(name, body) }
    file += Self.chunk("IDAT", Self.stored(raw()))
    return file + Self.chunk("IEND", [])
  }

  private func raw() -> [UInt8] {
    let passes: [(Int, Int, Int, Int)] = [
      (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
    ]
    var bytes: [UInt8] = []
    for (x0, y0, dx, dy) in interlaced ? passes : [(0, 0, 1, 1)] {
      for y in stride(from: y0, to: height, by: dy) where x0 < width {
        bytes.append(0)
        var row: [Int] = []
        for x in stride(from: x0, to: width, by: dx) {
          let start = (y * width + x) * channels
          row += samples[start..<start + channels]
        }
        bytes += packed(row, width: row.count, bits: depth)
      }
    }
    return bytes
  }

  static func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] { chunk(Array(name.utf8)[...], body) }

  /// A chunk whose name need not be text.
  static func chunk(_ name: ArraySlice<UInt8>, _ body: [UInt8]) -> [UInt8] {
    var writer = ByteWriter(bigEndian: true)
    writer.u32(body.count)
    writer.bytes += name
    writer.bytes += body
    writer.u32(Int(crc(writer.bytes[4...])))
    return writer.bytes
  }

  private static let crcTable: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
  }

  private static func crc(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { crcTable[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 }
  }

  static func stored(_ raw: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    writer.bytes = [0x78, 0x01]
    var start = 0
    repeat {
      let end = min(raw.count, start + 65_535)
      writer.u8(end == raw.count ? 1 : 0)
      writer.u16(end - start)
      writer.u16(~(end - start))
      writer.bytes += raw[start..<end]
      start = end
    } while start < raw.count
    var (a, b) = (1, 0)
    for byte in raw {
      a = (a + Int(byte)) % 65_521
      b = (b + a) % 65_521
    }
    writer.bigEndian = true
    writer.u32(b << 16 | a)
    return writer.bytes
  }
}
