extension HeaderParser {
  /// Windows bitmaps (BITMAPFILEHEADER, then BITMAPCOREHEADER … BITMAPV5HEADER) and those of OS/2.
  static let bmp = HeaderParser(
    format: .bmp,
    recognises: { start in
      guard start.starts(with: "BM".utf8) else { return false }
      // Any text may begin with two such letters: if the size of the second header is known, it must be a valid one.
      guard start.count >= 18 else { return start.count >= 10 && start[6...9].allSatisfy { $0 == 0 } }
      return BMPLayout.headerSizes.contains(Int(start[14])) && start[15...17].allSatisfy { $0 == 0 }
    },
    parse: { reader in
      let layout = try BMPLayout(reader)
      return try reader.header(width: layout.width, height: layout.height)
    })
}

/// Where and how the pixels of a BMP are stored: headers of OS/2 (12, 16 to 64 bytes) and Windows (40, 52, 56, 108, 124).
///
/// Sources: Microsoft, "Bitmap Storage" (BITMAPCOREHEADER, BITMAPINFOHEADER, BITMAPV4HEADER, BITMAPV5HEADER); IBM, "OS/2
/// Presentation Manager Programming Reference", BITMAPINFOHEADER2. Where they leave the behaviour open, it is that of
/// Pillow (BmpImagePlugin).
package struct BMPLayout: Sendable {
  /// How the pixels are packed.
  package enum Packing: Sendable { case rows, runs8, runs4, runs24 }

  static let headerSizes: Set<Int> = Set([12, 108, 124] + (16...64))

  package let width: Int
  package let height: Int
  package let isTopDown: Bool
  package let bits: Int
  package let packing: Packing
  /// Masks of red, green, blue and alpha for 16, 24 and 32 bits per pixel; an alpha mask of 0 means opaque.
  package let masks: [UInt32]
  /// R, G, B for 1 to 8 bits per pixel, exactly 256 entries; black if the file has none.
  package let palette: [UInt8]
  /// Offset of the pixels.
  package let dataOffset: Int

  /// - Throws: ``ImageFormatError``, and what the source throws.
  package init(_ source: some ByteSource) throws {
    try self.init(HeaderReader(source, format: .bmp, frameLimit: 1))
  }

  init(_ reader: HeaderReader) throws {
    func u16(_ offset: Int) throws -> Int { try reader.needed(reader.uint16(at: offset, .little)) }
    func u32(_ offset: Int) throws -> Int { try reader.needed(reader.uint32(at: offset, .little)) }
    func mask(_ offset: Int) throws -> UInt32 { UInt32(truncatingIfNeeded: try u32(offset)) }

    let announced = try u32(10)
    let headerSize = try u32(14)
    guard Self.headerSizes.contains(headerSize) else {
      throw reader.corrupt("its second header has \(headerSize) bytes")
    }
    let isCore = headerSize == 12
    // Fields that a short OS/2 header omits are 0.
    func u32IfThere(_ offset: Int) throws -> Int { offset + 4 <= 14 + headerSize ? try u32(offset) : 0 }
    width = isCore ? try u16(18) : Int(Int32(truncatingIfNeeded: try u32(18)))
    let rows = isCore ? try u16(20) : Int(Int32(truncatingIfNeeded: try u32(22)))
    bits = try u16(isCore ? 24 : 28)
    _ = try reader.needed(reader.byte(at: 14 + headerSize - 1))
    height = abs(rows)
    isTopDown = rows < 0
    guard width > 0, height > 0 else { throw reader.corrupt("its header says \(width) x \(rows) pixels") }
    // Depth 0 means an embedded JPEG or PNG.
    guard [0, 1, 2, 4, 8, 16, 24, 32, 64].contains(bits) else {
      throw reader.corrupt("its header says \(bits) bits a pixel")
    }

    let method = try u32IfThere(30)
    // The same numbers have different meanings in the two families.
    let isOS2 = !isCore && ![40, 52, 56, 108, 124].contains(headerSize)
    var packing = Packing.rows
    var hasMasks = false
    switch (method, bits, isOS2) {
    case (0, 1...32, _): break
    case (1, 8, _): packing = .runs8
    case (2, 4, _): packing = .runs4
    case (4, 24, true): packing = .runs24
    case (3, 16, false), (3, 24, false), (3, 32, false), (6, 16, false), (6, 32, false): hasMasks = true
    case (3, 1, true): throw reader.unsupported("fax codes (compression 3) in a BMP of OS/2")
    case (4, _, false), (5, _, false): throw reader.unsupported("a JPEG or PNG inside (compression \(method))")
    case (_, 64, _): throw reader.unsupported("64 bits a pixel")
    case (0...6, _, _), (11...13, _, _): throw reader.unsupported("\(bits) bits a pixel with compression \(method)")
    default: throw reader.corrupt("its header says compression \(method)")
    }
    self.packing = packing

    // The masks follow a header of 40 bytes, and are part of longer headers.
    if hasMasks {
      let alpha = headerSize >= 56 || (method == 6 && headerSize == 40) ? try mask(66) : 0
      var masks = [try mask(54), try mask(58), try mask(62), alpha]
      if bits == 32, masks.allSatisfy({ $0 == 0 }) { masks = [0xFF0000, 0xFF00, 0xFF, 0xFF00_0000] }
      self.masks = masks
    } else {
      masks = bits == 16 ? [0x7C00, 0x3E0, 0x1F, 0] : [0xFF0000, 0xFF00, 0xFF, 0]
    }
    let ownMasks = hasMasks && headerSize == 40 ? (method == 6 ? 16 : 12) : 0

    let tableStart = 14 + headerSize + ownMasks
    let entrySize = isCore ? 3 : 4
    let used = try u32IfThere(46)
    let entries = used > 0 ? used : bits <= 8 ? 1 << bits : 0
    let tableSize = bits <= 8 ? min(entries, 1 << 24) * entrySize : 0
    var palette = [UInt8](repeating: 0, count: 768)
    if bits <= 8 {
      for index in 0..<min(entries, 256) {
        // Missing entries of a truncated palette are black.
        guard let entry = try reader.bytes(at: tableStart + index * entrySize, count: 3) else { break }
        palette.replaceSubrange(3 * index..<3 * index + 3, with: entry.reversed())
      }
    }
    self.palette = palette
    // If the file does not say where its pixels begin, or says that they begin at the palette, they follow the palette.
    dataOffset = announced == 0 || (bits <= 8 && announced == 14 + headerSize) ? tableStart + tableSize : announced
    guard dataOffset < reader.count else {
      throw ImageFormatError(
        .truncated,
        "the BMP image is damaged: its pixels begin at byte \(dataOffset) but it has \(reader.count) bytes")
    }
  }
}
