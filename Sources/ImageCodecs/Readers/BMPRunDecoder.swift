import ImageFormats

/// The run-length codes of BMP (Microsoft, "Bitmap Compression"; for 24 bits: OS/2). Skipped pixels have palette entry
/// 0, or are black.
struct BMPRunDecoder {
  private let header: BMPLayout
  private let bytes: UnsafeRawBufferPointer
  /// Bytes per colour in the data; 0 means half a byte.
  private let size: Int
  private let blank: [UInt8]
  private var pixels: [UInt8]

  init(_ header: BMPLayout, _ bytes: UnsafeRawBufferPointer) {
    self.header = header
    self.bytes = bytes
    size =
      switch header.packing {
      case .runs4: 0
      case .runs24: 3
      default: 1
      }
    let first = size == 3 ? [0, 0, 0] : Array(header.palette[..<3])
    blank = Array(repeatElement(first, count: header.width).joined())
    pixels = blank
  }

  mutating func read(into target: ImageAccumulator, pace: Pace) throws -> ReadOutcome {
    var offset = header.dataOffset
    var column = 0
    var row = 0
    while row < header.height {
      guard offset + 1 < bytes.count, bytes[offset] == 0 || offset + 1 + max(1, size) <= bytes.count else {
        return ReadOutcome(
          intactRows: row, rows: header.height,
          failure: ImageDecodingError(.truncated, "the BMP ends in row \(row) of \(header.height)"))
      }
      let (count, code) = (Int(bytes[offset]), bytes[offset + 1])
      try pace.spend(count + 1)
      if count > 0 {
        for step in 0..<count { set(column + step, at: offset + 1, step: size == 0 ? step & 1 : 0) }
        offset += 1 + max(1, size)
        column += count
        continue
      }
      offset += 2
      switch code {
      case 0:
        try emit(&row, into: target, pace)
        column = 0
      case 1:
        while row < header.height { try emit(&row, into: target, pace) }
      case 2:
        guard offset + 1 < bytes.count else { continue }
        let (right, down) = (Int(bytes[offset]), Int(bytes[offset + 1]))
        offset += 2
        column += right
        for _ in 0..<down where row < header.height { try emit(&row, into: target, pace) }
      default:
        for step in 0..<Int(code) { set(column + step, at: offset, step: step) }
        column += Int(code)
        let length = size == 0 ? (Int(code) + 1) / 2 : Int(code) * size
        offset += length + length & 1
      }
    }
    return ReadOutcome(intactRows: header.height, rows: header.height)
  }

  /// Sets a pixel to the colour that is `step` colours after `offset`.
  private mutating func set(_ column: Int, at offset: Int, step: Int) {
    guard column < header.width else { return }
    if size == 3 {
      let place = offset + 3 * step
      guard place + 2 < bytes.count else { return }
      for channel in 0..<3 { pixels[3 * column + channel] = bytes[place + 2 - channel] }
      return
    }
    let place = offset + (size == 0 ? step / 2 : step)
    guard place < bytes.count else { return }
    let byte = bytes[place]
    let index = Int(size == 0 ? (step & 1 == 0 ? byte >> 4 : byte & 15) : byte)
    for channel in 0..<3 { pixels[3 * column + channel] = header.palette[3 * index + channel] }
  }

  private mutating func emit(_ row: inout Int, into target: ImageAccumulator, _ pace: Pace) throws {
    pixels.withUnsafeBufferPointer {
      target.add($0, y: header.isTopDown ? row : header.height - 1 - row, count: header.width)
    }
    pixels = blank
    row += 1
    try pace.spend(header.width)
  }
}
