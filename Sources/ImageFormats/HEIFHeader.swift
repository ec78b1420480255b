/// The brands of an ISO base media file (ISO/IEC 14496-12 section 4.3): they distinguish HEIC, AVIF and related formats
/// from videos.
struct ISOMediaBrands {
  private let brands: [String]

  /// `nil` when the bytes do not begin with a file type box.
  init?(_ start: [UInt8]) {
    guard start.count >= 12, start[4..<8].elementsEqual("ftyp".utf8) else { return nil }
    let boxSize = start[..<4].reduce(0) { $0 << 8 | Int($1) }
    let end = min(start.count, max(boxSize, 12))
    // The major brand, then, after a version number, the compatible ones.
    let offsets = [8] + stride(from: 16, to: end - 3, by: 4)
    brands = offsets.map { String(decoding: start[$0..<($0 + 4)], as: UTF8.self) }
  }

  /// The format of the still image, by the first brand that names one.
  var stillFormat: ImageFormat? {
    for brand in brands {
      switch brand {
      case "avif", "avis": return ImageFormat.avif
      case "heic", "heix", "heim", "heis", "hevc", "hevx": return ImageFormat.heic
      default: continue
      }
    }
    return nil
  }

  /// The name of the format; `nil` for a video or anything else that is not an image.
  var foreignName: String? {
    if brands.contains("crx ") { return "a Canon raw image (CR3)" }
    // HEIC and AVIF have this general brand too.
    return stillFormat?.name ?? (brands.contains("mif1") || brands.contains("msf1") ? "HEIF" : nil)
  }
}

extension HeaderParser {
  /// HEIC and AVIF: the primary item's size and orientation (ISO/IEC 23008-12, sections 6.5.3, 6.5.10, 6.5.12, 9.3).
  static let heif = HeaderParser(
    format: .heic,
    recognises: { ISOMediaBrands($0)?.stillFormat != nil },
    parse: { reader in
      guard let meta = try ISOMediaBox.find("meta", reader, 0..<reader.count) else {
        throw reader.unsupported("it has no still image")
      }
      // `meta`, `pitm` and `ipma` are boxes with a version and flags.
      let body = meta.dropFirst(4)
      let properties = try ISOMediaBox.find("iprp", reader, body)
      guard let primary = try primaryItem(reader, body), let properties,
        let container = try ISOMediaBox.find("ipco", reader, properties),
        let association = try ISOMediaBox.find("ipma", reader, properties)
      else { throw reader.unsupported("it does not say which of its images is the first") }
      var size: (width: Int, height: Int)?
      var turn = HEIFTurn()
      let used = try indices(of: primary, reader, association)
      let boxes = try ISOMediaBox.all(reader, container)
      for index in used {
        guard index >= 1, index <= boxes.count else { continue }
        let box = boxes[index - 1]
        switch box.kind {
        case "ispe":
          size = try (
            reader.needed(reader.uint32(at: box.body.lowerBound + 4, .big)),
            reader.needed(reader.uint32(at: box.body.lowerBound + 8, .big))
          )
        case "irot": turn.rotate(Int(try reader.needed(reader.byte(at: box.body.lowerBound))) & 3)
        case "imir": turn.mirror(Int(try reader.needed(reader.byte(at: box.body.lowerBound))) & 1)
        default: break
        }
      }
      guard let size else { throw reader.corrupt("it does not say how large it is") }
      return try reader.header(width: size.width, height: size.height, orientation: turn.orientation)
    })

  private static func primaryItem(_ reader: HeaderReader, _ meta: Range<Int>) throws -> Int? {
    guard let box = try ISOMediaBox.find("pitm", reader, meta) else { return nil }
    let isLong = try reader.needed(reader.byte(at: box.lowerBound)) > 0
    return isLong
      ? try reader.uint32(at: box.lowerBound + 4, .big) : try reader.uint16(at: box.lowerBound + 4, .big)
  }

