/// Builds image files from bytes.
enum ByteBuilder {
  static func little16(_ value: Int) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8 & 0xFF)] }
  static func little32(_ value: Int) -> [UInt8] { little16(value & 0xFFFF) + little16(value >> 16 & 0xFFFF) }
  static func big16(_ value: Int) -> [UInt8] { little16(value).reversed() }
  static func big32(_ value: Int) -> [UInt8] { little32(value).reversed() }
  static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  /// A TIFF structure of one directory; each entry is (tag, type, value).
  static func tiff(big: Bool, _ entries: [(Int, Int, Int)], next: Int = 0) -> [UInt8] {
    let u16 = big ? big16 : little16
    let u32 = big ? big32 : little32
    var bytes: [UInt8] = Array((big ? "MM" : "II").utf8) + u16(42) + u32(8) + u16(entries.count)
    for (tag, type, value) in entries {
      bytes += u16(tag) + u16(type) + u32(1) + (type == 3 ? u16(value) + zeros(2) : u32(value))
    }
    return bytes + u32(next)
  }

  /// A little-endian TIFF with offsets of 64 bits.
  static func bigTIFF(_ entries: [(Int, Int, Int)]) -> [UInt8] {
    func little64(_ value: Int) -> [UInt8] { little32(value & 0xFFFF_FFFF) + little32(value >> 32) }
    var bytes: [UInt8] = Array("II".utf8) + little16(43) + little16(8) + little16(0) + little64(16)
    bytes += little64(entries.count)
    for (tag, type, value) in entries { bytes += little16(tag) + little16(type) + little64(1) + little64(value) }
    return bytes + little64(0)
  }

  static func exif(big: Bool, orientation: Int) -> [UInt8] {
    tiff(big: big, [(271, 2, 65), (274, 3, orientation)])
  }

  // MARK: JPEG

  static func jpegSegment(_ marker: UInt8, _ data: [UInt8]) -> [UInt8] {
    [0xFF, marker] + big16(data.count + 2) + data
  }

  static func jpegFrame(_ marker: UInt8, _ width: Int, _ height: Int) -> [UInt8] {
    jpegSegment(marker, [8] + big16(height) + big16(width) + [3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1])
  }

  static func jpeg(_ segments: [UInt8]...) -> [UInt8] { [0xFF, 0xD8] + segments.flatMap { $0 } + [0xFF, 0xDA] }

  // MARK: PNG

  static func checksum(_ bytes: [UInt8]) -> Int {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
    }
    return Int(~sum)
  }

  static func pngChunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    return big32(data.count) + body + big32(checksum(body))
  }

  static func png(_ width: Int, _ height: Int, depth: UInt8 = 8, color: UInt8 = 2, interlace: UInt8 = 0) -> [UInt8] {
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + pngChunk("IHDR", big32(width) + big32(height) + [depth, color, 0, 0, interlace])
  }

  // MARK: GIF

  static func gif(_ version: String, _ width: Int, _ height: Int, flags: UInt8 = 0x80) -> [UInt8] {
    let table = flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1)
    return Array("GIF\(version)".utf8) + little16(width) + little16(height) + [flags, 0, 0] + zeros(table)
  }

  static func gifFrame(flags: UInt8 = 0, blocks: [Int] = [200, 3]) -> [UInt8] {
    let table = flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1)
    let data = blocks.flatMap { [UInt8($0)] + [UInt8](repeating: 0x2C, count: $0) }
    return [0x2C] + zeros(4) + little16(7) + little16(5) + [flags] + zeros(table) + [2] + data + [0]
  }

  // MARK: BMP

  static func bmp(headerSize: Int, _ width: Int, _ height: Int, depth: Int = 24) -> [UInt8] {
    let sides = headerSize == 12 ? little16(width) + little16(height) : little32(width) + little32(height)
    let start = little32(headerSize) + sides + little16(1) + little16(depth)
    let offset = 14 + headerSize
    return Array("BM".utf8) + little32(offset + 4) + zeros(4) + little32(offset) + start
      + zeros(headerSize - start.count) + zeros(4)
  }

  // MARK: WEBP

  static func webpChunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    Array(type.utf8) + little32(data.count) + data + zeros(data.count & 1)
  }

  static func webp(_ chunks: [UInt8]...) -> [UInt8] {
    let body = Array("WEBP".utf8) + chunks.flatMap { $0 }
    return Array("RIFF".utf8) + little32(body.count) + body
  }

  static func vp8(_ width: Int, _ height: Int) -> [UInt8] {
    webpChunk("VP8 ", [0x10, 0, 0, 0x9D, 0x01, 0x2A] + little16(width) + little16(height) + zeros(3))
  }

  static func vp8l(_ width: Int, _ height: Int) -> [UInt8] {
    webpChunk("VP8L", [0x2F] + little32((width - 1) | (height - 1) << 14 | 1 << 28) + zeros(2))
  }

  static func vp8x(flags: UInt8, _ width: Int, _ height: Int) -> [UInt8] {
    let sides = Array(little32(width - 1)[..<3]) + Array(little32(height - 1)[..<3])
    return webpChunk("VP8X", [flags, 0, 0, 0] + sides)
  }
}
