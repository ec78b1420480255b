extension EncodedImageHeader {
  /// IHDR, and `acTL` (frames) and `eXIf` (orientation) wherever they stand (PNG, third edition, 11.3 and 5.6).
  static func png(_ reader: ByteReader) throws -> EncodedImageHeader {
    guard reader.has("IHDR", at: 12), let width = reader.u32(16, .big), let height = reader.u32(20, .big) else {
      if reader.count < 24 { throw ended(.png) }
      throw ImageDecodingError(.corrupt, "the PNG does not begin with IHDR")
    }
    var frames = 1
    var orientation: ImageOrientation?
    var offset = 8
    while let length = reader.u32(offset, .big), reader.u32(offset + 4, .big) != nil {
      if reader.has("acTL", at: offset + 4), let count = reader.u32(offset + 8, .big) {
        frames = Int(count)
      } else if reader.has("eXIf", at: offset + 4), let block = reader.part(offset + 8, Int(length)) {
        orientation = ImageOrientation(exif: block)
      } else if reader.has("IEND", at: offset + 4) {
        break
      }
      offset += 12 + Int(length)
    }
    return EncodedImageHeader(
      .png, Int(width), Int(height), orientation: orientation ?? .upright, frameCount: frames)
  }
}
