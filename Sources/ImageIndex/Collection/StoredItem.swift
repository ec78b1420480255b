#if LocalIndex
  import FoundationEssentials
  import ImageSearch

  extension LocalIndex {
    /// The metadata that the index stores for an image.
    public struct Image: Sendable, Hashable {
      /// The item that the image belongs to.
      public var itemID: String
      /// The name of the image within its item.
      public var imageName: String
      /// The category, if it has one.
      public var category: String?
      /// The text stored with the image, if there is one.
      public var customContent: String?
      /// Width of the upright image in pixels.
      public var width: Int
      /// Height of the upright image in pixels.
      public var height: Int
      /// Size of the file in bytes.
      public var fileSize: Int
      /// For instance `"JPEG"`.
      public var format: String
      /// SHA-256 of the file in lower-case hex.
      public var sha256: String
      /// When the image was taken, by its EXIF data, in the camera's own time: `2024-05-31T12:00:00`.
      public var exifDate: String?
      /// Absolute path of the file that the image was added from; `nil` for bytes and URLs. Bytes that are not UTF-8 are replaced here;
      /// ``sourcePathBytes`` has them all.
      public var sourcePath: String? { sourcePathBytes.map { String(decoding: $0, as: UTF8.self) } }
      /// The path as the file system has it.
      public var sourcePathBytes: [UInt8]?
      /// When these bytes were added.
      public var addedAt: Date
      /// The warning of the add report, for instance that the image is found by exact copies only.
      public var warning: String?

      init(_ record: ImageRecord) {
        itemID = record.itemID
        imageName = record.name
        category = record.category
        customContent = record.customContent
        width = record.width
        height = record.height
        fileSize = record.byteCount
        format = record.format
        sha256 = Hex.encode(record.digest)
        exifDate = record.exifDate
        sourcePathBytes = record.sourcePath
        addedAt = Date(timeIntervalSince1970: Double(record.addedAt) / 1e6)
        warning = record.warning
      }
    }

    /// An item with its images.
    public struct Item: Sendable, Hashable {
      /// Its identifier.
      public var itemID: String
      /// Its images in the order of adding; at least one.
      public var images: [Image]
      /// The item's position in the order of adding: increases from item to item, stays the same as long as the item's
      /// oldest image does, and is never reused. ``LocalIndex/items(after:limit:options:)`` continues after it.
      public var position: Int64
    }
  }
#endif
