extension HeaderParser {
  /// TIFF 6.0, sections 2 and 8, and BigTIFF. The first page is used.
  static let tiff = HeaderParser(
    format: .tiff,
    recognises: { start in
      guard
        [[0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A], [0x49, 0x49, 0x2B, 0], [0x4D, 0x4D, 0, 0x2B]]
          .contains(where: { start.starts(with: $0) })
      else { return false }
      // Canon's raw images have the structure of TIFF.
      return !start.dropFirst(8).starts(with: "CR".utf8)
    },
    parse: { reader in
      let structure = try reader.needed(TIFFStructure(reader, from: 0, to: reader.count))
      let first = try reader.needed(structure.firstOffset())
      guard let directory = try structure.directory(at: first), directory.isComplete else {
        throw ImageFormatError(
          .truncated,
          "the \(reader.format.name) image is damaged: its first directory is cut short or outside of its \(reader.count) bytes"
        )
      }
      guard let width = directory.numbers[TIFFStructure.Tag.width],
        let height = directory.numbers[TIFFStructure.Tag.height]
      else {
        throw reader.corrupt("its first directory does not say how large it is")
      }
      // A cyclic chain ends at the limit.
      var frames = 1
      var next = directory.next
      while frames < reader.frameLimit, next > 0, let following = try structure.directory(at: next) {
        frames += 1
        next = following.next
      }
      return try reader.header(
        width: width, height: height, frameCount: frames, exif: ExifData(directory, of: structure))
    })
}

/// The structure that TIFF files and EXIF data share (TIFF 6.0 section 2; BigTIFF, "BigTIFF Design"), at any offset of
/// an image.
struct TIFFStructure {
  enum Tag {
    static let width = 256
    static let height = 257
    static let orientation = 274
    static let dateTime = 306
    static let exifDirectory = 34_665
    static let dateTimeOriginal = 36_867
    static let dateTimeDigitized = 36_868

    static let numbers: Set<Int> = [width, height, orientation, exifDirectory]
    static let dates: Set<Int> = [dateTime, dateTimeOriginal, dateTimeDigitized]
  }

  /// The needed values of a directory, by tag. If a tag occurs twice, the first is used, as in libtiff.
  struct Directory {
    var numbers: [Int: Int] = [:]
    var dates: [Int: ExifDate] = [:]
    /// Whether all its entries could be read.
    var isComplete = false
    /// Offset of the next directory; 0 when there is none.
    var next = 0

    /// 1…8; `nil` if it is missing or invalid.
    var orientation: Int? { numbers[Tag.orientation].flatMap { (1...8).contains($0) ? $0 : nil } }
  }

  private let reader: HeaderReader
  private let start: Int
  private let end: Int
  private let order: HeaderReader.ByteOrder
  private let isBig: Bool

  /// `nil` when there is no such structure between the offsets.
  init?(_ reader: HeaderReader, from start: Int, to end: Int) throws {
    guard end - start >= 8, let mark = try reader.bytes(at: start, count: 4) else { return nil }
    switch mark {
    case [0x49, 0x49, 0x2A, 0], [0x49, 0x49, 0x2B, 0]: order = .little
    case [0x4D, 0x4D, 0, 0x2A], [0x4D, 0x4D, 0, 0x2B]: order = .big
    default: return nil
    }
    isBig = mark.contains(0x2B)
    self.reader = reader
    self.start = start
    self.end = end
    if isBig {
      // The size of offsets, 8 bytes, and a constant.
      guard try reader.uint16(at: start + 4, order) == 8, try reader.uint16(at: start + 6, order) == 0 else {
        return nil
      }
    }
  }

  /// Offset of the first directory, from the start of the structure.
  func firstOffset() throws -> Int? { try word(at: start + (isBig ? 8 : 4)) }

  /// An offset or a count, of the structure's word size.
  private func word(at offset: Int) throws -> Int? {
    isBig ? try reader.uint64(at: offset, order) : try reader.uint32(at: offset, order)
  }

