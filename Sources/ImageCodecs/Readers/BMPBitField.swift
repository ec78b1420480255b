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
