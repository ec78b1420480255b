#if LocalIndex
  import ImageSearch

  /// A picture on its way into the index.
  enum PreparedPicture: Sendable {
    /// To be written.
    case ready(NewPicture)
    /// It is there, with the same bytes, category and custom content.
    case unchanged(warning: String?)
    case failed(ImageSearchError)

    var isReady: Bool {
      if case .ready = self { true } else { false }
    }

    var warning: String? {
      switch self {
      case .ready(let picture): picture.record.warning
      case .unchanged(let warning): warning
      case .failed: nil
      }
    }

    /// - Parameter written: what writing did; `nil` when there was nothing to write.
    func outcome(written: IndexTransaction.WriteOutcome?) -> AddReport.Outcome {
      if case .failed(let error) = self { return .failed(error) }
      switch written {
      case .added: return .added
      case .replaced: return .replaced
      case .unchanged, nil: return .unchanged
      }
    }
  }

  /// A picture of the same item, name and bytes that is in the index.
  struct KnownPicture {
    let record: PictureRecord
    let features: [UInt8]
    let thumbnail: [UInt8]?

    /// `nil` when there is none, or one of other bytes.
    init?(of candidate: PictureCandidate, digest: [UInt8], in transaction: IndexTransaction) throws {
      guard let stored = try transaction.picture(itemID: candidate.itemID, name: candidate.name),
        stored.record.digest == digest, let features = try transaction.features(stored.id)
      else { return nil }
      record = stored.record
      self.features = features
      thumbnail = try transaction.thumbnail(stored.id)
    }
  }
#endif
