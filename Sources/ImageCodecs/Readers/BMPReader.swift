import ImageFormats

/// Decodes BMP: 1, 2, 4, 8, 16, 24 and 32 bits per pixel, palettes, bit fields, run lengths of 4, 8 and 24 bits, either
/// row order.
///
/// Implemented here, because none of the linked libraries reads BMP and the format is small. Memory: one row.
struct BMPReader: ImageReader {
  let width: Int
  let height: Int
  let layout: SampleLayout
  var workingMemory: Int { width * 5 }

  private let header: BMPLayout
  private let bytes: UnsafeRawBufferPointer
  private let fields: [BMPBitField]

  /// - Throws: ``ImageDecodingError`` as for the header.
  init(_ bytes: UnsafeRawBufferPointer, pace: Pace) throws {
    self.bytes = bytes
    header = try ImageDecodingError.translatingFormatErrors { try BMPLayout(MemorySource(bytes)) }
    width = header.width
    height = header.height
    fields = header.masks.map { BMPBitField(mask: $0) }
    layout = try Self.usesAlpha(header, bytes, pace) ? .rgba : .rgb
  }

  func read(into target: ImageAccumulator, pace: Pace) throws -> ReadOutcome {
    if header.packing != .rows {
      var decoder = BMPRunDecoder(header, bytes)
      return try decoder.read(into: target, pace: pace)
    }
    return try readRows(into: target, pace: pace)
  }

  private static func stride(_ header: BMPLayout) -> Int { (header.width * header.bits + 31) / 32 * 4 }

  /// Alpha is used only if some pixel has it: many writers leave the fourth byte 0.
  private static func usesAlpha(_ header: BMPLayout, _ bytes: UnsafeRawBufferPointer, _ pace: Pace) throws -> Bool {
    guard header.bits == 16 || header.bits == 32, let mask = header.masks.last, mask != 0 else { return false }
    let rowSize = stride(header)
    let pixelSize = header.bits / 8
    for row in 0..<header.height {
      let start = header.dataOffset + row * rowSize
      guard start + header.width * pixelSize <= bytes.count else { return false }
      for position in Swift.stride(from: start, to: start + header.width * pixelSize, by: pixelSize) {
        let value =
          pixelSize == 2
          ? UInt32(bytes.loadUnaligned(fromByteOffset: position, as: UInt16.self).littleEndian)
          : bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self).littleEndian
        if value & mask != 0 { return true }
      }
      try pace.spend(header.width)
    }
    return false
  }

  private func readRows(into target: ImageAccumulator, pace: Pace) throws -> ReadOutcome {
    let rowSize = Self.stride(header)
    let needed = (width * header.bits + 7) / 8
    var pixels = [UInt8](repeating: 0, count: width * layout.channels)
    for row in 0..<height {
      let start = header.dataOffset + row * rowSize
      // The last row need not be padded.
      guard start + needed <= bytes.count else {
        return ReadOutcome(
          intactRows: row, rows: height,
          failure: ImageDecodingError(.truncated, "the BMP ends in row \(row) of \(height)"))
      }
      pixels.withUnsafeMutableBufferPointer {
        unpack(UnsafeRawBufferPointer(rebasing: bytes[start..<start + needed]), into: $0)
      }
      pixels.withUnsafeBufferPointer {
        target.add($0, y: header.isTopDown ? row : height - 1 - row, count: width)
      }
      try pace.spend(width)
    }
    return ReadOutcome(intactRows: height, rows: height)
  }

  private func unpack(_ row: UnsafeRawBufferPointer, into pixels: UnsafeMutableBufferPointer<UInt8>) {
    let channels = layout.channels
    switch header.bits {
    case 24:
      let order = fields.prefix(3).map { Int($0.byte) }
      for column in 0..<width {
        for channel in 0..<3 { pixels[3 &* column &+ channel] = row[3 &* column &+ order[channel]] }
      }
    case 16, 32:
      let size = header.bits / 8
      for column in 0..<width {
        var value = UInt32(row[size * column]) | UInt32(row[size * column + 1]) << 8
        if size == 4 { value |= UInt32(row[4 * column + 2]) << 16 | UInt32(row[4 * column + 3]) << 24 }
        for channel in 0..<channels { pixels[channels * column + channel] = fields[channel].value(value) }
      }
    default:
      let perByte = 8 / header.bits
      let mask = UInt8(truncatingIfNeeded: (1 << header.bits) - 1)
      header.palette.withUnsafeBufferPointer { palette in
        for column in 0..<width {
          let shift = 8 - header.bits * (column % perByte + 1)
          let index = Int(row[column / perByte] >> UInt8(shift) & mask)
          for channel in 0..<3 { pixels[3 &* column &+ channel] = palette[3 &* index &+ channel] }
        }
      }
    }
  }
}

/// One channel of a 16-, 24- or 32-bit BMP pixel, widened or narrowed to 8 bits.
struct BMPBitField {
  let mask: UInt32
  private let shift: UInt32
  private let largest: UInt32

  init(mask: UInt32) {
    self.mask = mask
    shift = mask == 0 ? 0 : UInt32(mask.trailingZeroBitCount)
    largest = mask >> shift
  }

  /// The byte of the pixel in which the field begins, 0 to 2.
  var byte: UInt32 { min(2, shift / 8) }

  func value(_ pixel: UInt32) -> UInt8 {
    guard largest > 0 else { return 0 }
    if largest == 255 { return UInt8(truncatingIfNeeded: pixel >> shift) }
    let value = UInt64((pixel & mask) >> shift)
    return UInt8(clamping: (value * 255 + UInt64(largest) / 2) / UInt64(largest))
  }
}
