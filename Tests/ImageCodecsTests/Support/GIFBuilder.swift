/// Writes GIF with codes of a fixed width: a clear code comes before the dictionary grows.
struct GIFBuilder {
  struct Frame {
    var left = 0
    var top = 0
    var width: Int
    var height: Int
    var indices: [UInt8]
    var interlaced = false
    var transparent: Int?
    var palette: [UInt8]?
  }

  var width: Int
  var height: Int
  /// R, G, B for 256 entries, or fewer by a power of two.
  var palette: [UInt8]?
  var frames: [Frame] = []

  static let grayPalette: [UInt8] = (0..<256).flatMap { [UInt8($0), UInt8($0), UInt8($0)] }

  func build() -> [UInt8] {
    var writer = ByteWriter()
    writer.text("GIF89a")
    writer.u16(width)
    writer.u16(height)
    writer.bytes += [Self.flags(palette), 0, 0]
    writer.bytes += palette ?? []
    for frame in frames {
      if frame.transparent != nil || frames.count > 1 {
        writer.bytes += [0x21, 0xF9, 4, frame.transparent == nil ? 0 : 1, 10, 0, UInt8(frame.transparent ?? 0), 0]
      }
      writer.u8(0x2C)
      for value in [frame.left, frame.top, frame.width, frame.height] { writer.u16(value) }
      writer.bytes.append(Self.flags(frame.palette) | (frame.interlaced ? 0x40 : 0))
      writer.bytes += frame.palette ?? []
      writer.u8(8)
      let codes = Self.codes(ordered(frame))
      for start in stride(from: 0, to: codes.count, by: 255) {
        let end = min(codes.count, start + 255)
        writer.u8(end - start)
        writer.bytes += codes[start..<end]
      }
      writer.u8(0)
    }
    writer.u8(0x3B)
    return writer.bytes
  }

  private static func flags(_ palette: [UInt8]?) -> UInt8 {
    guard let palette else { return 0 }
    return 0x80 | UInt8((palette.count / 3).trailingZeroBitCount - 1)
  }

  private func ordered(_ frame: Frame) -> [UInt8] {
    guard frame.interlaced else { return frame.indices }
    return [(0, 8), (4, 8), (2, 4), (1, 2)].flatMap { first, step in
      stride(from: first, to: frame.height, by: step).flatMap { y in
        frame.indices[y * frame.width..<(y + 1) * frame.width]
      }
    }
  }

  /// Nine bits per code, least significant bit first.
  private static func codes(_ indices: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = 0
    var bits = 0
    func put(_ code: Int) {
      buffer |= code << bits
      bits += 9
      while bits >= 8 {
        bytes.append(UInt8(buffer & 255))
        buffer >>= 8
        bits -= 8
      }
    }
    for (position, index) in indices.enumerated() {
      if position % 200 == 0 { put(256) }
      put(Int(index))
    }
    put(257)
    if bits > 0 { bytes.append(UInt8(buffer & 255)) }
    return bytes
  }
}
