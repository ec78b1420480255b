/// Writes BMP with any of the headers.
struct BMPBuilder {
  var width: Int
  /// Negative for rows from the top.
  var height: Int
  var bits = 24
  /// 12, 40, 52, 56, 108 or 124 bytes.
  var headerSize = 40
  var compression = 0
  var masks: [Int] = []
  /// R, G, B per entry.
  var palette: [[UInt8]] = []
  /// The rows in the order in which they are stored, padding included.
  var data: [UInt8] = []

  func build() -> [UInt8] {
    var writer = ByteWriter()
    writer.text("BM")
    let loose = headerSize == 40 && (compression == 3 || compression == 6) ? masks.count * 4 : 0
    let offset = 14 + headerSize + loose + palette.count * (headerSize == 12 ? 3 : 4)
    writer.u32(offset + data.count)
    writer.u32(0)
    writer.u32(offset)
    writer.u32(headerSize)
    if headerSize == 12 {
      for value in [width, height, 1, bits] { writer.u16(value) }
    } else {
      writer.u32(width)
      writer.u32(height)
      writer.u16(1)
      writer.u16(bits)
      for value in [compression, data.count, 2835, 2835, palette.count, 0] { writer.u32(value) }
      if headerSize > 40 || loose > 0 { for mask in masks { writer.u32(mask) } }
      while writer.bytes.count < 14 + headerSize + loose { writer.u8(0) }
    }
    for entry in palette { writer.bytes += [entry[2], entry[1], entry[0]] + (headerSize == 12 ? [] : [0]) }
    return writer.bytes + data
  }

  /// Rows padded to four bytes, the last row first unless `topDown`.
  static func rows(_ rows: [[UInt8]], topDown: Bool = false) -> [UInt8] {
    (topDown ? rows : rows.reversed()).flatMap { row in
      row + [UInt8](repeating: 0, count: (4 - row.count % 4) % 4)
    }
  }
}
