#if LocalIndex
  import FoundationEssentials
  import ImageCodecs
  import ImageMatching
  import ImageSearch
  import Rasters

  extension LocalIndex {
    /// Finds all groups of images that are copies of each other, from the stored features; no file is read.
    ///
    /// The best image that is in no group yet forms a group with all ungrouped images that are verified copies of it,
    /// and so on down to the last image; ``GroupOptions/keep`` defines which of two images is better. Groups are
    /// yielded in the order of their best members once all pairs are known; `progress` is called from the start. The
    /// result does not depend on the order of adding. Images added meanwhile are not considered; images removed
    /// meanwhile are left out.
    ///
    /// Ending the iteration, or cancelling its task, ends the work. Concurrent calls share the index's threads.
    ///
    /// - Parameters:
    ///   - wanted: The options.
    ///   - options: Time limits for the whole call.
    ///   - progress: Called on any thread, one call at a time: number of images compared, and total number of images.
    /// - Returns: Groups; iterating throws ``ImageSearchError``: ``ImageSearchError/Code/invalidArgument``, the errors of the index, and what
    ///   ends the call.
    public func groups(
      _ wanted: GroupOptions = .init(), options: CallOptions = .init(), progress: BatchProgressHandler? = nil
    ) -> AsyncThrowingStream<Group, any Error> {
      AsyncThrowingStream { continuation in
        let task = Task(executorPreference: CurrentCall.executor) { [self] in
          do {
            try await log.call("groups") {
              try await findGroups(wanted, options: options, progress: progress) { continuation.yield($0) }
            }
            continuation.finish()
          } catch {
            continuation.finish(throwing: error)
          }
        }
        continuation.onTermination = { _ in task.cancel() }
      }
    }

    private func findGroups(
      _ wanted: GroupOptions, options: CallOptions, progress: BatchProgressHandler?,
      _ yield: @escaping @Sendable (Group) -> Void
    ) async throws {
      let control = try control(options)
      try control.check()
      try wanted.check()
      guard [.largest, .leastRecompressed, .oldest].contains(wanted.keep) else {
        throw ImageSearchError.local(
          .invalidArgument, "keep is \(wanted.keep.rawValue.excerpt); it must be largest, leastRecompressed or oldest")
      }
      // Memory for each image's node and pairs until the last group is yielded.
      let memory = try await workers.run(.bulk, control: control) { [store] in
        let images = min(max(0, try store.read(control) { try $0.state().images }), 1 << 40)
        return try ImageDecodingError.translated { try WorkingMemory(1024 * Int(images)) }
      }
      defer { withExtendedLifetime(memory) {} }
      while true {
        do {
          let (search, view) = try await workers.run(.bulk, control: control) { [self] in
            try store.read(control) { transaction in
              (try GroupSearch(wanted, transaction, control: control), try views.view(transaction))
            }
          }
          let pairs = try await pairs(of: search, view: view, control: control, progress: progress)
          try await workers.run(.bulk, control: control) { [store] in
            try store.read(control) { transaction in
              try GroupReport(search, pairs).write(transaction, control: control, yield)
            }
          }
          return
        } catch let damage as SegmentDamage {
          // Nothing has been yielded yet: segments are read only for the pairs.
          views.exclude(damage.name)
          try await workers.run(.bulk, control: control) { [compactor] in
            do { try compactor.run(control, wait: false) } catch { try control.check() }
          }
        }
      }
    }

    /// All pairs, on all threads of the index.
    private func pairs(
      of search: GroupSearch, view: IndexView, control: CallControl, progress: BatchProgressHandler?
    ) async throws -> [GroupSearch.Pair] {
      let bands = try await workers.run(.bulk, control: control) { try view.sortedCodes() }
      var wave = search.subjects
      var isKnown = Set(search.options.addedSince == nil ? [] : wave)
      var found: [GroupSearch.Pair] = []
      var done = 0
      var meter = BatchMeter(total: wave.count)
      progress?(meter.advance(to: 0, failed: 0))
      while !wave.isEmpty {
        let chunks = stride(from: 0, to: wave.count, by: Self.chunk).map { wave[$0..<min(wave.count, $0 + Self.chunk)] }
        var new: [GroupSearch.Pair] = []
        try await withThrowingTaskGroup(of: (Int, [GroupSearch.Pair]).self) { group in
          var next = 0
          func startNext() {
            guard next < chunks.count else { return }
            let subjects = Array(chunks[next])
            next += 1
            group.addTask { [self] in
              let pairs = try await workers.run(.bulk, control: control) { [store] in
                try store.read(control) { transaction in
                  try search.pairs(
                    of: subjects, bothWays: search.options.addedSince != nil, view: view, bands: bands,
                    transaction: transaction, control: control)
                }
              }
              return (subjects.count, pairs)
            }
          }
          for _ in 0..<workerCount { startNext() }
          while let (count, pairs) = try await group.next() {
            startNext()
            new += pairs
            done += count
            progress?(meter.advance(to: done, failed: 0))
          }
        }
        found += new
        // New images have been looked up; other members of their groups may not have been.
        wave = []
        if search.options.addedSince != nil {
          for pair in new {
            for content in [pair.better, pair.other] where isKnown.insert(content).inserted { wave.append(content) }
          }
          meter.total += wave.count
        }
      }
      return found
    }

    /// Number of images that a thread looks up at a time.
    private static let chunk = 64
  }

  extension GroupSearch {
    /// Reads the nodes of all images considered.
    init(_ options: LocalIndex.GroupOptions, _ transaction: IndexTransaction, control: CallControl) throws {
      var nodes: [GroupNode] = []
      var last: Int64 = 0
      while true {
        try control.check()
        let images = try transaction.images(after: last, limit: 4096)
        guard let end = images.last else { break }
        last = end.id
        nodes += images.lazy.filter { options.category == nil || $0.record.category.hasBytes(of: options.category) }
          .map(
            GroupNode.init)
      }
      self.init(options: options, images: nodes, populationSize: Int(clamping: try transaction.state().images))
    }

    /// Contents to look up: all, or those with an image added since ``LocalIndex/GroupOptions/addedSince``.
    var subjects: [Int] {
      var subjects: Set<Int> = []
      for (node, content) in contents.enumerated() where isNew(node) { subjects.insert(Int(content)) }
      return subjects.sorted()
    }

    /// Whether an image was added since ``LocalIndex/GroupOptions/addedSince``.
    func isNew(_ node: Int) -> Bool {
      guard let since = options.addedSince else { return true }
      return Double(nodes[node].addedAt) >= since.timeIntervalSince1970 * 1e6
    }
  }
#endif
