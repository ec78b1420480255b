extension HeaderParser {
  /// JPEG: ITU-T T.81 annex B for the markers, EXIF 2.32 section 4.7.2 for EXIF.
  static let jpeg = HeaderParser(
    format: .jpeg,
    // 0xF7 is JPEG-LS, another format.
    recognises: { $0.starts(with: [0xFF, 0xD8, 0xFF]) && !$0.dropFirst(3).starts(with: [0xF7]) },
    parse: { reader in
      var size: (width: Int, height: Int)?
      var exif: ExifData?
      var offset = 2
      while true {
        try reader.step()
        // Stray bytes between segments are skipped, as in libjpeg.
        guard try reader.needed(reader.byte(at: offset)) == 0xFF else {
          offset += 1
          continue
        }
        let marker = try reader.needed(reader.byte(at: offset + 1))
        switch marker {
        case 0xFF:  // fill byte
          offset += 1
          continue
        case 0x00, 0x01, 0xD0...0xD7:  // no parameters
          offset += 2
          continue
        case 0xD8: throw reader.corrupt("it begins a second time inside its header")
        case 0xD9: throw reader.corrupt("it ends before its first scan")
        case 0xDA:
          // EXIF may follow the frame header, so parsing continues to the first scan.
          guard let size else { throw reader.corrupt("its first scan comes before the frame header") }
          // T.81 allows a height that only follows the first scan (DNL); no decoder supports it.
          guard size.height > 0 || size.width == 0 else {
            throw reader.unsupported("its height is not in its header (DNL)")
          }
          return try reader.header(width: size.width, height: size.height, exif: exif)
        default: break
        }
        let length = try reader.needed(reader.uint16(at: offset + 2, .big))
        guard length >= 2 else { throw reader.corrupt("a segment says it has \(length) bytes") }
        if isFrameHeader(marker) {
          guard size == nil else { throw reader.corrupt("it has two frame headers") }
          let components = Int(try reader.needed(reader.byte(at: offset + 9)))
          guard components > 0, length == 8 + 3 * components else {
            throw reader.corrupt("its frame header has \(length) bytes for \(components) components")
          }
          size = try (
            width: reader.needed(reader.uint16(at: offset + 7, .big)),
            height: reader.needed(reader.uint16(at: offset + 5, .big))
          )
        } else if marker == 0xE1, exif == nil {
          exif = try ExifData(reader, from: offset + 4, to: offset + 2 + length)
        }
        offset += 2 + length
      }
    })

  /// SOF0…SOF15 without DHT, JPG and DAC, which share their range.
  private static func isFrameHeader(_ marker: UInt8) -> Bool {
    (0xC0...0xCF).contains(marker) && marker != 0xC4 && marker != 0xC8 && marker != 0xCC
  }
}
