#if LocalIndex
  import ImageSearch

  extension LocalIndex {
    /// Removes images in one transaction; images that do not exist are no error.
    ///
    /// - Returns: the number of images removed.
    /// - Throws: ``ImageSearchError``: ``ImageSearchError/Code/invalidArgument`` for an invalid identifier, and the
    ///   errors of the index; nothing has changed then.
    public func removeImages(_ requests: [RemoveRequest], options: CallOptions) async throws -> Int? {
      try await log.call("removeImages") { try await removeImagesNow(requests, options: options) }
    }

    private func removeImagesNow(_ requests: [RemoveRequest], options: CallOptions) async throws -> Int? {
      let control = try control(options)
      try control.check()
      try refuseWriting()
      for request in requests {
        try TextLimit.checkName("itemID", request.itemID)
        if let name = request.imageName { try TextLimit.checkName("imageName", name) }
      }
      return try await writer.commit(control: control) { [store] commitment in
        try store.write(control, commitment) { transaction in
          var removed = 0
          for request in requests { removed += try transaction.remove(request) }
          if removed > 0 { try transaction.noteChange(of: -removed) }
          return removed
        }
      }
    }
  }

  extension LocalIndex {
    /// The result of ``LocalIndex/prune(folder:apply:options:)``.
    public struct PruneReport: Sendable, Hashable {
      /// Images whose files no longer exist, in the order of adding; they were removed if ``isApplied``.
      public var gone: [Image] = []
      /// Images whose files could not be checked, with the reason; they are kept.
      public var unknown: [Unknown] = []
      /// Number of images checked: those that were added from files.
      public var checkedCount = 0
      /// Whether the images of ``gone`` were removed; `false` after a dry run.
      public var isApplied = false

      /// An image whose file could not be checked.
      public struct Unknown: Sendable, Hashable {
        /// The image, which is kept.
        public var image: Image
        /// For instance that a folder is not readable.
        public var reason: String
      }
    }

    /// Removes images whose files no longer exist. Without `apply` it only reports them.
    ///
    /// A file counts as gone if the system reports that its path does not exist. If a folder is not readable, or the
    /// disk has an error, the image is kept. If `folder` itself does not exist, or, without one, the topmost folder of
    /// a path, nothing is removed, so that an unmounted disk does not remove its images. Images that were added as
    /// bytes or by URL are kept.
    ///
    /// - Parameters:
    ///   - folder: Only images that were added from files in this folder; `nil` checks all.
    ///   - apply: Removes them; `false`, the default, is a dry run.
    ///   - options: limits of this call.
    /// - Throws: ``ImageSearchError``: ``ImageSearchError/Code/fileNotReadable`` when `folder` does not exist, and the
    ///   errors of the index. Images removed before that stay removed.
    public func prune(
      folder: String? = nil, apply: Bool = false, options: CallOptions = .init()
    ) async throws -> PruneReport {
      try await log.call("prune") {
        try await prune(folder: folder.map { Array($0.utf8) }, apply: apply, control: try control(options))
      }
    }

    /// Removes images whose files no longer exist, in a folder whose path need not be UTF-8; see
    /// ``prune(folder:apply:options:)``.
    ///
    /// - Throws: As that.
    public func prune(
      pathBytes folder: [UInt8], apply: Bool = false, options: CallOptions = .init()
    ) async throws -> PruneReport {
      try await log.call("prune") {
        try await prune(folder: folder, apply: apply, control: try control(options))
      }
    }

    func prune(folder: [UInt8]?, apply: Bool, control: CallControl) async throws -> PruneReport {
      try control.check()
      if apply { try refuseWriting() }
      var report = try await workers.run(.bulk, control: control) { [store] in
        var check = PathCheck(root: try folder.map { try PathCheck.root($0) })
        var report = PruneReport()
        var position: Int64 = 0
        while true {
          try control.check()
          let images = try store.read(control) { try $0.images(after: position, limit: 1000) }
          guard let last = images.last else { return report }
          position = last.id
          for image in images { check.look(at: image.record, &report) }
        }
      }
      guard apply else { return report }
      let gone = report.gone
      for start in stride(from: 0, to: gone.count, by: 1000) {
        let slice = gone[start..<min(gone.count, start + 1000)]
        try await writer.commit(control: control) { [store] commitment in
          try store.write(control, commitment) { transaction in
            var removed = 0
            for image in slice {
              // Only if it is unchanged: it may have been added again since.
              let stored = try transaction.image(itemID: image.itemID, name: image.imageName)
              guard let stored, stored.record.sourcePath == image.sourcePathBytes else { continue }
              removed += try transaction.remove(RemoveRequest(itemID: image.itemID, imageName: image.imageName))
            }
            if removed > 0 { try transaction.noteChange(of: -removed) }
          }
        }
      }
      report.isApplied = true
      return report
    }
  }

  /// Checks whether files exist, and caches the results for the folders above them.
  private struct PathCheck {
    /// The folder that images must have been added from, without a trailing slash; `nil` for any.
    let root: [UInt8]?
    /// The topmost folders of paths, and whether they exist.
    private var tops: [[UInt8]: Bool] = [:]

    init(root: [UInt8]?) { self.root = root }

    /// Blocks.
    ///
    /// - Throws: ``ImageSearchError/Code/fileNotReadable`` when the folder does not exist.
    static func root(_ folder: [UInt8]) throws -> [UInt8] {
      guard !folder.contains(0), var path = Platform.absolute(folder) else {
        let reason = folder.contains(0) ? "a path holds no NUL" : Platform.Failure.last.text
        throw ImageSearchError.local(
          .fileNotReadable,
          "the folder \(PathName.text(of: folder).excerpt) cannot be read (\(reason)); nothing was forgotten")
      }
      while path.count > 1, path.last == UInt8(ascii: "/") { path.removeLast() }
      return path
    }

    mutating func look(at record: ImageRecord, _ report: inout LocalIndex.PruneReport) {
      guard let path = record.sourcePath else { return }
      if let root {
        let folder = root == [UInt8(ascii: "/")] ? root : root + [UInt8(ascii: "/")]
        guard path.starts(with: folder) else { return }
      }
      report.checkedCount += 1
      guard let failure = Self.failure(path) else { return }
      guard failure.isAbsence else {
        report.unknown.append(.init(image: .init(record), reason: failure.text))
        return
      }
      guard root != nil || isTopThere(path) else {
        report.unknown.append(
          .init(image: .init(record), reason: "its topmost folder is not there: perhaps a disk is not mounted"))
        return
      }
      report.gone.append(.init(record))
    }

    private mutating func isTopThere(_ path: [UInt8]) -> Bool {
      let top = Array(path.prefix(1 + (path.dropFirst().firstIndex(of: UInt8(ascii: "/")) ?? path.count) - 1))
      if let known = tops[top] { return known }
      let isThere = Self.failure(top) == nil
      tops[top] = isThere
      return isThere
    }

    /// The error of reading the status of a path; `nil` if it exists.
    private static func failure(_ path: [UInt8]) -> Platform.Failure? {
      do {
        _ = try Platform.status(path)
        return nil
      } catch {
        return error as? Platform.Failure ?? .last
      }
    }
  }
#endif
