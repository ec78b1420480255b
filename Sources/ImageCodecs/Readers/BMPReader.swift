/// Decodes BMP: 1, 2, 4, 8, 16, 24 and 32 bits a pixel, palettes, bit fields, RLE4 and RLE8, either row order.
///
/// Own code, because there is no library in the list that reads BMP, and because the format is small. Memory: one row.
struct BMPReader: ImageReader {
  let width: Int
  let height: Int
  let layout: SampleLayout
  var workingMemory: Int { width * 5 }

  private let header: BMPHeader
  private let data: ByteReader
  private let fields: [BMPBitField]

  /// - Throws: ``ImageDecodingError`` as the header does.
  init(_ bytes: UnsafeRawBufferPointer) throws {
    data = ByteReader(bytes)
    header = try BMPHeader(data)
    width = header.width
    height = header.height
    fields = header.masks.map { BMPBitField(mask: $0) }
    layout = Self.usesAlpha(header, data, fields) ? .rgba : .rgb
  }

  mutating func read(into target: inout ImageAccumulator) -> ReadOutcome {
    switch header.compression {
    case .rle8, .rle4:
      var decoder = BMPRunDecoder(header, data)
      return decoder.read(into: &target)
    case .none:
      return readRows(into: &target)
    }
  }

  private static func stride(_ header: BMPHeader) -> Int { (header.width * header.bits + 31) / 32 * 4 }

  /// Alpha counts only when some pixel uses it: many writers leave the fourth byte 0.
  private static func usesAlpha(_ header: BMPHeader, _ data: ByteReader, _ fields: [BMPBitField]) -> Bool {
    guard header.bits == 16 || header.bits == 32, let alpha = fields.last, alpha.mask != 0 else { return false }
    let rowSize = stride(header)
    let pixelSize = header.bits / 8
    for row in 0..<header.height {
      let start = header.dataOffset + row * rowSize
      for column in 0..<header.width {
        let position = start + column * pixelSize
        let value = pixelSize == 2 ? data.u16(position, .little).map { UInt32($0) } : data.u32(position, .little)
        guard let value else { return false }
        if value & alpha.mask != 0 { return true }
      }
    }
    return false
  }

  private func readRows(into target: inout ImageAccumulator) -> ReadOutcome {
    let rowSize = Self.stride(header)
    var pixels = [UInt8](repeating: 0, count: width * layout.channels)
    for row in 0..<height {
      let start = header.dataOffset + row * rowSize
      // The last row need not be padded.
      guard let bytes = data.part(start, rowSize), bytes.count >= (width * header.bits + 7) / 8 else {
        return ReadOutcome(
          intactRows: row, rows: height,
          failure: ImageDecodingError(.truncated, "the BMP ends in row \(row) of \(height)"))
      }
      unpack(bytes.bytes, into: &pixels)
      pixels.withUnsafeBufferPointer {
        target.add($0, y: header.topDown ? row : height - 1 - row, count: width)
      }
    }
    return ReadOutcome(intactRows: height, rows: height)
  }

  private func unpack(_ row: UnsafeRawBufferPointer, into pixels: inout [UInt8]) {
    let channels = layout.channels
    switch header.bits {
    case 24:
      for column in 0..<width {
        pixels[3 * column] = row[3 * column + 2]
        pixels[3 * column + 1] = row[3 * column + 1]
        pixels[3 * column + 2] = row[3 * column]
      }
    case 16, 32:
      let size = header.bits / 8
      for column in 0..<width {
        var value = UInt32(row[size * column]) | UInt32(row[size * column + 1]) << 8
        if size == 4 { value |= UInt32(row[4 * column + 2]) << 16 | UInt32(row[4 * column + 3]) << 24 }
        for channel in 0..<channels { pixels[channels * column + channel] = fields[channel].value(value) }
      }
    default:
      let perByte = 8 / header.bits
      let mask = UInt8(truncatingIfNeeded: (1 << header.bits) - 1)
      for column in 0..<width {
        let shift = 8 - header.bits * (column % perByte + 1)
        let index = Int(row[column / perByte] >> UInt8(shift) & mask)
        for channel in 0..<3 { pixels[3 * column + channel] = header.palette[3 * index + channel] }
      }
    }
  }
}
