#if LocalIndex
  import ImageSearch

  /// A picture on its way into the index.
  enum PreparedPicture: Sendable {
    /// To be written.
    case ready(NewPicture)
    /// It is there, with the same bytes, category and custom content.
    case unchanged(warning: String?)
    /// It is there and unchanged, but its file has another path or time.
    case moved(StoredPicture)
    case failed(ImageSearchError)

    var needsWriting: Bool {
      switch self {
      case .ready, .moved: true
      case .unchanged, .failed: false
      }
    }

    /// - Returns: what writing did; `nil` when there was nothing to write.
    func write(to transaction: IndexTransaction) throws -> IndexTransaction.WriteOutcome? {
      switch self {
      case .ready(let picture): return try transaction.write(picture)
      case .moved(let picture):
        try transaction.updateSource(picture)
        return .unchanged
      case .unchanged, .failed: return nil
      }
    }

    var warning: String? {
      switch self {
      case .ready(let picture): picture.record.warning
      case .unchanged(let warning): warning
      case .moved(let picture): picture.record.warning
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
#endif
