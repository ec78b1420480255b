#if LocalIndex
  import ImageSearch

  extension LocalIndex {
    /// Adds the images of a folder on all threads of the index, ``BatchOptions/transactionSize`` images per
    /// transaction.
    ///
    /// An image whose file has the stored size and modification time, or the same bytes, is skipped; so an interrupted
    /// batch continues where it stopped when it is called again. A file or subfolder that cannot be read is an entry of
    /// the report and does not stop the rest. Files that are no images by name and content, names that begin with a
    /// dot, and links to folders are counted in ``AddReport/skippedCount``. Names that are not UTF-8 become ids as
    /// ``pathBytes(of:)`` says.
    ///
    /// - Parameters:
    ///   - folder: the folder.
    ///   - batch: naming and transaction size.
    ///   - options: time limits for the whole batch.
    ///   - progress: called after each transaction.
    /// - Returns: one entry per image, sorted by path.
    /// - Throws: ``ImageSearchError/Code/fileNotReadable`` when the folder cannot be read, and as
    ///   ``addImages(_:options:)``. Images committed before stay.
    public func addFolder(
      _ folder: String, batch: BatchOptions = .init(), options: CallOptions = .init(),
      progress: BatchProgressHandler? = nil
    ) async throws -> AddReport {
      try await addFolder(pathBytes: Array(folder.utf8), batch: batch, options: options, progress: progress)
    }

    /// Adds the images of a folder whose path need not be UTF-8; see ``addFolder(_:batch:options:progress:)``.
    ///
    /// - Throws: As that.
    public func addFolder(
      pathBytes folder: [UInt8], batch: BatchOptions = .init(), options: CallOptions = .init(),
      progress: BatchProgressHandler? = nil
    ) async throws -> AddReport {
      try await log.call("addFolder") {
        try await addFolderNow(folder, batch: batch, options: options, progress: progress)
      }
    }

    private func addFolderNow(
      _ folder: [UInt8], batch: BatchOptions, options: CallOptions,
      progress: BatchProgressHandler?
    ) async throws -> AddReport {
      let control = try control(options)
      let (folder, findings) = try await workers.run(.bulk, control: control) { [store] in
        // Made absolute, so that a change of the working directory does not affect pruning at the end.
        let folder = Platform.absolute(folder) ?? folder
        let own = try? Platform.status(store.directory.path)
        let walk = FolderWalk(recursive: batch.recursive, ownDirectory: own, control: control)
        return (folder, try walk.findings(in: folder))
      }
      let candidates = findings.entries.map { entry in
        let (id, name) = Self.names(of: entry.relativePath, batch)
        let item = ImageItem(
          itemID: id, images: [.init(name: name, source: .file(pathBytes: entry.path))], category: batch.category,
          customContent: batch.customContent)
        var candidate = ImageCandidate(item: item, image: item.images[0])
        candidate.failure = entry.failure
        return candidate
      }
      var report = try await addBatch(candidates, batch: batch, options: options, control: control, progress: progress)
      report.skippedCount = findings.skipped
      if batch.prune {
        report.prunedCount = try await prune(folder: folder, apply: true, control: control).gone.count
      }
      return report
    }

    /// Item and image name of a path within the folder. Split by bytes: a combining mark after a slash belongs to the
    /// name.
    private static func names(of path: [UInt8], _ batch: BatchOptions) -> (id: String, name: String) {
      let slash = path.lastIndex(of: UInt8(ascii: "/"))
      let name = PathName.text(of: slash.map { path[($0 + 1)...] } ?? path[...])
      switch batch.naming {
      case .itemPerFile: return (batch.prefix + PathName.text(of: path), name)
      case .itemPerFolder: return (batch.prefix + (slash.map { PathName.text(of: path[..<$0]) } ?? "."), name)
      }
    }

    /// Adds many items on all threads of the index, ``BatchOptions/transactionSize`` images per transaction; see
    /// ``addFolder(_:batch:options:progress:)``. The options for folders and names are ignored.
    ///
    /// - Returns: one entry per image, in the order given.
    /// - Throws: as ``addImages(_:options:)``. Images committed before stay.
    public func addBatch(
      _ items: [ImageItem], batch: BatchOptions = .init(), options: CallOptions = .init(),
      progress: BatchProgressHandler? = nil
    ) async throws -> AddReport {
      try await log.call("addBatch") {
        try await addBatchNow(items, batch: batch, options: options, progress: progress)
      }
    }

    private func addBatchNow(
      _ items: [ImageItem], batch: BatchOptions, options: CallOptions,
      progress: BatchProgressHandler?
    ) async throws -> AddReport {
      try await addBatch(
        ImageCandidate.all(of: items), batch: batch, options: options, control: try control(options), progress: progress
      )
    }

    private func addBatch(
      _ candidates: [ImageCandidate], batch: BatchOptions, options: CallOptions, control: CallControl,
      progress: BatchProgressHandler?
    ) async throws -> AddReport {
      try control.check()
      try refuseWriting()
      guard (1...1000).contains(batch.transactionSize) else {
        throw ImageSearchError.local(
          .invalidArgument, "transactionSize is \(batch.transactionSize), allowed are 1 to 1000")
      }
      if let threads = batch.threads, !(1...256).contains(threads) {
        throw ImageSearchError.local(.invalidArgument, "threads is \(threads), allowed are 1 to 256")
      }
      var report = AddReport()
      var meter = BatchMeter(total: candidates.count)
      // The next images are prepared while these are written.
      var waiting: (candidates: [ImageCandidate], prepared: [PreparedImage]) = ([], [])
      var next = 0
      while next < candidates.count || !waiting.candidates.isEmpty {
        let slice = Array(candidates[next..<min(candidates.count, next + batch.transactionSize)])
        next += slice.count
        async let following = prepare(
          slice, trustingTimes: batch.skipsUnchangedFiles, threads: batch.threads, options: options, control: control)
        let entries = try await write(waiting.candidates, waiting.prepared, control: control)
        report.entries += entries
        if !entries.isEmpty {
          progress?(meter.advance(to: report.entries.count, failed: AddReport(entries: entries).failedCount))
        }
        waiting = (slice, try await following)
      }
      return report
    }
  }
#endif
