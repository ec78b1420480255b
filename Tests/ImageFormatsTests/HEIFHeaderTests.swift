import Testing

@testable import ImageFormats

/// Sizes and rotations of HEIC and AVIF, from synthetic boxes.
@Suite struct HEIFHeaderTests {
  static func box(_ kind: String, _ body: [UInt8]) -> [UInt8] { u32(8 + body.count) + Array(kind.utf8) + body }
  static func u16(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 255), UInt8(value & 255)] }
  static func u32(_ value: Int) -> [UInt8] { u16(value >> 16) + u16(value & 0xFFFF) }

  /// A file whose second item, the primary one, has a size and the given properties.
  static func file(brand: String = "heic", width: Int = 40, height: Int = 30, turns: [[UInt8]] = []) -> [UInt8] {
    let sizes = [box("ispe", u32(0) + u32(1) + u32(1)), box("ispe", u32(0) + u32(width) + u32(height))]
    let properties = box("ipco", (sizes + turns).flatMap { $0 })
    let used = [0x82] + turns.indices.map { UInt8(3 + $0) }
    let association = box("ipma", u32(0) + u32(2) + u16(1) + [1, 1] + u16(2) + [UInt8(used.count)] + used)
    let meta = box("meta", u32(0) + box("pitm", u32(0) + u16(2)) + box("iprp", properties + association))
    return box("ftyp", Array(brand.utf8) + u32(0) + Array("mif1".utf8)) + box("free", [1, 2, 3]) + meta
  }

  private func header(_ bytes: [UInt8]) throws -> ImageHeader {
    try bytes.withUnsafeBytes { try ImageHeader.read(from: MemorySource($0)) }
  }

  @Test func thePrimaryItemCounts() throws {
    let heic = try header(Self.file())
    #expect((heic.format, heic.width, heic.height, heic.orientation) == (.heic, 40, 30, 1))
    #expect(try header(Self.file(brand: "avif", width: 70_000)).format == .avif)
  }

  @Test(arguments: [(0, 1), (1, 8), (2, 3), (3, 6)]) func turns(quarters: UInt8, orientation: Int) throws {
    #expect(try header(Self.file(turns: [Self.box("irot", [quarters])])).orientation == orientation)
    let mirrored = [2: 4, 1: 2, 8: 7, 3: 4, 6: 5][orientation]
    let both = try header(Self.file(turns: [Self.box("irot", [quarters]), Self.box("imir", [0])])).orientation
    #expect(both == mirrored)
  }

  @Test func damageIsAnErrorAndNeverATrap() throws {
    let good = Self.file(turns: [Self.box("irot", [1])])
    for length in 12..<good.count {
      #expect(throws: ImageFormatError.self) { try header(Array(good[..<length])) }
    }
    for position in 8..<good.count {
      for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
        var bytes = good
        bytes[position] = value
        do {
          let found = try header(bytes)
          #expect(found.width > 0 && found.height > 0)
        } catch let error as ImageFormatError {
          #expect(!error.message.isEmpty)
        }
      }
    }
  }

  @Test func aSequenceWithoutAStillImageIsUnsupported() {
    let file = Self.box("ftyp", Array("avis".utf8) + Self.u32(0)) + Self.box("moov", [UInt8](repeating: 0, count: 40))
    let error = #expect(throws: ImageFormatError.self) { try header(file) }
    #expect(error?.kind == .unsupported && error?.message.contains("AVIF") == true)
  }
}
