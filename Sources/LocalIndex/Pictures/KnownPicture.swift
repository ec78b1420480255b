#if LocalIndex
  import ImageSearch

  /// A picture of the same item, name and bytes that is in the index.
  struct KnownPicture {
    private let stored: StoredPicture
    private let features: [UInt8]
    private let thumbnail: [UInt8]?

    /// `nil` when there is none, or one of other bytes, or one whose features were lost.
    init?(of candidate: PictureCandidate, digest: [UInt8], in transaction: IndexTransaction) throws {
      guard let stored = try transaction.picture(itemID: candidate.itemID, name: candidate.name),
        stored.record.digest == digest, let features = try transaction.features(stored.id), !features.isEmpty
      else { return nil }
      self.stored = stored
      self.features = features
      thumbnail = try transaction.thumbnail(stored.id)
    }

    /// What there is to write; nothing is decoded.
    func prepared(for candidate: PictureCandidate, file: PictureFile?) -> PreparedPicture {
      var record = stored.record
      record.category = candidate.category
      record.customContent = candidate.customContent
      let isSame = record == stored.record
      record.sourcePath = file?.path ?? record.sourcePath
      record.sourceTime = file?.modificationTime ?? record.sourceTime
      if record == stored.record { return .unchanged(warning: record.warning) }
      if isSame { return .moved(StoredPicture(id: stored.id, record: record)) }
      return .ready(NewPicture(record: record, features: features, thumbnail: thumbnail))
    }
  }
#endif
