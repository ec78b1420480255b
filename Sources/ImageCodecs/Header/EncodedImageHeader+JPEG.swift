extension EncodedImageHeader {
  /// Walks the segments (ITU-T T.81, annex B) up to the frame header; the orientation is in APP1 (Exif 2.32, 4.7.2).
  static func jpeg(_ reader: ByteReader) throws -> EncodedImageHeader {
    var orientation: ImageOrientation?
    var offset = 2
    while true {
      guard let mark = reader.u8(offset), let marker = reader.u8(offset + 1) else { throw ended(.jpeg) }
      // Bytes between segments are skipped, as libjpeg does; 0xFF may be repeated as filling.
      if mark != 0xFF || marker == 0xFF || marker == 0 {
        offset += 1
        continue
      }
      if marker == 0x01 || (0xD0...0xD8).contains(marker) {
        offset += 2
        continue
      }
      if marker == 0xD9 || marker == 0xDA {
        throw ImageDecodingError(.corrupt, "the JPEG has no frame header before its first scan")
      }
      guard let length = reader.u16(offset + 2, .big) else { throw ended(.jpeg) }
      guard length >= 2 else {
        throw ImageDecodingError(.corrupt, "a segment of the JPEG is shorter than its length")
      }
      if marker == 0xE1, orientation == nil, reader.has("Exif\0", at: offset + 4) {
        orientation = reader.part(offset + 10, max(0, Int(length) - 8)).flatMap { ImageOrientation(exif: $0) }
      }
      // SOF0…SOF15 without DHT, JPG and DAC.
      if (0xC0...0xCF).contains(marker), marker != 0xC4, marker != 0xC8, marker != 0xCC {
        guard let height = reader.u16(offset + 5, .big), let width = reader.u16(offset + 7, .big) else {
          throw ended(.jpeg)
        }
        return EncodedImageHeader(
          .jpeg, Int(width), Int(height), orientation: orientation ?? .upright)
      }
      offset += 2 + Int(length)
    }
  }
}
