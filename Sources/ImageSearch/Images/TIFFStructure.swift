/// The structure that TIFF files and EXIF data share (TIFF 6.0 section 2), somewhere inside an image.
struct TIFFStructure {
  static let widthTag = 256
  static let heightTag = 257
  static let orientationTag = 274

  /// The numbers of a directory that are wanted here, by tag.
  struct Directory {
    var values: [Int: Int] = [:]
    /// Whether all its entries could be read.
    var isComplete = false

    /// 1…8; `nil` where none or nonsense is said.
    var orientation: Int? { values[orientationTag].flatMap { (1...8).contains($0) ? $0 : nil } }
  }

  private let reader: HeaderReader
  private let start: Int
  private let end: Int
  private let order: HeaderReader.ByteOrder

  /// `nil` when there is no such structure between the offsets.
  init?(_ reader: HeaderReader, from start: Int, to end: Int) throws {
    guard end - start >= 8, let mark = try reader.bytes(at: start, count: 4) else { return nil }
    switch mark {
    case [0x49, 0x49, 0x2A, 0]: order = .little
    case [0x4D, 0x4D, 0, 0x2A]: order = .big
    default: return nil
    }
    self.reader = reader
    self.start = start
    self.end = end
  }

  /// Reads the entries of the first directory as far as they are there.
  func firstDirectory() throws -> Directory {
    var directory = Directory()
    guard let position = try reader.uint32(at: start + 4, order), position >= 8, start + position + 2 <= end,
      let entries = try reader.uint16(at: start + position, order)
    else { return directory }
    for index in 0..<entries {
      let entry = start + position + 2 + 12 * index
      guard entry + 12 <= end, reader.spend(), let tag = try reader.uint16(at: entry, order),
        let type = try reader.uint16(at: entry + 2, order), let count = try reader.uint32(at: entry + 4, order),
        let long = try reader.uint32(at: entry + 8, order), let short = try reader.uint16(at: entry + 8, order)
      else { return directory }
      guard [Self.widthTag, Self.heightTag, Self.orientationTag].contains(tag), count == 1, directory.values[tag] == nil
      else { continue }
      switch type {
      case 3: directory.values[tag] = short
      case 4: directory.values[tag] = long
      default: break
      }
    }
    directory.isComplete = true
    return directory
  }

  /// The orientation in EXIF data between two offsets; `nil` when it says none or is damaged, which harms no image.
  static func orientation(inExif reader: HeaderReader, from start: Int, to end: Int) throws -> Int? {
    // JPEG demands this mark; PNG and WEBP have none, but some programs write it there too.
    let mark = Array("Exif\0\0".utf8)
    let hasMark = try end - start >= mark.count && reader.bytes(at: start, count: mark.count) == mark
    guard hasMark || reader.format != .jpeg else { return nil }
    return try TIFFStructure(reader, from: hasMark ? start + mark.count : start, to: end)?.firstDirectory().orientation
  }
}
