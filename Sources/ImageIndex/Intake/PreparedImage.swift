#if LocalIndex
  import ImageSearch

  /// The result of preparing an image.
  enum PreparedImage: Sendable {
    /// To be written.
    case ready(NewImage)
    /// The index has it with the same bytes, category and custom content.
    case unchanged(warning: String?)
    /// The index has it unchanged, but its file has another path or modification time.
    case moved(StoredImage)
    case failed(ImageSearchError)

    var needsWriting: Bool {
      switch self {
      case .ready, .moved: true
      case .unchanged, .failed: false
      }
    }

    /// - Returns: the outcome of writing; `nil` when there was nothing to write.
    func write(to transaction: IndexTransaction) throws -> IndexTransaction.WriteOutcome? {
      switch self {
      case .ready(let image): return try transaction.write(image)
      case .moved(let image):
        try transaction.updateSource(image)
        return .unchanged
      case .unchanged, .failed: return nil
      }
    }

    /// - Parameter written: the outcome of writing; `nil` when there was nothing to write.
    func warning(written: IndexTransaction.WriteOutcome?) -> String? {
      switch self {
      case .ready(let image):
        // Two folders may contain files of the same name.
        guard case .replaced(let earlier?) = written, let path = image.record.sourcePath, path != earlier else {
          return image.record.warning
        }
        let replaced = "took the place of the image from \(PathName.text(of: earlier).excerpt)"
        return [image.record.warning, replaced].compactMap { $0 }.joined(separator: "; ")
      case .unchanged(let warning): return warning
      case .moved(let image): return image.record.warning
      case .failed: return nil
      }
    }

    /// - Parameter written: the outcome of writing; `nil` when there was nothing to write.
    func outcome(written: IndexTransaction.WriteOutcome?) -> AddReport.Outcome {
      if case .failed(let error) = self { return .failed(error) }
      switch written {
      case .added: return .added
      case .replaced: return .replaced
      case .unchanged, nil: return .unchanged
      }
    }
  }

  /// The stored image of the same item, name and bytes.
  struct KnownImage {
    private let stored: StoredImage
    private let features: [UInt8]
    private let thumbnail: [UInt8]?

    /// `nil` when there is none, or its bytes differ, or it lost its features in a rebuild.
    init?(of candidate: ImageCandidate, digest: [UInt8], in transaction: IndexTransaction) throws {
      guard let stored = try transaction.image(itemID: candidate.itemID, name: candidate.name),
        stored.record.digest == digest, stored.record.engine == MatchEngine.version,
        let features = try transaction.features(stored.id)
      else { return nil }
      self.stored = stored
      self.features = features
      thumbnail = try transaction.thumbnail(stored.id)
    }

    /// The rows to write; nothing is decoded.
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
