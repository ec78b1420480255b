#if LocalIndex
  import ImageSearch
  import ImageMatching

  extension LocalIndex {
    /// Makes everything anew that follows from the images: features that are damaged or of another version of the library, and
    /// all segments. Features are made from the file that an image came from, if it still has the same bytes, otherwise from the
    /// thumbnail; where neither is left the image stays without being found, and the report says so. Started again after an
    /// interruption it goes on where it ended.
    ///
    /// - Parameter path: the directory; an index of another version of the library cannot be opened otherwise.
    /// - Returns: one entry an image: `unchanged` when its features were good, `replaced` when they were made anew.
    /// - Throws: ``ImageSearchError`` as ``init(path:configuration:)`` and ``addImages(_:options:)``; nothing that was good is
    ///   lost.
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

    /// See ``rebuild(path:configuration:options:progress:)``. Searches go on meanwhile.
    public func rebuild(
      options: CallOptions = .init(), progress: BatchProgressHandler? = nil
    ) async throws -> AddReport {
      let control = try control(options)
      try control.check()
      try refuseWriting()
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
        progress?(meter.advance(to: report.entries.count, failed: AddReport(entries: entries).failed))
      }
      try await writer.run(control: control) { [store] in
        try store.write(control) { try $0.becomeVersion(MatchEngine.version) }
      }
      _ = try await workers.run(.bulk, control: control) { [keeper] in
        try keeper.run(control, wait: true, all: true)
      }
      return report
    }

    /// Images a transaction.
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
      if ready.contains(where: { $0 != .intact }) {
        try await writer.run(control: control) { [store] in
          try store.write(control) { transaction in
            for (image, made) in zip(batch, ready) {
              switch made {
              case .intact: break
              case .made(let features): try transaction.replaceFeatures(image.id, features)
              case .lost: try transaction.replaceFeatures(image.id, [])
              }
            }
          }
        }
      }
      return zip(batch, ready).map { image, made in
        AddReport.Entry(
          itemID: image.record.itemID, imageName: image.record.name, outcome: made.outcome,
          warning: image.record.warning)
      }
    }

    /// Blocks.
    private func rebuilt(_ image: StoredImage, control: CallControl) throws -> RebuiltImage {
      let stored = try? store.read(control) { try $0.features(image.id) }
      try control.check()
      if let stored, (try? ImageFeatures(bytes: stored)) != nil { return .intact }
      let analyzer = ImageAnalyzer(configuration: configuration)
      do {
        if let bytes = try original(of: image.record, control: control) {
          return .made(try bytes.withUnsafeBytes { try analyzer.features($0, of: image.record) })
        }
        guard let thumbnail = try store.read(control, { try $0.thumbnail(image.id) }) else {
          return .lost(
            .local(.notFound, "The file is not there any more or has changed, and no thumbnail is stored; add it again")
          )
        }
        return .made(try thumbnail.withUnsafeBytes { try analyzer.features($0, of: image.record) })
      } catch let error as ImageSearchError where !Self.endsCall.contains(error.code) || error.code == .indexCorrupt {
        return .lost(error)
      }
    }
  }

  /// What became of the features of an image.
  private enum RebuiltImage: Sendable, Hashable {
    case intact
    case made([UInt8])
    case lost(ImageSearchError)

    var outcome: AddReport.Outcome {
      switch self {
      case .intact: .unchanged
      case .made: .replaced
      case .lost(let error): .failed(error)
      }
    }
  }
#endif
