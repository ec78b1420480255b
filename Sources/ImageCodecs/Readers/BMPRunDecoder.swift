/// The run-length codes of BMP (Microsoft, "Bitmap Compression"). Pixels that a code skips have palette entry 0.
struct BMPRunDecoder {
  private let header: BMPHeader
  private let data: ByteReader
  private let fourBits: Bool
  private var indices: [UInt8]
  private var pixels: [UInt8]

  init(_ header: BMPHeader, _ data: ByteReader) {
    self.header = header
    self.data = data
    fourBits = header.compression == .rle4
    indices = [UInt8](repeating: 0, count: header.width)
    pixels = [UInt8](repeating: 0, count: 3 * header.width)
  }

  mutating func read(into target: inout ImageAccumulator) -> ReadOutcome {
    var offset = header.dataOffset
    var column = 0
    var row = 0
    while row < header.height {
      guard let count = data.u8(offset), let code = data.u8(offset + 1) else {
        return ReadOutcome(
          intactRows: row, rows: header.height,
          failure: ImageDecodingError(.truncated, "the BMP ends in row \(row) of \(header.height)"))
      }
      offset += 2
      if count > 0 {
        for step in 0..<Int(count) { set(column + step, fourBits ? (step & 1 == 0 ? code >> 4 : code & 15) : code) }
        column += Int(count)
        continue
      }
      switch code {
      case 0:
        emit(&row, into: &target)
        column = 0
      case 1:
        while row < header.height { emit(&row, into: &target) }
      case 2:
        guard let right = data.u8(offset), let down = data.u8(offset + 1) else { continue }
        offset += 2
        column += Int(right)
        for _ in 0..<down where row < header.height { emit(&row, into: &target) }
      default:
        for step in 0..<Int(code) {
          guard let byte = data.u8(offset + (fourBits ? step / 2 : step)) else { break }
          set(column + step, fourBits ? (step & 1 == 0 ? byte >> 4 : byte & 15) : byte)
        }
        column += Int(code)
        let size = fourBits ? (Int(code) + 1) / 2 : Int(code)
        offset += size + size & 1
      }
    }
    return ReadOutcome(intactRows: header.height, rows: header.height)
  }

  private mutating func set(_ column: Int, _ index: UInt8) {
    if column < indices.count { indices[column] = index }
  }

  private mutating func emit(_ row: inout Int, into target: inout ImageAccumulator) {
    for (column, index) in indices.enumerated() {
      for channel in 0..<3 { pixels[3 * column + channel] = header.palette[3 * Int(index) + channel] }
      indices[column] = 0
    }
    pixels.withUnsafeBufferPointer {
      target.add($0, y: header.topDown ? row : header.height - 1 - row, count: header.width)
    }
    row += 1
  }
}
