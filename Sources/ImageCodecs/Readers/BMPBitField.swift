/// One channel of a 16- or 32-bit BMP pixel, widened or narrowed to 8 bits.
struct BMPBitField {
  let mask: UInt32
  private let shift: UInt32
  private let largest: UInt32

  init(mask: UInt32) {
    self.mask = mask
    shift = mask == 0 ? 0 : UInt32(mask.trailingZeroBitCount)
    largest = mask >> shift
  }

  func value(_ pixel: UInt32) -> UInt8 {
    guard largest > 0 else { return 0 }
    let value = UInt64((pixel & mask) >> shift)
    return UInt8(clamping: (value * 255 + UInt64(largest) / 2) / UInt64(largest))
  }
}
