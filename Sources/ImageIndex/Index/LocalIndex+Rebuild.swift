#if LocalIndex
  import ImageSearch
  import ImageMatching

  extension LocalIndex {
    /// Upgrades an index of an earlier version, and rebuilds all derived data: features that are damaged or of another
    /// version of the library, and all segments. Features are computed from the file that the image was added from, if
    /// that still has the same bytes, otherwise from the thumbnail; without either, the image is found by its bytes
    /// only, and the report says so. Item ids, image names, categories, custom contents and the records of copies are
    /// kept. After an interruption another call continues where it stopped.
    ///
    /// - Parameters:
    ///   - path: the directory; a path, because an index of another version cannot be opened.
    ///   - progress: called after each image.
    ///   - options: limits of this call.
    ///   - configuration: limits, transport, log and the data stored per image.
    /// - Returns: one entry per image: `unchanged` if nothing had to be computed, `replaced` if its features were
    ///   computed again.
    /// - Throws: ``ImageSearchError`` as ``init(path:configuration:)`` and ``addImages(_:options:)``; intact data is
    ///   never lost.
    public static func rebuild(
      path: String, configuration: LocalIndexConfiguration = .init(), options: CallOptions = .init(),
      progress: BatchProgressHandler? = nil
    ) async throws -> AddReport {
      var configuration = configuration
      configuration.createIfMissing = false
      let index = try LocalIndex(path: path, configuration: configuration, anyVersion: true)
      defer { index.close() }
      return try await index.rebuild(options: options, progress: progress)
    }

    /// See ``rebuild(path:configuration:options:progress:)``. Searches can run meanwhile.
    public func rebuild(
      options: CallOptions = .init(), progress: BatchProgressHandler? = nil
    ) async throws -> AddReport {
      try await log.call("rebuild") { try await rebuildNow(options: options, progress: progress) }
    }

    private func rebuildNow(
      options: CallOptions, progress: BatchProgressHandler?
    ) async throws -> AddReport {
      let control = try control(options)
      try control.check()
      try refuseWriting()
      let now = configuration.now
      try await writer.commit(control: control) { [store] commitment in
        try store.write(control, commitment) {
          try TableUpgrade.run($0, path: store.directory.database, addedAt: now, control: control)
        }
      }
      let total = try await workers.run(.bulk, control: control) { [store] in
        try store.read(control) { Int(try $0.state().images) }
      }
      var report = AddReport()
      var meter = BatchMeter(total: total)
      var last: Int64 = 0
      while true {
        let from = last
        let batch = try await workers.run(.bulk, control: control) { [store] in
          try store.read(control) { try $0.images(after: from, limit: Self.rebuildSize) }
        }
        guard let end = batch.last?.id else { break }
        last = end
        let entries = try await rebuild(batch, control: control)
        report.entries += entries
        progress?(meter.advance(to: report.entries.count, failed: AddReport(entries: entries).failedCount))
      }
      try await writer.commit(control: control) { [store] commitment in
        try store.write(control, commitment) { try $0.setVersion(MatchEngine.version) }
      }
      _ = try await workers.run(.bulk, control: control) { [compactor] in
        try compactor.run(control, wait: true, all: true)
      }
      return report
    }

    /// Number of images per transaction.
    private static let rebuildSize = 32

    private func rebuild(_ batch: [StoredImage], control: CallControl) async throws -> [AddReport.Entry] {
      let made = try await withThrowingTaskGroup(of: (Int, RebuiltImage).self) { group in
        for (i, image) in batch.enumerated() {
          group.addTask {
            (i, try await self.workers.run(.bulk, control: control) { try self.rebuilt(image, control: control) })
          }
        }
        var made = [RebuiltImage](repeating: .intact, count: batch.count)
        while let (i, image) = try await group.next() { made[i] = image }
        return made
      }
      let ready = made
      if ready.contains(where: { $0.written != nil }) {
        try await writer.commit(control: control) { [store] commitment in
          try store.write(control, commitment) { transaction in
            for (image, made) in zip(batch, ready) {
              if let written = made.written { try transaction.replaceDerivedData(image.id, written) }
            }
          }
        }
      }
      return zip(batch, ready).map { image, made in
        AddReport.Entry(
          itemID: image.record.itemID, imageName: image.record.name, outcome: made.outcome,
          warning: made.warning ?? image.record.warning)
      }
    }

    /// Blocks.
    private func rebuilt(_ image: StoredImage, control: CallControl) throws -> RebuiltImage {
      let stored: [UInt8]?
      do {
        stored = try store.read(control) { try $0.features(image.id) }
      } catch let error as ImageSearchError where error.code == .indexCorrupt {
        // Any other failure is unrelated to the features, which must not be replaced by worse ones.
        stored = nil
      }
      // No features are valid for an image that cannot have any.
      let isSound = stored.map { $0.isEmpty || (try? ImageFeatures(bytes: $0)) != nil } ?? false
      if isSound, image.record.engine == MatchEngine.version { return .intact }
      let analyzer = ImageAnalyzer(configuration: configuration, control: control)
      let failure: ImageSearchError
      do {
        if let bytes = try original(of: image.record, control: control) {
          return .made(image.record.remade(try bytes.withUnsafeBytes { try analyzer.analyze($0) }))
        }
        if let thumbnail = try store.read(control, { try $0.thumbnail(image.id) }) {
          let analysis = try thumbnail.withUnsafeBytes { try analyzer.analyze($0, of: image.record) }
          return .made(image.record.remade(analysis))
        }
        failure = .local(
          .notFound, "The file is not there any more or has changed, and no thumbnail is stored; add it again")
      } catch let error as ImageSearchError where !Self.endsCall.contains(error.code) || error.code == .indexCorrupt {
        failure = error
      }
      var record = image.record
      record.engine = 0
      // Intact features are kept; only the data stored with them is missing.
      guard let stored, isSound, !stored.isEmpty else {
        return .lost(NewImage(record: record, features: []), failure)
      }
      return .kept(NewImage(record: record, features: stored), warning: failure.message)
    }
  }

  extension ImageRecord {
    /// The new row of an image that was analyzed again.
    fileprivate func remade(_ analysis: ImageAnalyzer.Analysis) -> NewImage {
      var record = self
      record.width = analysis.width
      record.height = analysis.height
      record.exifDate = analysis.exifDate
      record.warning = analysis.warning
      record.engine = MatchEngine.version
      return NewImage(record: record, features: analysis.features, thumbnail: analysis.thumbnail)
    }
  }

  /// The result of rebuilding an image.
  private enum RebuiltImage: Sendable {
    case intact
    case made(NewImage)
    /// Its features are intact, and there is no source for the rest.
    case kept(NewImage, warning: String)
    case lost(NewImage, ImageSearchError)

    /// The row to write.
    var written: NewImage? {
      switch self {
      case .intact: nil
      case .made(let image), .kept(let image, _), .lost(let image, _): image
      }
    }

    var outcome: AddReport.Outcome {
      switch self {
      case .intact, .kept: .unchanged
      case .made: .replaced
      case .lost(_, let error): .failed(error)
      }
    }

    var warning: String? {
      switch self {
      case .made(let image): image.record.warning
      case .kept(_, let warning): warning
      case .intact, .lost: nil
      }
    }
  }
#endif
