#if LocalIndex
  import ImageSearch
  import ImageMatching

  @testable import ImageIndex

  extension NewImage {
    /// An image with random features: as expensive to sort and search as real ones, without the time to compute them.
    static func random(_ number: Int, features count: Int = 256, category: String? = nil) -> NewImage {
      var random = SplitMix(state: UInt64(number) &* 0xA24B_AED4_963E_E407)
      // The layout of version 2 of the matcher, which is fixed by its own tests.
      var bytes: [UInt8] = [UInt8(ImageFeatures.algorithmVersion), 80]
      func put(_ value: UInt64, _ size: Int) {
        for k in 0..<size { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * k))) }
      }
      put(UInt64(count), 2)
      put(640, 4)
      put(480, 4)
      for side in [UInt64(0), 0, 512, 384] { put(side, 2) }
      for _ in 0..<4 { put(random.next(), 8) }
      for _ in 0..<count { put(random.next(), 8) }
      for _ in 0..<count { put(random.next() & 0xFFFF_FFFF, 4) }
      // A miniature of 45 × 34 gray pixels.
      bytes += [Miniature.version, 45, 34] + repeatElement(0, count: Miniature.byteCount - 3)
      let record = ImageRecord(
        itemID: "random-\(number)", name: "p", category: category, customContent: nil, width: 640, height: 480,
        format: "JPEG", byteCount: 1000, digest: [UInt8](repeating: UInt8(number & 255), count: 32), exifDate: nil,
        sourcePath: nil, sourceTime: nil, addedAt: 0, engine: MatchEngine.version, warning: nil)
      return NewImage(record: record, features: bytes, thumbnail: nil)
    }
  }

  extension LocalIndex {
    /// Adds rows in one transaction, as adding images does.
    func insert(_ images: [NewImage]) throws {
      try store.write(CallControl()) { transaction in
        var added = 0
        for image in images where try transaction.write(image) == .added { added += 1 }
        try transaction.noteChange(of: added)
      }
    }

    /// Builds segments now.
    func makeSegments(all: Bool = false) throws { try compactor.run(CallControl(), wait: true, all: all) }

    var segmentRows: [SegmentRow] {
      get throws { try store.read(CallControl()) { try $0.segments() } }
    }
  }
#endif
