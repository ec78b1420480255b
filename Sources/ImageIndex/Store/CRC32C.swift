/// CRC-32C (Castagnoli, reversed polynomial 0x82F63B78; RFC 3720, 12.1), eight bytes a step.
enum CRC32C {
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for i in 0..<256 {
      var value = UInt32(i)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
      tables[i] = value
    }
    for slice in 1..<8 {
      for i in 0..<256 {
        let before = tables[(slice - 1) * 256 + i]
        tables[slice * 256 + i] = before >> 8 ^ tables[Int(before & 0xFF)]
      }
    }
    return tables
  }()

  /// - Parameter seed: the checksum of the bytes before these; 0 at the beginning.
  static func checksum(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
    tables.withUnsafeBufferPointer { table in
      var crc = ~seed
      var i = 0
      while i + 8 <= bytes.count {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)) ^ UInt64(crc)
        crc = table[1792 + Int(word & 0xFF)]
        crc ^= table[1536 + Int(word >> 8 & 0xFF)]
        crc ^= table[1280 + Int(word >> 16 & 0xFF)]
        crc ^= table[1024 + Int(word >> 24 & 0xFF)]
        crc ^= table[768 + Int(word >> 32 & 0xFF)]
        crc ^= table[512 + Int(word >> 40 & 0xFF)]
        crc ^= table[256 + Int(word >> 48 & 0xFF)]
        crc ^= table[Int(word >> 56)]
        i += 8
      }
      while i < bytes.count {
        crc = crc >> 8 ^ table[Int((crc ^ UInt32(bytes[i])) & 0xFF)]
        i += 1
      }
      return ~crc
    }
  }

  static func checksum(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { checksum($0) } }
}
