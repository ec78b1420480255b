extension HeaderParser {
  /// GIF89a specification, sections 15 to 27.
  static let gif = HeaderParser(
    format: .gif,
    recognises: { $0.starts(with: "GIF87a".utf8) || $0.starts(with: "GIF89a".utf8) },
    parse: { reader in
      var width = try reader.needed(reader.uint16(at: 6, .little))
      var height = try reader.needed(reader.uint16(at: 8, .little))
      let flags = try reader.needed(reader.byte(at: 10))
      var offset = 13 + colorTableSize(flags)
      var frames = 0
      walk: while frames < reader.frameLimit {
        // After the first frame the header is complete; missing data only ends the count.
        if frames > 0 { guard reader.spend() else { break } } else { try reader.step() }
        guard let block = try reader.byte(at: offset) else { break }
        switch block {
        case 0x21:
          guard let end = try endOfSubBlocks(reader, from: offset + 2) else {
            if frames > 0 { break walk }
            throw reader.corrupt("its header has too many parts")
          }
          offset = end
        case 0x2C:
          let frame = try reader.bytes(at: offset + 1, count: 9)
          if frames > 0, frame == nil { break walk }
          let descriptor = try reader.needed(frame)
          frames += 1
          if frames == 1 {
            let (frameWidth, frameHeight) = (
              Int(descriptor[4]) | Int(descriptor[5]) << 8, Int(descriptor[6]) | Int(descriptor[7]) << 8
            )
            guard frameWidth > 0, frameHeight > 0 else { throw reader.corrupt("its first frame has no pixels") }
            // Some writers leave the screen size 0; viewers then use the first frame's size.
            if width == 0 || height == 0 { (width, height) = (frameWidth, frameHeight) }
          }
          // One byte, the code size, precedes the pixels.
          guard let end = try endOfSubBlocks(reader, from: offset + 10 + colorTableSize(descriptor[8]) + 1) else {
            break walk
          }
          offset = end
        case 0x00:  // padding that some programs write between blocks
          offset += 1
        case 0x3B: break walk
        default:
          // After the first frame this is trailing garbage, which readers ignore.
          if frames > 0 { break walk }
          throw reader.corrupt("its header contains a block of unknown kind \(block)")
        }
      }
      guard frames > 0 else { throw reader.corrupt("it ends before its first frame") }
      return try reader.header(width: width, height: height, isAnimated: frames > 1, frameCount: frames)
    })

  /// Size in bytes of the colour table that the flags of a screen or frame declare.
  private static func colorTableSize(_ flags: UInt8) -> Int {
    flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 0x07) + 1)
  }

  /// The offset after a chain of sub-blocks; the end of the image if it is truncated there, `nil` when the budget is
  /// spent.
  private static func endOfSubBlocks(_ reader: HeaderReader, from start: Int) throws -> Int? {
    var offset = start
    while let length = try reader.byte(at: offset) {
      guard reader.spend() else { return nil }
      offset += 1 + Int(length)
      if length == 0 { break }
    }
    return offset
  }
}
