#if LocalIndex
  import ImageSearch

  extension LocalIndex {
    /// Adds images in one transaction: when this returns, all images reported as added are durable and searchable by
    /// every process; when it throws, nothing has changed. An image that is stored with the same bytes, category and
    /// custom content is left unchanged.
    ///
    /// - Throws: ``ImageSearchError``: ``ImageSearchError/Code/diskFull``, ``ImageSearchError/Code/indexUnavailable``,
    ///   ``ImageSearchError/Code/indexCorrupt``, ``ImageSearchError/Code/cancelled``,
    /// ``ImageSearchError/Code/deadlineExceeded``, ``ImageSearchError/Code/closed``. Errors of a single image are in
    /// the report.
    public func addImages(_ items: [ImageItem], options: CallOptions) async throws -> AddReport {
      try await log.call("addImages") { try await addImagesNow(items, options: options) }
    }

    private func addImagesNow(_ items: [ImageItem], options: CallOptions) async throws -> AddReport {
      let control = try control(options)
      try control.check()
      try refuseWriting()
      let candidates = ImageCandidate.all(of: items)
      let prepared = try await prepare(candidates, trustingTimes: false, options: options, control: control)
      return AddReport(entries: try await write(candidates, prepared, control: control))
    }

    /// Prepares images on all workers, in the order given.
    ///
    /// - Parameters:
    ///   - trustingTimes: a file with the stored size and modification time is not read.
    ///   - threads: number of images processed in parallel; `nil` uses all workers.
    func prepare(
      _ candidates: [ImageCandidate], trustingTimes: Bool, threads: Int? = nil, options: CallOptions,
      control: CallControl
    ) async throws -> [PreparedImage] {
      var prepared = [PreparedImage](
        repeating: .failed(.local(.internalFailure, "not tried")), count: candidates.count)
      try await withThrowingTaskGroup(of: (Int, PreparedImage).self) { group in
        var next = 0
        // Two more than there are workers: images are fetched while others are decoded.
        while next < min(candidates.count, threads ?? workerCount + 2) {
          let index = next
          group.addTask { (index, try await self.prepare(candidates[index], trustingTimes, options, control)) }
          next += 1
        }
        while let (index, result) = try await group.next() {
          prepared[index] = result
          guard next < candidates.count else { continue }
          let index = next
          group.addTask { (index, try await self.prepare(candidates[index], trustingTimes, options, control)) }
          next += 1
        }
      }
      return prepared
    }

    /// - Throws: errors that end the whole call; errors of the image are in the result.
    private func prepare(
      _ candidate: ImageCandidate, _ trustingTimes: Bool, _ options: CallOptions, _ control: CallControl
    ) async throws -> PreparedImage {
      do {
        try candidate.check()
        var candidate = candidate
        candidate.source = try await fetched(candidate.source, options: options, control: control)
        let ready = candidate
        return try await workers.run(.bulk, control: control) { [self] in
          try prepareNow(ready, trustingTimes: trustingTimes, control: control)
        }
      } catch let error as ImageSearchError where !Self.endsCall.contains(error.code) {
        return .failed(error)
      }
    }

    /// Errors that end the call.
    static let endsCall: Set<ImageSearchError.Code> = [
      .cancelled, .deadlineExceeded, .closed, .diskFull, .indexCorrupt, .indexUnavailable, .indexVersionMismatch,
      .outOfMemory,
    ]

    /// Reads the image, compares it with the stored one, and decodes it. Blocks.
    private func prepareNow(
      _ candidate: ImageCandidate, trustingTimes: Bool, control: CallControl
    ) throws -> PreparedImage {
      if trustingTimes, let path = candidate.source.pathBytes,
        let record = try unchangedFile(path, candidate, control: control)
      {
        return .unchanged(warning: record.warning)
      }
      let (bytes, file) = try load(candidate.source, control: control)
      return try bytes.withUnsafeBytes { raw in
        let digest = try Self.digest(raw)
        let known = try store.read(control) { try KnownImage(of: candidate, digest: digest, in: $0) }
        if let known { return known.prepared(for: candidate, file: file) }
        let analysis = try ImageAnalyzer(configuration: configuration, control: control).analyze(raw)
        let record = ImageRecord(
          itemID: candidate.itemID, name: candidate.name, category: candidate.category,
          customContent: candidate.customContent, width: analysis.width, height: analysis.height,
          format: analysis.format, byteCount: raw.count, digest: digest, exifDate: analysis.exifDate,
          sourcePath: file?.path, sourceTime: file?.modificationTime, addedAt: configuration.now,
          engine: MatchEngine.version, warning: analysis.warning)
        return .ready(NewImage(record: record, features: analysis.features, thumbnail: analysis.thumbnail))
      }
    }

    /// The row of an image whose file is unchanged.
    private func unchangedFile(
      _ path: [UInt8], _ candidate: ImageCandidate, control: CallControl
    ) throws -> ImageRecord? {
      let file = try ImageFile(path: path)
      let known = try store.read(control) { transaction -> ImageRecord? in
        let stored = try transaction.image(itemID: candidate.itemID, name: candidate.name)
        return stored?.record.engine == MatchEngine.version ? stored?.record : nil
      }
      guard let known, let path = file.path, known.sourcePath == path, known.sourceTime == file.modificationTime,
        known.byteCount == file.byteCount, known.category.hasBytes(of: candidate.category),
        known.customContent.hasBytes(of: candidate.customContent)
      else { return nil }
      return known
    }

    /// Writes all prepared images in one transaction.
    ///
    /// - Returns: one entry per image.
    func write(
      _ candidates: [ImageCandidate], _ prepared: [PreparedImage], control: CallControl
    ) async throws -> [AddReport.Entry] {
      var outcomes = prepared.map { $0.outcome(written: nil) }
      var warnings = prepared.map { $0.warning(written: nil) }
      if prepared.contains(where: \.needsWriting) {
        let (written, unsegmented) = try await writer.commit(control: control) { [store] commitment in
          try store.write(control, commitment) { transaction in
            let written = try prepared.map { try $0.write(to: transaction) }
            let added = written.count { $0 == .added }
            if written.contains(where: { $0?.isChange == true }) { try transaction.noteChange(of: added) }
            return (written, try transaction.unsegmented())
          }
        }
        outcomes = zip(prepared, written).map { $0.outcome(written: $1) }
        warnings = zip(prepared, written).map { $0.warning(written: $1) }
        if unsegmented >= Int64(configuration.newerImages) { compact() }
      }
      return candidates.indices.map {
        AddReport.Entry(
          itemID: candidates[$0].itemID, imageName: candidates[$0].name, outcome: outcomes[$0], warning: warnings[$0])
      }
    }

    /// - Throws: ``ImageSearchError/Code/indexUnavailable`` when the index was opened read-only.
    func refuseWriting() throws {
      if configuration.readOnly {
        throw ImageSearchError.local(.indexUnavailable, "The index was opened for reading only")
      }
    }
  }
#endif
