#if LocalIndex
  import ImageSearch

  extension LocalIndex {
    /// Adds pictures in one transaction: when this returns, all that the report calls added are on the disk and are found
    /// by every process; when it throws, nothing has changed. A picture whose bytes, category and custom content are there
    /// already is left alone.
    ///
    /// - Throws: ``ImageSearchError``: ``ImageSearchError/Code/invalidArgument`` when an item has no pictures,
    ///   ``ImageSearchError/Code/diskFull``, ``ImageSearchError/Code/indexUnavailable``,
    ///   ``ImageSearchError/Code/indexCorrupt``, ``ImageSearchError/Code/cancelled``,
    ///   ``ImageSearchError/Code/deadlineExceeded``, ``ImageSearchError/Code/closed``. What is wrong with one picture is in
    ///   the report.
    public func addImages(_ items: [ImageItem], options: CallOptions) async throws -> AddReport {
      let control = try control(options)
      try control.check()
      try refuseWriting()
      var candidates: [PictureCandidate] = []
      for item in items {
        guard !item.pictures.isEmpty else {
          throw ImageSearchError.local(
            .invalidArgument, "pictures is empty for item \(item.itemID), at least 1 is needed")
        }
        for picture in item.pictures { candidates.append(PictureCandidate(item: item, picture: picture)) }
      }
      let prepared = try await prepare(candidates, options: options, control: control)
      let outcomes = try await write(prepared, control: control)
      return AddReport(
        entries: zip(candidates, zip(prepared, outcomes)).map { candidate, result in
          AddReport.Entry(
            itemID: candidate.itemID, pictureName: candidate.name, outcome: result.1, warning: result.0.warning)
        })
    }

    /// Prepares pictures on all workers, in the order given.
    func prepare(
      _ candidates: [PictureCandidate], options: CallOptions, control: CallControl
    ) async throws -> [PreparedPicture] {
      var prepared = [PreparedPicture](
        repeating: .failed(.local(.internalFailure, "not tried")), count: candidates.count)
      try await withThrowingTaskGroup(of: (Int, PreparedPicture).self) { group in
        var next = 0
        // A few more than there are workers: one more picture is read while another is worked on.
        while next < min(candidates.count, workerCount + 2) {
          let index = next
          group.addTask { (index, try await self.prepare(candidates[index], options: options, control: control)) }
          next += 1
        }
        while let (index, result) = try await group.next() {
          prepared[index] = result
          guard next < candidates.count else { continue }
          let index = next
          group.addTask { (index, try await self.prepare(candidates[index], options: options, control: control)) }
          next += 1
        }
      }
      return prepared
    }

    /// - Throws: what ends the whole call; what is wrong with the picture is in the result.
    private func prepare(
      _ candidate: PictureCandidate, options: CallOptions, control: CallControl
    ) async throws -> PreparedPicture {
      do {
        try candidate.check()
        var candidate = candidate
        candidate.source = try await fetched(candidate.source, options: options)
        let ready = candidate
        return try await workers.run(.bulk, control: control) { [self] in try prepareNow(ready, control: control) }
      } catch let error as ImageSearchError where !Self.endsCall.contains(error.code) {
        return .failed(error)
      }
    }

    /// Errors that are not the picture's.
    private static let endsCall: Set<ImageSearchError.Code> = [
      .cancelled, .deadlineExceeded, .closed, .diskFull, .indexCorrupt, .indexUnavailable, .indexVersionMismatch,
    ]

    /// Blocks: reads, compares with what is there, decodes.
    private func prepareNow(_ candidate: PictureCandidate, control: CallControl) throws -> PreparedPicture {
      let (bytes, file) = try load(candidate.source, control: control)
      return try bytes.withUnsafeBytes { raw in
        let digest = try Self.digest(raw)
        let known = try store.read(control) { transaction in
          try KnownPicture(of: candidate, digest: digest, in: transaction)
        }
        if let known {
          var record = known.record
          record.category = candidate.category
          record.customContent = candidate.customContent
          record.sourcePath = file?.path ?? record.sourcePath
          record.sourceTime = file?.modificationTime ?? record.sourceTime
          if record == known.record { return .unchanged(warning: record.warning) }
          return .ready(NewPicture(record: record, features: known.features, thumbnail: known.thumbnail))
        }
        let analysis = try PictureAnalyzer(configuration: configuration).analyze(raw)
        let record = PictureRecord(
          itemID: candidate.itemID, name: candidate.name, category: candidate.category,
          customContent: candidate.customContent, width: analysis.width, height: analysis.height,
          format: analysis.format, byteCount: raw.count, digest: digest, sourcePath: file?.path,
          sourceTime: file?.modificationTime, warning: analysis.warning)
        return .ready(NewPicture(record: record, features: analysis.features, thumbnail: analysis.thumbnail))
      }
    }

    /// One transaction for all that is ready.
    func write(_ prepared: [PreparedPicture], control: CallControl) async throws -> [AddReport.Outcome] {
      guard prepared.contains(where: \.isReady) else { return prepared.map { $0.outcome(written: nil) } }
      let (outcomes, unsegmented) = try await writer.run(control: control) { [store] in
        try store.write(control) { transaction in
          var added = 0
          let outcomes = try prepared.map { picture in
            guard case .ready(let new) = picture else { return picture.outcome(written: nil) }
            let written = try transaction.write(new)
            if written == .added { added += 1 }
            return picture.outcome(written: written)
          }
          try transaction.noteChange(of: added)
          return (outcomes, try transaction.unsegmented())
        }
      }
      if unsegmented >= Int64(SegmentKeeper.newerPictures) { keepSegments() }
      return outcomes
    }

    /// - Throws: ``ImageSearchError/Code/indexUnavailable`` when the index was opened for reading.
    func refuseWriting() throws {
      if configuration.readOnly {
        throw ImageSearchError.local(.indexUnavailable, "The index was opened for reading only")
      }
    }
  }
#endif
