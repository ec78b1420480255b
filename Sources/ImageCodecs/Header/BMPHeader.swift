/// The headers of a BMP in all their sizes: OS/2 (12, 16, 64 bytes) and Windows (40, 52, 56, 108, 124).
///
/// Source: Microsoft, "Bitmap Storage" (BITMAPCOREHEADER, BITMAPINFOHEADER, BITMAPV4HEADER, BITMAPV5HEADER).
struct BMPHeader {
  static let knownSizes: Set<Int> = [12, 16, 40, 52, 56, 64, 108, 124]

  enum Compression { case none, rle8, rle4 }

  let width: Int
  let height: Int
  let topDown: Bool
  let bits: Int
  let compression: Compression
  /// Red, green, blue, alpha for 16 and 32 bits a pixel; an alpha of 0 means opaque.
  let masks: [UInt32]
  /// R, G, B for 1 to 8 bits a pixel, exactly 256 entries, black where the file has none.
  let palette: [UInt8]
  /// Where the pixels begin.
  let dataOffset: Int

  /// - Throws: ``ImageDecodingError`` with `truncated`, `corrupt` or `unsupportedFormat`.
  init(_ reader: ByteReader) throws {
    guard let offset = reader.u32(10, .little), let headerSize = reader.u32(14, .little).map({ Int($0) }) else {
      throw EncodedImageHeader.ended(.bmp)
    }
    let core = headerSize == 12
    let columns = core ? reader.u16(18, .little).map { Int32($0) } : reader.i32(18, .little)
    let rows = core ? reader.u16(20, .little).map { Int32($0) } : reader.i32(22, .little)
    guard let columns, let rows, let bits = reader.u16(core ? 24 : 28, .little).map({ Int($0) }) else {
      throw EncodedImageHeader.ended(.bmp)
    }
    width = Int(columns)
    height = abs(Int(rows))
    topDown = rows < 0
    self.bits = bits
    dataOffset = Int(offset)
    guard width > 0, height > 0 else {
      throw ImageDecodingError(.corrupt, "the header says \(width) by \(rows) pixels")
    }
    let method = headerSize >= 40 ? Int(reader.u32(30, .little) ?? 0) : 0
    let hasMasks = method == 3 && headerSize != 64 || method == 6
    switch (method, bits) {
    case (0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (0, 24), (0, 32), (6, 16), (6, 32): compression = .none
    // In an OS/2 header, 3 is a fax code.
    case (3, 16) where headerSize != 64, (3, 32) where headerSize != 64: compression = .none
    case (1, 8): compression = .rle8
    case (2, 4): compression = .rle4
    default:
      throw ImageDecodingError(
        .unsupportedFormat, "a BMP with \(bits) bits a pixel and compression \(method) is not decoded")
    }
    if hasMasks {
      guard let red = reader.u32(54, .little), let green = reader.u32(58, .little), let blue = reader.u32(62, .little)
      else { throw EncodedImageHeader.ended(.bmp) }
      let alpha = headerSize >= 56 || method == 6 ? reader.u32(66, .little) ?? 0 : 0
      masks = [red, green, blue, alpha]
    } else {
      masks = bits == 16 ? [0x7C00, 0x3E0, 0x1F, 0] : [0xFF0000, 0xFF00, 0xFF, 0]
    }
    var palette = [UInt8](repeating: 0, count: 768)
    if bits <= 8 {
      let used = headerSize >= 40 ? Int(reader.u32(46, .little) ?? 0) : 0
      let start = 14 + headerSize + (hasMasks && headerSize == 40 ? 12 : 0)
      let size = core ? 3 : 4
      for index in 0..<(used > 0 ? min(used, 1 << bits) : 1 << bits) {
        let position = start + index * size
        // Pixels may begin before the palette would end; a palette that is cut short stays black there.
        guard position + 3 <= dataOffset || dataOffset < start, let blue = reader.u8(position),
          let green = reader.u8(position + 1), let red = reader.u8(position + 2)
        else { break }
        palette[3 * index] = red
        palette[3 * index + 1] = green
        palette[3 * index + 2] = blue
      }
    }
    self.palette = palette
  }
}

extension EncodedImageHeader {
  static func bmp(_ reader: ByteReader) throws -> EncodedImageHeader {
    let header = try BMPHeader(reader)
    return EncodedImageHeader(.bmp, header.width, header.height)
  }
}
