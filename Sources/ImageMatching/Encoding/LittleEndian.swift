/// Bytes that numbers are appended to, the lowest byte first.
package struct LittleEndianBytes {
  package var bytes: [UInt8] = []

  package init() {}

  package mutating func put(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }
}

/// Reads numbers one after the other, the lowest byte first. What is beyond the end is 0.
package struct LittleEndianReader {
  private let bytes: UnsafeRawBufferPointer
  private var place = 0

  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  package mutating func next<Number: FixedWidthInteger>(_ type: Number.Type) -> Number {
    let size = MemoryLayout<Number>.size
    guard place <= bytes.count - size else { return 0 }
    defer { place += size }
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Number.self))
  }
}