  /// The properties of an item by their numbers in the container, from 1, in the order in which they apply.
  private static func indices(of item: Int, _ reader: HeaderReader, _ box: Range<Int>) throws -> [Int] {
    let version = try reader.needed(reader.byte(at: box.lowerBound))
    let isWide = try reader.needed(reader.byte(at: box.lowerBound + 3)) & 1 == 1
    let entries = try reader.needed(reader.uint32(at: box.lowerBound + 4, .big))
    var offset = box.lowerBound + 8
    for _ in 0..<entries {
      try reader.step()
      let id = try reader.needed(
        version > 0 ? reader.uint32(at: offset, .big) : reader.uint16(at: offset, .big))
      offset += version > 0 ? 4 : 2
      let count = Int(try reader.needed(reader.byte(at: offset)))
      offset += 1
      guard offset + count * (isWide ? 2 : 1) <= box.upperBound else { return [] }
      guard id == item else {
        offset += count * (isWide ? 2 : 1)
        continue
      }
      return try (0..<count).map {
        isWide
          ? try reader.needed(reader.uint16(at: offset + 2 * $0, .big)) & 0x7FFF
          : Int(try reader.needed(reader.byte(at: offset + $0))) & 0x7F
      }
    }
    return []
  }
}

/// The boxes of an ISO base media file (ISO/IEC 14496-12 section 4.2).
private struct ISOMediaBox {
  let kind: String
  let body: Range<Int>

  static func find(_ kind: String, _ reader: HeaderReader, _ range: Range<Int>) throws -> Range<Int>? {
    var offset = range.lowerBound
    while let box = try next(reader, &offset, range.upperBound) {
      if box.kind == kind { return box.body }
    }
    return nil
  }

  static func all(_ reader: HeaderReader, _ range: Range<Int>) throws -> [ISOMediaBox] {
    var boxes: [ISOMediaBox] = []
    var offset = range.lowerBound
    while let box = try next(reader, &offset, range.upperBound) { boxes.append(box) }
    return boxes
  }

  /// Returns the box at `offset`, and advances it past the box; `nil` if none follows.
  private static func next(_ reader: HeaderReader, _ offset: inout Int, _ end: Int) throws -> ISOMediaBox? {
    guard offset <= end - 8, let size = try reader.uint32(at: offset, .big),
      let kind = try reader.bytes(at: offset + 4, count: 4)
    else { return nil }
    try reader.step()
    var header = 8
    var length = size
    switch size {
    case 0: length = end - offset
    case 1:
      guard let long = try reader.uint64(at: offset + 8, .big) else { return nil }
      (header, length) = (16, long)
    default: break
    }
    guard length >= header, length <= end - offset else { return nil }
    let start = offset + header
    offset += length
    return ISOMediaBox(kind: String(decoding: kind, as: UTF8.self), body: start..<offset)
  }
}

/// Composes rotations and mirrorings to an EXIF orientation.
private struct HEIFTurn {
  /// The directions of the stored image's right and bottom in the upright image.
  private var right = (x: 1, y: 0)
  private var down = (x: 0, y: 1)

  /// Rotates by quarter turns, counter-clockwise.
  mutating func rotate(_ quarters: Int) {
    for _ in 0..<quarters {
      right = (right.y, -right.x)
      down = (down.y, -down.x)
    }
  }

  /// Mirrors; axis 0 is the vertical one, which swaps left and right.
  mutating func mirror(_ axis: Int) {
    if axis == 0 {
      right.x = -right.x
      down.x = -down.x
    } else {
      right.y = -right.y
      down.y = -down.y
    }
  }

  var orientation: Int {
    switch (right.x, right.y, down.x, down.y) {
    case (-1, 0, 0, 1): 2
    case (-1, 0, 0, -1): 3
    case (1, 0, 0, -1): 4
    case (0, 1, 1, 0): 5
    case (0, 1, -1, 0): 6
    case (0, -1, -1, 0): 7
    case (0, -1, 1, 0): 8
    default: 1
    }
  }
}
