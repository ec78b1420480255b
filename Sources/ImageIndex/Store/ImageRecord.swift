import ImageSearch

/// The row of an image, without features and thumbnail.
struct ImageRecord: Sendable, Equatable {
  var itemID: String
  var name: String
  var category: String?
  var customContent: String?
  /// Width of the upright image in pixels.
  var width: Int
  /// Height of the upright image in pixels.
  var height: Int
  /// For instance `"JPEG"`.
  var format: String
  /// Size of the encoded image (the file) in bytes.
  var byteCount: Int
  /// SHA-256 of the encoded image.
  var digest: [UInt8]
  /// When the image was taken according to its EXIF data (`DateTimeOriginal`): `2024-05-31T12:00:00`, in the camera's
  /// own time.
  var exifDate: String?
  /// Absolute path of the file that the image was added from, if it was a file; need not be UTF-8.
  var sourcePath: [UInt8]?
  /// When that file was last changed, in nanoseconds since 1970.
  var sourceTime: Int64?
  /// When these bytes were added, in microseconds since 1970.
  var addedAt: Int64
  /// Version of the engine that analyzed the image. If it differs from the index's version, features have to be
  /// computed again; without features, the image is found by its digest only.
  var engine: Int64
  /// The warning of the add report.
  var warning: String?

  /// The order of images that nothing else orders: by item id, then by image name, each by its bytes.
  static func isBefore(_ a: (itemID: String, name: String), _ b: (itemID: String, name: String)) -> Bool {
    a.itemID.hasBytes(of: b.itemID) ? a.name.precedes(b.name) : a.itemID.precedes(b.itemID)
  }

  /// Number of bytes of a digest.
  static let digestSize = 32

  /// Checksum of all fields, so that a flipped bit is an error and not a wrong result; SQLite has no checksums of its
  /// own.
  var checksum: UInt32 {
    var sum = RowChecksum()
    sum.add(itemID)
    sum.add(name)
    sum.add(category)
    sum.add(customContent)
    sum.add(Int64(width))
    sum.add(Int64(height))
    sum.add(format)
    sum.add(Int64(byteCount))
    sum.add(digest)
    sum.add(exifDate)
    sum.add(sourcePath)
    sum.add(sourceTime ?? -1)
    sum.add(addedAt)
    sum.add(engine)
    sum.add(warning)
    return sum.value
  }

  /// Texts are compared by their bytes, as they are stored.
  static func == (a: ImageRecord, b: ImageRecord) -> Bool {
    zip(a.texts, b.texts).allSatisfy { $0.hasBytes(of: $1) } && a.numbers == b.numbers && a.digest == b.digest
      && a.sourcePath == b.sourcePath && a.sourceTime == b.sourceTime
  }

  /// All texts.
  var texts: [String?] { [itemID, name, category, customContent, format, exifDate, warning] }
  private var numbers: [Int64] { [Int64(width), Int64(height), Int64(byteCount), addedAt, engine] }

  /// Whether all fields are equal, apart from the file's path and time, and the time of adding.
  func says(_ other: ImageRecord) -> Bool {
    var other = other
    other.sourcePath = sourcePath
    other.sourceTime = sourceTime
    other.addedAt = addedAt
    return self == other
  }
}

/// CRC-32C of the fields of a row, each with its length.
struct RowChecksum {
  private var bytes: [UInt8] = []

  mutating func add(_ number: Int64) { withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) } }

  mutating func add(_ text: String?) {
    add(Int64(text?.utf8.count ?? -1))
    if let text { bytes.append(contentsOf: text.utf8) }
  }

  mutating func add(_ blob: [UInt8]?) {
    add(Int64(blob?.count ?? -1))
    if let blob { bytes.append(contentsOf: blob) }
  }

  var value: UInt32 { CRC32C.checksum(bytes) }
}

/// A row with its key.
struct StoredImage: Sendable {
  var id: Int64
  var record: ImageRecord
}

/// An image that is ready to be written.
struct NewImage: Sendable {
  var record: ImageRecord
  /// The engine's data: features and a small version of the image. Empty when the image is found by its digest only.
  var features: [UInt8]
  /// The thumbnail as WebP; `nil` when none is stored.
  var thumbnail: [UInt8]?
}
