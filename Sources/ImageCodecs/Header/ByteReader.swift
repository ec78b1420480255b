/// Reads of an image's bytes that answer `nil` instead of leaving the buffer.
struct ByteReader {
  enum Order { case big, little }

  let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var count: Int { bytes.count }

  func u8(_ offset: Int) -> UInt8? {
    guard offset >= 0, offset < bytes.count else { return nil }
    return bytes[offset]
  }

  func u16(_ offset: Int, _ order: Order) -> UInt16? {
    guard offset >= 0, bytes.count >= 2, offset <= bytes.count - 2 else { return nil }
    let value = bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
    return order == .big ? UInt16(bigEndian: value) : UInt16(littleEndian: value)
  }

  func u32(_ offset: Int, _ order: Order) -> UInt32? {
    guard offset >= 0, bytes.count >= 4, offset <= bytes.count - 4 else { return nil }
    let value = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    return order == .big ? UInt32(bigEndian: value) : UInt32(littleEndian: value)
  }

  func u64(_ offset: Int, _ order: Order) -> UInt64? {
    guard offset >= 0, bytes.count >= 8, offset <= bytes.count - 8 else { return nil }
    let value = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    return order == .big ? UInt64(bigEndian: value) : UInt64(littleEndian: value)
  }

  func i32(_ offset: Int, _ order: Order) -> Int32? {
    u32(offset, order).map { Int32(bitPattern: $0) }
  }

  /// Three bytes, least significant first, as WEBP has them.
  func u24(_ offset: Int) -> Int? {
    guard offset >= 0, bytes.count >= 3, offset <= bytes.count - 3 else { return nil }
    return Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 | Int(bytes[offset + 2]) << 16
  }

  func has(_ text: StaticString, at offset: Int) -> Bool {
    guard offset >= 0, bytes.count >= text.utf8CodeUnitCount, offset <= bytes.count - text.utf8CodeUnitCount else {
      return false
    }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + text.utf8CodeUnitCount])
      .elementsEqual(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  func begins(_ text: StaticString) -> Bool { has(text, at: 0) }

  func begins(_ prefix: [UInt8]) -> Bool {
    bytes.count >= prefix.count && bytes.prefix(prefix.count).elementsEqual(prefix)
  }

  /// The part from `offset` on, at most `length` bytes; `nil` when `offset` lies outside.
  func part(_ offset: Int, _ length: Int) -> ByteReader? {
    guard offset >= 0, length >= 0, offset <= bytes.count else { return nil }
    let end = offset + min(length, bytes.count - offset)
    return ByteReader(UnsafeRawBufferPointer(rebasing: bytes[offset..<end]))
  }
}
