#if LocalIndex
  import ImageSearch
  import ImageMatching

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #endif

  /// Makes segments of rows: new ones, larger ones of several, and those of damaged ones anew. One process does so at a time;
  /// searching and adding go on meanwhile.
  final class SegmentKeeper: Sendable {
    private let store: IndexStore
    private let views: IndexViewCache
    /// Ended when the index is closed.
    private let life = CallControl()

    /// Images that are searched from memory before they become a segment.
    private let newerImages: Int
    /// A segment takes in its neighbour when that is at most this many times as large: the sizes grow geometrically, and
    /// an image is moved about as often as the logarithm of their number.
    private static let growth = 3
    /// A replaced file stays for those who are about to open it, in seconds.
    private static let grace: Int = 60

    init(store: IndexStore, views: IndexViewCache, newerImages: Int) {
      self.newerImages = max(1, newerImages)
      self.store = store
      self.views = views
    }

    func close() { life.cancel() }

    /// Does what there is to do, in the background of everything else: what fails is tried again next time.
    func keep() { _ = try? run(life, wait: false) }

    /// Does what there is to do.
    ///
    /// - Parameters:
    ///   - wait: for another process that is at it.
    ///   - all: one segment of all images, whatever there is now.
    /// - Returns: whether it was this process's turn.
    /// - Throws: the errors of the index and what ends the call.
    @discardableResult
    func run(_ control: CallControl, wait: Bool, all: Bool = false) throws -> Bool {
      guard !store.isReadOnly else { return false }
      while true {
        let done: Void? = try FileLock.with(store.directory.lockFile, wait: false) {
          try makeDirectory()
          try removeLeftovers()
          var all = all
          while let range = try store.read(control, { try next($0, all: all) }) {
            try make(range, control)
            all = false
          }
        }
        if done != nil { return true }
        guard wait else { return false }
        try control.check()
        usleep(20_000)
      }
    }

    /// The next range of rows that should become a segment.
    private func next(_ transaction: IndexTransaction, all: Bool) throws -> ClosedRange<Int64>? {
      let rows = try transaction.segments()
      let last = try transaction.lastImage()
      if all { return last > 0 || !rows.isEmpty ? 1...max(1, last, rows.last?.last ?? 1) : nil }
      let excluded = views.excluded
      for row in rows where excluded.contains(row.file) || !isThere(row) { return row.first...row.last }
      for row in rows {
        // Many deletions make a search look at what it then drops.
        let left = try transaction.count(from: row.first, through: row.last)
        if left * 4 < row.images * 3 { return row.first...row.last }
      }
      let start = (rows.last?.last ?? 0) + 1
      guard last - start + 1 >= Int64(newerImages) else { return nil }
      var first = start
      var size = try transaction.count(from: start, through: last)
      guard size >= newerImages / 2 else { return nil }
      for row in rows.reversed() {
        guard row.images <= Self.growth * size, row.images + size < PostingView.mostImages else { break }
        first = row.first
        size += row.images
      }
      return first...last
    }

    private func isThere(_ row: SegmentRow) -> Bool {
      (try? Segment(
        directory: store.directory.segments, name: row.file, firstImage: row.first, lastImage: row.last)) != nil
    }

    /// Makes a segment of a range of rows, and puts it in place of those of the range.
    private func make(_ range: ClosedRange<Int64>, _ control: CallControl) throws {
      let (first, last) = (range.lowerBound, range.upperBound)
      let (row, deletion) = try store.read(control) { transaction in
        let state = try transaction.state()
        let deletion = try transaction.lastDeletion()
        var lost: Set<Int64> = []
        let rows: SegmentBuilder.Rows = { body in
          try transaction.forEachFeatures(from: first, through: last, lost: { lost.insert($0) }) { id, category, data in
            try control.check()
            try self.life.check()
            try body(id, category, data)
          }
        }
        var builder = try SegmentBuilder(
          firstImage: first, lastImage: last, expected: try transaction.count(from: first, through: last),
          rows: rows)
        builder.lost = lost.count
        guard builder.images > 0 || !lost.isEmpty else { return (nil as SegmentRow?, deletion) }
        let name = "\(first)-\(last)-\(state.generation).segment"
        let path = store.directory.segments + "/" + name
        do {
          let memory = try builder.build(rows: rows) { try SegmentMemory(creating: path + ".new", size: $0) }
          try memory.sync()
        } catch {
          unlink(path + ".new")
          throw error
        }
        guard rename(path + ".new", path) == 0 else {
          throw IndexDirectory.unavailable("\(path) cannot be made", errno)
        }
        try IndexDirectory.sync(store.directory.segments)
        return (SegmentRow(first: first, last: last, file: name, images: builder.images), deletion)
      }
      try store.write(control) {
        try $0.replaceSegments(from: first, through: last, with: row, deletion: deletion)
      }
    }

    private func makeDirectory() throws {
      guard mkdir(store.directory.segments, 0o777) != 0 else { return try IndexDirectory.sync(store.directory.path) }
      guard errno == EEXIST else {
        throw IndexDirectory.unavailable("\(store.directory.segments) cannot be made", errno)
      }
    }

    /// Removes what an interrupted run has left, and files that were replaced a while ago.
    private func removeLeftovers() throws {
      let known = Set(try store.read(life) { try $0.segments().map(\.file) })
      guard let folder = opendir(store.directory.segments) else { return }
      defer { closedir(folder) }
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        let path = store.directory.segments + "/" + name
        if name.hasSuffix(".segment.new") {
          unlink(path)
        } else if name.hasSuffix(".segment"), !known.contains(name) {
          var status = stat()
          if stat(path, &status) == 0, time(nil) - status.st_mtim.tv_sec > Self.grace { unlink(path) }
        }
      }
    }
  }
#endif
