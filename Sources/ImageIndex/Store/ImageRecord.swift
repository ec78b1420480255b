/// What a row says about an image, features and thumbnail apart.
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
  /// Size of the encoded image, which is that of its file.
  var byteCount: Int
  /// SHA-256 of the encoded image.
  var digest: [UInt8]
  /// When the image was taken, as its EXIF data say (`DateTimeOriginal`): `2024-05-31T12:00:00`, in the camera's own time.
  var exifDate: String?
  /// Where the image came from, when it was a file: an absolute path, which need not be UTF-8.
  var sourcePath: [UInt8]?
  /// When that file was last changed, in nanoseconds since 1970.
  var sourceTime: Int64?
  /// When these bytes were added, in microseconds since 1970.
  var addedAt: Int64
  /// Version of the engine that looked at the image. Of another version than the table's, features have to be made anew; without
  /// features, the image is found by its digest alone.
  var engine: Int64
  /// What the report said beside success.
  var warning: String?

  /// Number of bytes of a digest.
  static let digestSize = 32

  /// Over every field, so that a flipped bit is an error and no wrong answer; SQLite has no checksums of its own.
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

  /// Whether all that a caller gives and sees is the same: not where the file lies now, and not when it was added.
  func says(_ other: ImageRecord) -> Bool {
    var other = other
    other.sourcePath = sourcePath
    other.sourceTime = sourceTime
    other.addedAt = addedAt
    return self == other
  }
}

/// CRC-32C over the fields of a row, each with its length.
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
  /// What the engine stores, which only the engine reads: features and the image in small. Empty when the image is found by its
  /// digest alone.
  var features: [UInt8]
  /// A small WebP; `nil` when none is wanted.
  var thumbnail: [UInt8]?
}
