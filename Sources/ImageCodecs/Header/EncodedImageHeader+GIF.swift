extension EncodedImageHeader {
  /// The logical screen; frames are counted by their image descriptors (GIF89a, sections 18 and 20).
  static func gif(_ reader: ByteReader) throws -> EncodedImageHeader {
    guard let width = reader.u16(6, .little), let height = reader.u16(8, .little), let flags = reader.u8(10) else {
      throw ended(.gif)
    }
    var offset = 13 + paletteSize(flags)
    var frames = 0
    var canvas = (width: Int(width), height: Int(height))
    scan: while frames < mostFrames, let kind = reader.u8(offset) {
      switch kind {
      case 0x21:
        offset += 2
      case 0x2C:
        guard let flags = reader.u8(offset + 9) else { break scan }
        if frames == 0, canvas.width == 0 || canvas.height == 0,
          let frameWidth = reader.u16(offset + 5, .little), let frameHeight = reader.u16(offset + 7, .little)
        {
          // Some writers leave the screen empty; viewers then take the first frame's size.
          canvas = (Int(frameWidth), Int(frameHeight))
        }
        frames += 1
        offset += 11 + paletteSize(flags)
      default:
        break scan
      }
      // Sub-blocks up to the empty one.
      while let length = reader.u8(offset) {
        offset += 1 + Int(length)
        if length == 0 { break }
      }
    }
    return EncodedImageHeader(.gif, canvas.width, canvas.height, frameCount: frames)
  }

  private static func paletteSize(_ flags: UInt8) -> Int {
    flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1)
  }
}