  /// Reads the entries of a directory as far as they exist; `nil` when there is none at the offset.
  func directory(at position: Int) throws -> Directory? {
    let (counterSize, entrySize) = isBig ? (8, 20) : (2, 12)
    guard position >= 8, position <= end - start - counterSize else { return nil }
    let counter = start + position
    guard let entries = isBig ? try reader.uint64(at: counter, order) : try reader.uint16(at: counter, order) else {
      return nil
    }
    var directory = Directory()
    guard entries <= 65_535 else { return directory }
    let first = counter + counterSize
    for index in 0..<entries {
      let entry = first + entrySize * index
      guard entry + entrySize <= end, reader.spend(), let tag = try reader.uint16(at: entry, order),
        let type = try reader.uint16(at: entry + 2, order)
      else { return directory }
      if Tag.numbers.contains(tag), directory.numbers[tag] == nil {
        directory.numbers[tag] = try number(at: entry, type: type)
      } else if Tag.dates.contains(tag), directory.dates[tag] == nil, type == 2 {
        directory.dates[tag] = try date(at: entry)
      }
    }
    directory.isComplete = true
    let behind = first + entrySize * entries
    if behind + (isBig ? 8 : 4) <= end { directory.next = try word(at: behind) ?? 0 }
    return directory
  }

  /// The first value of an entry, if it is a whole number of its own size.
  private func number(at entry: Int, type: Int) throws -> Int? {
    guard let count = try word(at: entry + 4), count >= 1 else { return nil }
    let place = entry + (isBig ? 12 : 8)
    switch type {
    case 1: return try reader.byte(at: place).map { Int($0) }
    case 3: return try reader.uint16(at: place, order)
    case 4, 13: return try reader.uint32(at: place, order)
    case 16, 18: return isBig ? try reader.uint64(at: place, order) : nil
    default: return nil
    }
  }

  private func date(at entry: Int) throws -> ExifDate? {
    guard let count = try word(at: entry + 4), (19...64).contains(count),
      let offset = try word(at: entry + (isBig ? 12 : 8)), offset >= 8, offset <= end - start - 19,
      let text = try reader.bytes(at: start + offset, count: 19)
    else { return nil }
    return ExifDate(text)
  }
}

/// The needed values of EXIF data. Damaged EXIF data do not make an image unusable: values that cannot be read are
/// treated as missing.
struct ExifData {
  var orientation: Int?
  var date: ExifDate?

  /// Reads the data between two offsets of an image; `nil` when there are none.
  init?(_ reader: HeaderReader, from start: Int, to end: Int) throws {
    // JPEG requires this mark (with two zeros, the second of which some writers overwrite); PNG and WEBP have none, but
    // some programs write it there too.
    let hasMark = try end - start >= 6 && reader.bytes(at: start, count: 5) == Array("Exif\0".utf8)
    guard hasMark || reader.format != .jpeg,
      let structure = try TIFFStructure(reader, from: hasMark ? start + 6 : start, to: min(end, reader.count)),
      let offset = try structure.firstOffset(), let directory = try structure.directory(at: offset)
    else { return nil }
    try self.init(directory, of: structure)
  }

  /// Reads a directory, and the EXIF directory that it points to.
  init(_ directory: TIFFStructure.Directory, of structure: TIFFStructure) throws {
    typealias Tag = TIFFStructure.Tag
    orientation = directory.orientation
    let own = try directory.numbers[Tag.exifDirectory].flatMap { try structure.directory(at: $0) }
    date =
      own?.dates[Tag.dateTimeOriginal] ?? directory.dates[Tag.dateTimeOriginal] ?? own?.dates[Tag.dateTimeDigitized]
      ?? directory.dates[Tag.dateTime]
  }
}

extension ImageHeader {
  /// The date in the EXIF block of a HEIF file (ISO/IEC 23008-12, A.2.1): an offset, then the same data as in other
  /// formats.
  package static func exifDate(inHEIFBlock source: MemorySource) -> ExifDate? {
    let reader = HeaderReader(source, format: .heic, frameLimit: 1)
    guard let offset = try? reader.uint32(at: 0, .big), offset < source.count else { return nil }
    // The offset skips the mark, if there is one.
    return (try? ExifData(reader, from: 4 + offset, to: source.count))?.date
  }
}
