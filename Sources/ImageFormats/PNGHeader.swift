extension HeaderParser {
  /// PNG, third edition: sections 5.3 (chunks), 11.2.1 (IHDR), 11.3.4.1 (acTL) and 11.3.3.5 (eXIf).
  static let png = HeaderParser(
    format: .png,
    recognises: { $0.starts(with: [0x89, 0x50, 0x4E, 0x47]) || $0.dropFirst().starts(with: signature.dropFirst()) },
    parse: { reader in
      guard try reader.needed(reader.bytes(at: 0, count: 8)) == signature else {
        throw reader.corrupt("its signature was changed, as by a transfer that takes it for text")
      }
      let (width, height) = try imageHeader(reader)
      var exif: ExifData?
      var frames = 1
      var hasPixels = false
      var offset = 8 + 12 + 13
      while true {
        if hasPixels {
          // The header is complete, and only EXIF may still follow: reaching the end or the budget is no longer an
          // error.
          guard reader.spend() else { break }
        } else {
          try reader.step()
        }
        guard let length = try reader.uint32(at: offset, .big), let type = try reader.bytes(at: offset + 4, count: 4)
        else {
          if hasPixels { break }
          _ = try reader.needed(nil as Int?)
          break
        }
        let start = offset + 8
        switch String(decoding: type, as: UTF8.self) {
        case "IDAT": hasPixels = true
        case "acTL" where !hasPixels && length == 8:
          frames = try reader.needed(reader.uint32(at: start, .big))
        case "eXIf" where exif == nil:
          exif = try ExifData(reader, from: start, to: start + length)
        case "IEND" where !hasPixels: throw reader.corrupt("it ends before its pixels")
        default: break
        }
        if type == Array("IEND".utf8) { break }
        offset = start + length + 4
      }
      return try reader.header(
        width: width, height: height, isAnimated: frames > 1, frameCount: min(frames, reader.frameLimit), exif: exif)
    })

  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  private static func imageHeader(_ reader: HeaderReader) throws -> (width: Int, height: Int) {
    let chunk = try reader.needed(reader.bytes(at: 12, count: 4 + 13))
    guard try reader.uint32(at: 8, .big) == 13, chunk.starts(with: "IHDR".utf8) else {
      throw reader.corrupt("its first chunk is not IHDR")
    }
    guard try reader.needed(reader.uint32(at: 29, .big)) == Int(checksum(chunk)) else {
      throw reader.corrupt("the checksum of IHDR is wrong")
    }
    let width = try reader.needed(reader.uint32(at: 16, .big))
    let height = try reader.needed(reader.uint32(at: 20, .big))
    guard width < 1 << 31, height < 1 << 31 else { throw reader.corrupt("its header says \(width) x \(height) pixels") }
    let (depth, color) = (chunk[12], chunk[13])
    guard depths[color]?.contains(depth) == true, chunk[14] == 0, chunk[15] == 0, chunk[16] <= 1 else {
      throw reader.corrupt("IHDR has values that PNG does not know (colour type \(color), depth \(depth))")
    }
    return (width, height)
  }

  /// The bit depths of each colour type: PNG, table 12.
  private static let depths: [UInt8: [UInt8]] = [
    0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16],
  ]

  /// The CRC-32 of PNG, section 5.5. Computed bit by bit, because it is only needed for 17 bytes.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
  }
}
