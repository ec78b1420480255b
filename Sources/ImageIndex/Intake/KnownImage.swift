#if LocalIndex
  import ImageSearch

  /// An image of the same item, name and bytes that is in the index.
  struct KnownImage {
    private let stored: StoredImage
    private let features: [UInt8]
    private let thumbnail: [UInt8]?

    /// `nil` when there is none, or one of other bytes, or one whose features could not be made anew.
    init?(of candidate: ImageCandidate, digest: [UInt8], in transaction: IndexTransaction) throws {
      guard let stored = try transaction.image(itemID: candidate.itemID, name: candidate.name),
        stored.record.digest == digest, stored.record.engine == MatchEngine.version,
        let features = try transaction.features(stored.id)
      else { return nil }
      self.stored = stored
      self.features = features
      thumbnail = try transaction.thumbnail(stored.id)
    }

    /// What there is to write; nothing is decoded.
    func prepared(for candidate: ImageCandidate, file: ImageFile?) -> PreparedImage {
      var record = stored.record
      record.category = candidate.category
      record.customContent = candidate.customContent
      let isSame = record == stored.record
      record.sourcePath = file?.path ?? record.sourcePath
      record.sourceTime = file?.modificationTime ?? record.sourceTime
      if record == stored.record { return .unchanged(warning: record.warning) }
      if isSame { return .moved(StoredImage(id: stored.id, record: record)) }
      return .ready(NewImage(record: record, features: features, thumbnail: thumbnail))
    }
  }
#endif
