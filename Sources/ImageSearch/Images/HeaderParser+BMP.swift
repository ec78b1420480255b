extension HeaderParser {
  /// Windows bitmaps (BITMAPFILEHEADER, then BITMAPCOREHEADER … BITMAPV5HEADER) and those of OS/2.
  static let bmp = HeaderParser(
    format: .bmp,
    recognises: { start in
      guard start.starts(with: "BM".utf8) else { return false }
      // Two letters may begin any text: where the size of the second header can be seen, it must be a known one.
      guard start.count >= 18 else { return true }
      return headerSizes.contains(start[14]) && start[15...17].allSatisfy { $0 == 0 }
    },
    parse: { reader in
      let pixels = try reader.needed(reader.uint32(at: 10, .little))
      let headerSize = try reader.needed(reader.uint32(at: 14, .little))
      guard headerSize > 12 else {
        let width = try reader.needed(reader.uint16(at: 18, .little))
        let height = try reader.needed(reader.uint16(at: 20, .little))
        try check(reader, pixels: pixels, headerSize: headerSize, depth: reader.uint16(at: 24, .little))
        return try reader.header(width: width, height: height)
      }
      let width = signed(try reader.needed(reader.uint32(at: 18, .little)))
      let height = signed(try reader.needed(reader.uint32(at: 22, .little)))
      try check(reader, pixels: pixels, headerSize: headerSize, depth: reader.uint16(at: 28, .little))
      // A negative height says that the rows go from the top down.
      return try reader.header(width: width, height: abs(height))
    })

  private static let headerSizes: Set<UInt8> = [12, 16, 40, 52, 56, 64, 108, 124]

  private static func check(_ reader: HeaderReader, pixels: Int, headerSize: Int, depth: Int?) throws {
    let depth = try reader.needed(depth)
    // Depth 0 stands for a JPEG or PNG inside.
    guard [0, 1, 2, 4, 8, 16, 24, 32].contains(depth) else {
      throw reader.corrupt("its header says \(depth) bits a pixel")
    }
    _ = try reader.needed(reader.byte(at: 14 + headerSize - 1))
    guard pixels < reader.count else {
      throw reader.corrupt("its pixels begin at byte \(pixels) but it has \(reader.count) bytes")
    }
  }

  /// Two's complement of 32 bits.
  private static func signed(_ value: Int) -> Int { Int(Int32(truncatingIfNeeded: value)) }
}
