extension EncodedImageHeader {
  /// Canvas, frames and Exif of a WEBP (WebP Container Specification; RFC 6386, 9.1; WebP Lossless Bitstream, 3).
  static func webp(_ reader: ByteReader) throws -> EncodedImageHeader {
    var canvas: (width: Int, height: Int)?
    var frames = 0
    var orientation: ImageOrientation?
    var offset = 12
    while let length = reader.u32(offset + 4, .little) {
      let body = offset + 8
      if reader.has("VP8X", at: offset), let width = reader.u24(body + 4), let height = reader.u24(body + 7) {
        canvas = (width + 1, height + 1)
      } else if reader.has("ANMF", at: offset) {
        frames += 1
      } else if reader.has("EXIF", at: offset), let block = reader.part(body, Int(length)) {
        // Some writers keep the prefix that a JPEG needs.
        let bare = block.begins("Exif\0") ? block.part(6, block.count) : block
        orientation = bare.flatMap { ImageOrientation(exif: $0) }
      } else if canvas == nil, reader.has("VP8 ", at: offset), let width = reader.u16(body + 6, .little),
        let height = reader.u16(body + 8, .little)
      {
        canvas = (Int(width & 0x3FFF), Int(height & 0x3FFF))
      } else if canvas == nil, reader.has("VP8L", at: offset), let bits = reader.u32(body + 1, .little) {
        canvas = (Int(bits & 0x3FFF) + 1, Int(bits >> 14 & 0x3FFF) + 1)
      }
      if frames >= mostFrames { break }
      offset = body + Int(length) + Int(length & 1)
    }
    guard let canvas else { throw ended(.webp) }
    return EncodedImageHeader(
      .webp, canvas.width, canvas.height, orientation: orientation ?? .upright, frameCount: frames)
  }

  /// The chunks of the first frame of an animation with its place on the canvas, or `nil` for a still image.
  static func firstWEBPFrame(_ reader: ByteReader) -> (x: Int, y: Int, chunks: ByteReader)? {
    var offset = 12
    while let length = reader.u32(offset + 4, .little) {
      let body = offset + 8
      if reader.has("ANMF", at: offset), length >= 16, let x = reader.u24(body), let y = reader.u24(body + 3),
        let chunks = reader.part(body + 16, Int(length) - 16)
      {
        return (2 * x, 2 * y, chunks)
      }
      offset = body + Int(length) + Int(length & 1)
    }
    return nil
  }
}
