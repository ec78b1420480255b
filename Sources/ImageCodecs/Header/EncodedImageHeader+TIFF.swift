extension EncodedImageHeader {
  /// Size and orientation of the first directory, and how many directories follow (TIFF 6.0, section 2; BigTIFF).
  static func tiff(_ reader: ByteReader) throws -> EncodedImageHeader {
    let order: ByteReader.Order = reader.u8(0) == 0x49 ? .little : .big
    let big = reader.u16(2, order) == 43
    let word = big ? 8 : 4
    func offsetAt(_ position: Int) -> Int? {
      big ? reader.u64(position, order).flatMap { Int(exactly: $0) } : reader.u32(position, order).map { Int($0) }
    }
    guard let first = offsetAt(big ? 8 : 4) else { throw ended(.tiff) }
    var width: Int?
    var height: Int?
    var orientation: ImageOrientation?
    var directories = 0
    var next = first
    // A chain that runs in a circle ends at the count that is reported at most.
    while next > 0, next < reader.count, directories < mostFrames {
      let entries = big ? reader.u64(next, order).flatMap { Int(exactly: $0) } : reader.u16(next, order).map { Int($0) }
      guard let entries, entries <= 65_535 else { break }
      let start = next + (big ? 8 : 2)
      let size = big ? 20 : 12
      if directories == 0 {
        for entry in 0..<entries {
          let position = start + entry * size
          guard let tag = reader.u16(position, order), let type = reader.u16(position + 2, order) else { break }
          let place = position + 4 + word
          let value = type == 3 ? reader.u16(place, order).map { Int($0) } : reader.u32(place, order).map { Int($0) }
          switch tag {
          case 256: width = value
          case 257: height = value
          case 274: orientation = value.flatMap { ImageOrientation(rawValue: $0) }
          default: break
          }
        }
      }
      directories += 1
      next = offsetAt(start + entries * size) ?? 0
    }
    guard let width, let height else {
      throw directories == 0 ? ended(.tiff) : ImageDecodingError(.corrupt, "the TIFF does not say how large it is")
    }
    return EncodedImageHeader(
      .tiff, width, height, orientation: orientation ?? .upright, frameCount: directories)
  }
}
