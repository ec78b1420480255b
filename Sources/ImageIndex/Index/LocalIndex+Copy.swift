#if LocalIndex
  import ImageSearch

  extension LocalIndex {
    /// Options of ``LocalIndex/copy(into:copy:options:progress:)``.
    public struct CopyOptions: Sendable {
      /// Returns the original of an image; `nil` when it has none. The parameters are item id, image name, and the path
      /// of the file that the image was added from, if it was a file.
      public typealias Provider =
        @Sendable (_ itemID: String, _ imageName: String, _ sourcePath: String?) async throws -> ImageSource?

      /// Provides the originals, which an index does not store; `nil`, the default, reads the files that the images
      /// were added from, if those still have the same bytes.
      public var provider: Provider?
      /// Whether the thumbnail is sent when there is no original. Default `false`.
      public var sendsThumbnails = false
      /// The name under which the index records what has been copied, so that another call with the same name continues
      /// where this one stopped, and copies only new images; 1...256 characters. `nil`, the default, is the name of the
      /// service: set it to copy into two instances of one service.
      public var target: String?
      /// Number of images per call of the service, 1...1000. Default 20.
      public var callSize = 20

      /// The defaults.
      public init() {}
    }
  }

  extension LocalIndex {
    /// Copies all images into another service – an Alibaba Cloud Image Search instance, another local index – with the
    /// same item ids, image names, categories and custom contents. This index records what has been copied (unless it
    /// is read-only), so the call can be repeated after an interruption, or later for new images. Images removed here
    /// are not removed there.
    ///
    /// Another local index receives the stored features and thumbnails, and needs no originals, unless there is a
    /// provider.
    ///
    /// - Parameters:
    ///   - service: a service that can add images.
    ///   - copy: the options of the copy.
    ///   - options: time limits for the whole copy.
    ///   - progress: called after each call of the service.
    /// - Returns: one entry per image that had not been copied; an image whose original no longer exists has failed
    ///   with ``ImageSearchError/Code/notFound``.
    /// - Throws: ``ImageSearchError``: ``ImageSearchError/Code/unsupported`` when the service cannot add images, the
    ///   errors of this index, and errors of the service that affect every image (not authorized, quota exceeded, no
    ///   connection …).
    public func copy(
      into service: some SearchService, copy: CopyOptions = .init(), options: CallOptions = .init(),
      progress: BatchProgressHandler? = nil
    ) async throws -> AddReport {
      try await log.call("copy") { try await copyNow(into: service, copy: copy, options: options, progress: progress) }
    }

    private func copyNow(
      into service: some SearchService, copy: CopyOptions, options: CallOptions,
      progress: BatchProgressHandler?
    ) async throws -> AddReport {
      let control = try control(options)
      try control.check()
      guard service.capabilities.contains(.addImages) else { throw service.unsupported("add images") }
      let target = copy.target ?? service.name
      try TextLimit.check("target", target, 1...256)
      guard (1...1000).contains(copy.callSize) else {
        throw ImageSearchError.local(.invalidArgument, "callSize is \(copy.callSize), allowed are 1 to 1000")
      }
      let total = try await workers.run(.bulk, control: control) { [store] in
        try store.read(control) { try $0.uncopied(target) }
      }
      var report = AddReport()
      var meter = BatchMeter(total: total)
      var last: Int64 = 0
      while true {
        let from = last
        let batch = try await workers.run(.bulk, control: control) { [store] in
          try store.read(control) { try $0.uncopied(target, after: from, limit: copy.callSize) }
        }
        guard let end = batch.last?.id else { return report }
        last = end
        let (entries, stop) =
          if copy.provider == nil, let other = service as? LocalIndex {
            (try await sendRows(batch, to: other, options: options, control: control), nil as ImageSearchError?)
          } else {
            try await send(batch, to: service, copy, options: options, control: control)
          }
        try await remember(zip(batch, entries).filter { $1.succeeded }.map(\.0.id), target, control: control)
        if let stop { throw stop }
        report.entries += entries
        progress?(
          meter.advance(to: min(total, report.entries.count), failed: AddReport(entries: entries).failedCount))
      }
    }

    /// Copies rows into another index of the same version, which would compute the same features.
    ///
    /// - Returns: one entry per image of the batch.
    private func sendRows(
      _ batch: [StoredImage], to other: LocalIndex, options: CallOptions, control: CallControl
    ) async throws -> [AddReport.Entry] {
      try other.refuseWriting()
      let rows = try await workers.run(.bulk, control: control) { [store] in
        try store.read(control) { transaction in
          try batch.map { image in
            NewImage(
              record: image.record, features: try transaction.features(image.id) ?? [],
              thumbnail: try transaction.thumbnail(image.id))
          }
        }
      }
      let candidates = rows.map { row in
        ImageCandidate(
          item: ImageItem(
            itemID: row.record.itemID, images: [], category: row.record.category,
            customContent: row.record.customContent),
          image: .init(name: row.record.name, source: .bytes([UInt8]())))
      }
      let theirs = try other.control(options.begun(control.deadline))
      return try await other.write(candidates, rows.map { .ready($0) }, control: theirs)
    }

    /// - Returns: one entry per image of the batch, and the error that ends the copy, if there is one: what succeeded
    ///   before it must be recorded, or it would be sent again.
    private func send(
      _ batch: [StoredImage], to service: some SearchService, _ copy: CopyOptions, options: CallOptions,
      control: CallControl
    ) async throws -> (entries: [AddReport.Entry], end: ImageSearchError?) {
      var entries = batch.map {
        AddReport.Entry(
          itemID: $0.record.itemID, imageName: $0.record.name,
          outcome: .failed(.local(.notFound, "The image's file is not there any more or has changed")))
      }
      var items: [ImageItem] = []
      var places: [Int] = []
      for (i, image) in batch.enumerated() {
        do {
          guard let source = try await source(of: image, copy, control: control) else { continue }
          items.append(
            ImageItem(
              itemID: image.record.itemID, images: [.init(name: image.record.name, source: source)],
              category: image.record.category, customContent: image.record.customContent))
          places.append(i)
        } catch let error as ImageSearchError where !Self.endsCall.contains(error.code) {
          entries[i].outcome = .failed(error)
        }
      }
      guard !items.isEmpty else { return (entries, nil) }
      let answer = try await service.addImages(items, options: options.begun(control.deadline))
      var end: ImageSearchError?
      for (place, entry) in zip(places, answer.entries) {
        entries[place] = entry
        if end == nil, let error = entry.error, Self.endsCopy.contains(error.code) { end = error }
      }
      return (entries, end)
    }

    private func source(
      of image: StoredImage, _ copy: CopyOptions, control: CallControl
    ) async throws -> ImageSource? {
      let record = image.record
      if let provider = copy.provider,
        let given = try await provider(
          record.itemID, record.name, record.sourcePath.flatMap { String(validating: $0, as: UTF8.self) })
      {
        return given
      }
      return try await workers.run(.bulk, control: control) { [self] in
        if copy.provider == nil, let bytes = try original(of: record, control: control) { return .bytes(bytes) }
        guard copy.sendsThumbnails else { return nil }
        return try store.read(control) { try $0.thumbnail(image.id) }.map { .bytes($0) }
      }
    }

    private func remember(_ ids: [Int64], _ target: String, control: CallControl) async throws {
      guard !configuration.readOnly, !ids.isEmpty else { return }
      @Sendable func record(_ control: CallControl) async throws {
        try await writer.commit(control: control) { [store] commitment in
          try store.write(control, commitment) { try $0.noteCopied(ids, target) }
        }
      }
      do {
        try await record(control)
      } catch let error as ImageSearchError where [.cancelled, .deadlineExceeded].contains(error.code) {
        // The images were sent, and would be sent again. A task of its own, because this one may be cancelled.
        var moment = CallOptions()
        moment.totalTimeout = Self.lastMoment
        let own = try self.control(moment)
        do {
          try await Task(executorPreference: CurrentCall.executor) { try await record(own) }.value
        } catch {
          writer.start { [store] in
            try? store.write(CallControl(deadline: .after(Self.longest))) { try $0.noteCopied(ids, target) }
          }
        }
        throw error
      }
    }

    /// Time after its end for which a call waits for the record of what it has sent, and the time after which that is
    /// given up.
    private static let lastMoment = Duration.milliseconds(50)
    private static let longest = Duration.seconds(60)

    /// Errors that would affect every other image, too.
    private static let endsCopy: Set<ImageSearchError.Code> = [
      .cancelled, .deadlineExceeded, .closed, .unsupported, .unauthorized, .authenticationMethodRemoved,
      .signatureRejected, .clockSkew, .noSearchesLeft, .quotaExceeded, .permissionDenied, .capacityReached,
      .spendingCapReached, .instanceUnavailable, .connectionFailed, .hostNotFound, .tlsFailed, .redirectRefused,
      .proxyFailed, .wrongEndpoint, .diskFull, .indexUnavailable, .indexCorrupt,
    ]
  }

  extension AddReport.Entry {
    fileprivate var succeeded: Bool {
      if case .failed = outcome { false } else { true }
    }
  }

  /// The records of what has been copied into other services.
  extension IndexTransaction {
    private static let missing =
      "NOT EXISTS (SELECT 1 FROM copies WHERE copies.target = ?1 AND copies.image = p.id)"

    /// Number of images that have not been copied yet.
    func uncopied(_ target: String) throws -> Int {
      try connection.statement("SELECT count(*) FROM images p WHERE \(Self.missing)")
        .first([.text(target)]) { Int($0.integer(0)) } ?? 0
    }

    /// Up to `limit` of them, in the order of their keys.
    func uncopied(_ target: String, after id: Int64, limit: Int) throws -> [StoredImage] {
      var ids: [Int64] = []
      try connection.statement("SELECT p.id FROM images p WHERE p.id > ?2 AND \(Self.missing) ORDER BY p.id LIMIT ?3")
        .forEach([.text(target), .integer(id), .integer(Int64(limit))]) { ids.append($0.integer(0)) }
      return try ids.compactMap { try image($0) }
    }

    func noteCopied(_ ids: [Int64], _ target: String) throws {
      for id in ids {
        try connection.run("INSERT OR IGNORE INTO copies(target, image) VALUES(?1, ?2)", .text(target), .integer(id))
      }
    }
  }
#endif
