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
  /// Size of the encoded image.
  var byteCount: Int
  /// SHA-256 of the encoded image.
  var digest: [UInt8]
  /// Where the image came from, when it was a file: an absolute path.
  var sourcePath: String?
  /// When that file was last changed, in nanoseconds since 1970.
  var sourceTime: Int64?
  /// What the report said beside success.
  var warning: String?

  /// Over every field, so that a flipped bit is an error and no wrong answer; SQLite has no checksums of its own.
  var checksum: UInt32 {
    var bytes: [UInt8] = []
    func append(_ number: Int64) { withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) } }
    func append(_ text: String?) {
      append(Int64(text?.utf8.count ?? -1))
      if let text { bytes.append(contentsOf: text.utf8) }
    }
    append(itemID)
    append(name)
    append(category)
    append(customContent)
    append(Int64(width))
    append(Int64(height))
    append(format)
    append(Int64(byteCount))
    append(Int64(digest.count))
    bytes.append(contentsOf: digest)
    append(sourcePath)
    append(sourceTime ?? -1)
    append(warning)
    return CRC32C.checksum(bytes)
  }
}

/// A row with its key.
struct StoredImage: Sendable {
  var id: Int64
  var record: ImageRecord
}

/// An image that is ready to be written.
struct NewImage: Sendable {
  var record: ImageRecord
  /// What the engine stores; only the engine reads it.
  var features: [UInt8]
  /// A small JPEG; `nil` when none is wanted.
  var thumbnail: [UInt8]?
}
