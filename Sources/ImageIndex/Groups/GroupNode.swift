#if LocalIndex
  import FoundationEssentials
  import ImageSearch

  /// What is kept in memory for each image while groups are computed: some 200 bytes.
  struct GroupNode: Sendable {
    /// The key of the image's row.
    let id: Int64
    let itemID: String
    let name: String
    let category: String?
    let digest: SIMD4<UInt64>
    /// In microseconds since 1970.
    let addedAt: Int64
    private let pixels: Int
    private let bytes: Int
    private let isLossless: Bool
    /// When the image was taken, otherwise when its file was changed, in microseconds since 1970; the maximum if both
    /// are unknown. The time of adding does not count: groups must not depend on the order of adding.
    private let date: Int64

    init(_ stored: StoredImage) {
      let record = stored.record
      id = stored.id
      itemID = record.itemID
      name = record.name
      category = record.category
      addedAt = record.addedAt
      var words = SIMD4<UInt64>()
      for (i, byte) in record.digest.prefix(32).enumerated() { words[i >> 3] |= UInt64(byte) << UInt64(8 * (i & 7)) }
      digest = words
      pixels = record.width.multipliedReportingOverflow(by: record.height).partialValue
      bytes = record.byteCount
      isLossless = ["PNG", "BMP", "TIFF", "GIF"].contains(record.format)
      date = record.exifDate.flatMap(Self.microseconds) ?? record.sourceTime.map { $0 / 1000 } ?? .max
    }

    /// A camera's local time, read as UTC: the time zone does not change the order of one camera's images.
    private static func microseconds(_ text: String) -> Int64? {
      let date = try? Date(text + "Z", strategy: .iso8601)
      return date.map { Int64(clamping: Int($0.timeIntervalSince1970) &* 1_000_000) }
    }

    /// Whether the first of two images is the better one. A total order, because item id and image name together
    /// identify an image.
    static func order(_ keep: LocalIndex.Keep) -> (GroupNode, GroupNode) -> Bool {
      { a, b in
        switch keep {
        case .leastRecompressed:
          if a.isLossless != b.isLossless { return a.isLossless }
          // Compares bytes per pixel without division.
          let (x, y) = (
            a.bytes.multipliedFullWidth(by: max(1, b.pixels)), b.bytes.multipliedFullWidth(by: max(1, a.pixels))
          )
          if x != y { return (x.high, x.low) > (y.high, y.low) }
        case .oldest:
          if a.date != b.date { return a.date < b.date }
        default: break
        }
        if a.pixels != b.pixels { return a.pixels > b.pixels }
        if a.isLossless != b.isLossless { return a.isLossless }
        if a.bytes != b.bytes { return a.bytes > b.bytes }
        if a.date != b.date { return a.date < b.date }
        return ImageRecord.isBefore((a.itemID, a.name), (b.itemID, b.name))
      }
    }
  }
#endif
