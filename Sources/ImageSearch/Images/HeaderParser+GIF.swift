extension HeaderParser {
  /// GIF89a specification, sections 15 to 27.
  static let gif = HeaderParser(
    format: .gif,
    recognises: { $0.starts(with: "GIF87a".utf8) || $0.starts(with: "GIF89a".utf8) },
    parse: { reader in
      let width = try reader.needed(reader.uint16(at: 6, .little))
      let height = try reader.needed(reader.uint16(at: 8, .little))
      let flags = try reader.needed(reader.byte(at: 10))
      var offset = 13 + colorTableSize(flags)
      var frames = 0
      walk: while frames < 2 {
        try reader.step()
        guard let block = try reader.byte(at: offset) else { break }
        switch block {
        case 0x21:
          offset = try endOfSubBlocks(reader, from: offset + 2)
        case 0x2C:
          let frame = try reader.bytes(at: offset + 1, count: 9)
          frames += 1
          if frames == 2 { break walk }
          let descriptor = try reader.needed(frame)
          guard descriptor[4] | descriptor[5] != 0, descriptor[6] | descriptor[7] != 0 else {
            throw reader.corrupt("its first frame has no pixels")
          }
          // One byte, the code size, comes before the pixels.
          offset = try endOfSubBlocks(reader, from: offset + 10 + colorTableSize(descriptor[8]) + 1)
        case 0x00:  // padding that some programs write between blocks
          offset += 1
        case 0x3B: break walk
        default:
          // Behind the first frame this is rubbish at the end, which readers ignore.
          if frames > 0 { break walk }
          throw reader.corrupt("its header contains a block of unknown kind \(block)")
        }
      }
      guard frames > 0 else { throw reader.corrupt("it ends before its first frame") }
      return try reader.header(width: width, height: height, isAnimated: frames > 1)
    })

  /// Bytes of the colour table that the flags of a screen or frame announce.
  private static func colorTableSize(_ flags: UInt8) -> Int {
    flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 0x07) + 1)
  }

  /// The offset behind a chain of sub-blocks; the end of the image when it is cut short there.
  private static func endOfSubBlocks(_ reader: HeaderReader, from start: Int) throws -> Int {
    var offset = start
    while let length = try reader.byte(at: offset) {
      try reader.step()
      offset += 1 + Int(length)
      if length == 0 { break }
    }
    return offset
  }
}
