import Testing

@testable import ImageFormats

@Suite struct ExifDateTests {
  /// A little-endian TIFF structure: a directory with the given entries, a second one with others, and then texts.
  static func exif(first: [(tag: Int, text: String)], second: [(tag: Int, text: String)], orientation: Int = 1)
    -> [UInt8]
  {
    func u16(_ value: Int) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8 & 255)] }
    func u32(_ value: Int) -> [UInt8] { u16(value & 0xFFFF) + u16(value >> 16) }
    let firstSize = 2 + 12 * (first.count + 2) + 4
    let secondOffset = 8 + firstSize
    var textOffset = secondOffset + 2 + 12 * second.count + 4
    var texts: [UInt8] = []
    func entry(_ field: (tag: Int, text: String)) -> [UInt8] {
      let bytes = Array(field.text.utf8) + [0]
      defer {
        texts += bytes
        textOffset += bytes.count
      }
      return u16(field.tag) + u16(2) + u32(bytes.count) + u32(textOffset)
    }
    var bytes: [UInt8] = Array("II".utf8) + u16(42) + u32(8) + u16(first.count + 2)
    bytes += u16(274) + u16(3) + u32(1) + u16(orientation) + u16(0)
    for field in first { bytes += entry(field) }
    bytes += u16(34_665) + u16(4) + u32(1) + u32(secondOffset) + u32(0)
    bytes += u16(second.count)
    for field in second { bytes += entry(field) }
    return bytes + u32(0) + texts
  }

  /// A JPEG that consists of a header only.
  private func header(_ exif: [UInt8]) throws -> ImageHeader {
    let body = Array("Exif\0\0".utf8) + exif
    let length = body.count + 2
    let jpeg: [UInt8] =
      [0xFF, 0xD8, 0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + body
      + [0xFF, 0xC0, 0, 11, 8, 0, 4, 0, 5, 1, 1, 0x11, 0, 0xFF, 0xDA]
    return try jpeg.withUnsafeBytes { try ImageHeader.read(from: MemorySource($0)) }
  }

  @Test func theMomentOfTheShotCountsMost() throws {
    let (shot, digitized, changed) = ("2024:05:31 23:59:58", "2024:06:01 00:00:00", "2025:01:01 10:20:30")
    let all = try header(
      Self.exif(first: [(306, changed)], second: [(36_867, shot), (36_868, digitized)], orientation: 6))
    #expect(all.exifDate?.description == "2024-05-31T23:59:58")
    #expect(all.orientation == 6)
    #expect(
      try header(Self.exif(first: [(306, changed)], second: [(36_868, digitized)])).exifDate?.description
        == "2024-06-01T00:00:00")
    #expect(try header(Self.exif(first: [(306, changed)], second: [])).exifDate?.description == "2025-01-01T10:20:30")
    #expect(try header(Self.exif(first: [], second: [])).exifDate == nil)
  }

  @Test func whatIsNoDateIsNotThere() throws {
    let none = [
      "0000:00:00 00:00:00", "    :  :     :  :  ", "2024:02:30 00:00:00", "2023:02:29 00:00:00", "2024:13:01 00:00:00",
      "2024:01:01 24:00:00", "2024:01:01 00:60:00", "20240101T000000Z   ", "2024:01:01", "٢٠٢٤:٠١:٠١ ٠٠:٠٠:٠٠", "",
    ]
    for text in none { #expect(try header(Self.exif(first: [(306, text)], second: [])).exifDate == nil, "\(text)") }
    for text in ["2024-02-29T01:02:03", "2024/02/29 01:02:03", "2024:02:29 01:02:60"] {
      #expect(ExifDate(Array(text.utf8))?.day == 29)
    }
  }

  @Test func offsetsThatLeadAstrayHarmNothing() throws {
    let good = Self.exif(first: [(306, "2025:01:01 10:20:30")], second: [(36_867, "2024:05:31 23:59:58")])
    for position in 4..<good.count {
      for value in [0, 0x7F, 0x80, 0xFF] as [UInt8] {
        var bytes = good
        bytes[position] = value
        let found = try header(bytes)
        #expect((found.width, found.height) == (5, 4))
      }
    }
    for length in 0..<good.count { #expect(try header(Array(good[..<length])).width == 5) }
  }
}
