extension HeaderParser {
  /// WEBP container (RFC 9649 section 2), lossy (RFC 6386 section 9.1) and lossless (RFC 9649 section 3.4) headers.
  static let webp = HeaderParser(
    format: .webp,
    recognises: { $0.starts(with: "RIFF".utf8) && $0.dropFirst(8).starts(with: "WEBP".utf8) },
    parse: { reader in
      let announced = try reader.needed(reader.uint32(at: 4, .little)) + 8
      guard announced <= reader.count else {
        throw ImageFormatError(
          .truncated, "the WEBP image is damaged: it says it has \(announced) bytes but has \(reader.count)")
      }
      let kind = String(decoding: try reader.needed(reader.bytes(at: 12, count: 4)), as: UTF8.self)
      let length = try reader.needed(reader.uint32(at: 16, .little))
      switch kind {
      case "VP8 ":
        let tag = try reader.needed(reader.bytes(at: 20, count: 6))
        guard length >= 10, tag[0] & 1 == 0, tag[3...] == [0x9D, 0x01, 0x2A] else {
          throw reader.corrupt("its lossy part does not begin with a key frame")
        }
        // The two bits above each side request scaling, which no decoder implements.
        return try reader.header(
          width: reader.needed(reader.uint16(at: 26, .little)) & 0x3FFF,
          height: reader.needed(reader.uint16(at: 28, .little)) & 0x3FFF)
      case "VP8L":
        let bits = try reader.needed(reader.uint32(at: 21, .little))
        guard length >= 5, try reader.byte(at: 20) == 0x2F, bits >> 29 == 0 else {
          throw reader.corrupt("its lossless part does not begin with the header of version 0")
        }
        return try reader.header(width: bits & 0x3FFF + 1, height: bits >> 14 & 0x3FFF + 1)
      case "VP8X":
        return try extended(reader, length: length, end: announced)
      default: throw reader.corrupt("its first chunk is none of VP8, VP8L and VP8X")
      }
    })

  private static func extended(_ reader: HeaderReader, length: Int, end: Int) throws -> ImageHeader {
    let data = try reader.needed(reader.bytes(at: 20, count: 10)).map(Int.init)
    let width = 1 + (data[4] | data[5] << 8 | data[6] << 16)
    let height = 1 + (data[7] | data[8] << 8 | data[9] << 16)
    guard length >= 10, width * height < 1 << 32 else {
      throw reader.corrupt("its header has \(length) bytes and says \(width) x \(height) pixels")
    }
    let hasExif = data[0] & 0x08 != 0
    var exif: ExifData?
    var frames = 0
    // EXIF follows the pixels; if it cannot be found, the image is upright.
    var offset = 20 + padded(length)
    while offset < end, reader.spend(), let kind = try reader.bytes(at: offset, count: 4),
      let length = try reader.uint32(at: offset + 4, .little)
    {
      if kind == Array("ANMF".utf8) { frames += 1 }
      if hasExif, kind == Array("EXIF".utf8) {
        exif = try ExifData(reader, from: offset + 8, to: min(end, offset + 8 + length))
        break
      }
      offset += 8 + padded(length)
    }
    return try reader.header(
      width: width, height: height, isAnimated: data[0] & 0x02 != 0, frameCount: min(frames, reader.frameLimit),
      exif: exif)
  }

  /// Chunks begin at even offsets.
  fileprivate static func padded(_ length: Int) -> Int { length + length & 1 }
}

extension ImageHeader {
  /// The range of the chunks of an animation's first frame, and its position on the canvas; `nil` for a still image.
  ///
  /// - Throws: ``ImageFormatError``.
  package static func firstWEBPFrame(of source: some ByteSource) throws -> (x: Int, y: Int, chunks: Range<Int>)? {
    let reader = HeaderReader(source, format: .webp, frameLimit: 1)
    var offset = 12
    while let kind = try reader.bytes(at: offset, count: 4), let length = try reader.uint32(at: offset + 4, .little) {
      try reader.step()
      let body = offset + 8
      if kind == Array("ANMF".utf8), length >= 16, let place = try reader.bytes(at: body, count: 6) {
        func half(_ index: Int) -> Int {
          Int(place[index]) | Int(place[index + 1]) << 8 | Int(place[index + 2]) << 16
        }
        return (2 * half(0), 2 * half(3), min(body + 16, reader.count)..<min(body + length, reader.count))
      }
      offset = body + HeaderParser.padded(length)
    }
    return nil
  }
}
