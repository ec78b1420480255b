#if LocalIndex
  import ImageSearch

  extension LocalIndex {
    /// Adds the images of a folder, on all cores, a transaction every ``BatchOptions/transactionSize`` images.
    ///
    /// An image whose file has the size and the time it had, or the same bytes, is skipped; so a batch that was interrupted goes
    /// on where it ended when it is started again. A bad file is an entry of the report and does not stop the rest.
    ///
    /// - Parameters:
    ///   - folder: the folder.
    ///   - batch: names and sizes.
    ///   - options: time limits for the whole batch.
    ///   - progress: called after every transaction.
    /// - Returns: one entry an image, in the order of their paths.
    /// - Throws: ``ImageSearchError/Code/fileNotReadable`` when the folder cannot be read, and as
    ///   ``addImages(_:options:)``. What was written before stays.
    public func addFolder(
      _ folder: String, batch: BatchOptions = .init(), options: CallOptions = .init(),
      progress: BatchProgressHandler? = nil
    ) async throws -> AddReport {
      let control = try control(options)
      let walk = FolderWalk(recursive: batch.recursive, control: control)
      let files = try await workers.run(.bulk, control: control) { try walk.files(in: folder) }
      let items = files.map { file in
        let parts = file.relativePath.split(separator: "/")
        let name = parts.last.map(String.init) ?? file.relativePath
        let folderPath = parts.dropLast().joined(separator: "/")
        let id =
          switch batch.naming {
          case .itemPerFile: file.relativePath
          case .itemPerFolder: folderPath.isEmpty ? "." : folderPath
          }
        return ImageItem(
          itemID: id, images: [.init(name: name, source: .file(file.path))], category: batch.category,
          customContent: batch.customContent)
      }
      return try await addBatch(items, batch: batch, options: options, control: control, progress: progress)
    }

    /// Adds many items, on all cores, a transaction every ``BatchOptions/transactionSize`` images; see
    /// ``addFolder(_:batch:options:progress:)``. Of the options those for folders and names do not count.
    ///
    /// - Returns: one entry an image, in the order given.
    /// - Throws: as ``addImages(_:options:)``. What was written before stays.
    public func addBatch(
      _ items: [ImageItem], batch: BatchOptions = .init(), options: CallOptions = .init(),
      progress: BatchProgressHandler? = nil
    ) async throws -> AddReport {
      try await addBatch(items, batch: batch, options: options, control: try control(options), progress: progress)
    }

    private func addBatch(
      _ items: [ImageItem], batch: BatchOptions, options: CallOptions, control: CallControl,
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
      let candidates = try ImageCandidate.all(of: items)
      var report = AddReport()
      var meter = BatchMeter(total: candidates.count)
      // While some are written the next are prepared.
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
