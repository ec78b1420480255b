/// Builds the synthetic files of these tests.
struct ByteWriter {
  var bytes: [UInt8] = []
  var bigEndian = false

  init(bigEndian: Bool = false) { self.bigEndian = bigEndian }

  mutating func u8(_ value: Int) { bytes.append(UInt8(truncatingIfNeeded: value)) }

  mutating func u16(_ value: Int) {
    if bigEndian {
      u8(value >> 8)
      u8(value)
    } else {
      u8(value)
      u8(value >> 8)
    }
  }

  mutating func u32(_ value: Int) {
    if bigEndian {
      u16(value >> 16)
      u16(value)
    } else {
      u16(value)
      u16(value >> 16)
    }
  }

  mutating func text(_ text: String) { bytes += Array(text.utf8) }

  mutating func pad(to multiple: Int) { while bytes.count % multiple != 0 { bytes.append(0) } }
}

/// Writes bits, most significant first; each row begins on a byte.
func packed(_ values: [Int], width: Int, bits: Int) -> [UInt8] {
  var bytes: [UInt8] = []
  for start in stride(from: 0, to: values.count, by: width) {
    var byte = 0
    var filled = 0
    for value in values[start..<start + width] {
      for bit in stride(from: bits - 1, through: 0, by: -1) {
        byte = byte << 1 | value >> bit & 1
        filled += 1
        if filled == 8 {
          bytes.append(UInt8(byte))
          (byte, filled) = (0, 0)
        }
      }
    }
    if filled > 0 { bytes.append(UInt8(byte << (8 - filled))) }
  }
  return bytes
}
