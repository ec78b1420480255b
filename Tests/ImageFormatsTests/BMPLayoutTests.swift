import Testing

@testable import ImageFormats

/// The positions of pixels and palette in a BMP, by Pillow's rules.
@Suite struct BMPLayoutTests {
  private func u16(_ value: Int) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8 & 255)] }
  private func u32(_ value: Int) -> [UInt8] { u16(value & 0xFFFF) + u16(value >> 16 & 0xFFFF) }

  private func file(size: Int, bits: Int, offset: Int, colors: Int = 0, method: Int = 0) -> [UInt8] {
    var bytes: [UInt8] = Array("BM".utf8) + u32(0) + u32(0) + u32(offset) + u32(size)
    bytes += size == 12 ? u16(4) + u16(3) : u32(4) + u32(3)
    bytes += u16(1) + u16(bits)
    if size >= 40 { bytes += u32(method) + u32(0) + u32(0) + u32(0) + u32(colors) + u32(0) }
    while bytes.count < 14 + size { bytes.append(0) }
    return bytes + [UInt8](repeating: 7, count: 3000)
  }

  private func layout(_ bytes: [UInt8]) throws -> BMPLayout {
    try bytes.withUnsafeBytes { try BMPLayout(MemorySource($0)) }
  }

  @Test func anOffsetThatIsTruePointsAtThePixels() throws {
    #expect(try layout(file(size: 40, bits: 8, offset: 1078)).dataOffset == 1078)
    #expect(try layout(file(size: 40, bits: 8, offset: 1500)).dataOffset == 1500)
    #expect(try layout(file(size: 40, bits: 24, offset: 54)).dataOffset == 54)
    #expect(try layout(file(size: 40, bits: 32, offset: 54, method: 3)).dataOffset == 54)
  }

  @Test(arguments: [0, 1]) func noOffsetOrThatOfThePaletteMeansBehindIt(kind: Int) throws {
    for (size, entry) in [(12, 3), (40, 4), (64, 4), (108, 4), (124, 4)] {
      for bits in [1, 4, 8] {
        let offset = kind == 0 ? 0 : 14 + size
        #expect(try layout(file(size: size, bits: bits, offset: offset)).dataOffset == 14 + size + entry << bits)
        guard size >= 40 else { continue }
        #expect(
          try layout(file(size: size, bits: bits, offset: offset, colors: 2)).dataOffset == 14 + size + 2 * entry)
      }
    }
    #expect(try layout(file(size: 40, bits: 24, offset: 0)).dataOffset == 54)
    #expect(try layout(file(size: 40, bits: 16, offset: 0, method: 3)).dataOffset == 66)
  }

  @Test func kindsThatAreNotTakenAreUnsupportedAndNonsenseIsCorrupt() {
    let cases: [(size: Int, bits: Int, method: Int, kind: ImageFormatError.Kind)] = [
      (64, 1, 3, .unsupported), (40, 24, 4, .unsupported), (124, 0, 5, .unsupported), (40, 64, 0, .unsupported),
      (40, 8, 2, .unsupported), (40, 7, 0, .corrupt), (40, 24, 99, .corrupt),
    ]
    for (size, bits, method, kind) in cases {
      let error = #expect(throws: ImageFormatError.self) {
        try layout(file(size: size, bits: bits, offset: 54, method: method))
      }
      #expect(error?.kind == kind, "\(size) \(bits) \(method)")
    }
  }
}
