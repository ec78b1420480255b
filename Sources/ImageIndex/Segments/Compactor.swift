#if LocalIndex
  import ImageSearch
  import ImageMatching

  /// Builds segments from rows: new segments, larger ones in place of several, and replacements of damaged ones. One
  /// process at a time; searching and adding continue meanwhile.
  final class Compactor: Sendable {
    private let store: IndexStore
    private let views: IndexViewCache
    /// Interrupted when the index is closed.
    private let life = CallControl()

    /// Number of images that are searched from memory before they become a segment.
    private let newerImages: Int
    /// Maximum number of images in a segment.
    private let mostImages: Int
    /// A segment is merged with its neighbour if that is at most this many times as large: sizes grow geometrically,
    /// and an image is rewritten about log(number of images) times.
    private static let growth = 3
    /// How long a replaced file is kept for processes that are about to open it, in seconds.
    private static let grace: Int = 60

    init(store: IndexStore, views: IndexViewCache, newerImages: Int, mostImages: Int) {
      self.newerImages = max(1, newerImages)
      self.mostImages = min(max(1, mostImages), SegmentLayout.mostImages)
      self.store = store
      self.views = views
    }

    func close() { life.cancel() }

    /// Runs the pending work in the background; failed work is retried the next time.
    func runInBackground() { _ = try? run(life, wait: false) }

    /// Runs the pending work.
    ///
    /// - Parameters:
    ///   - wait: whether to wait for another process that is compacting.
    ///   - all: rebuilds all segments, as few as possible.
    /// - Returns: `false` if another process is compacting.
    /// - Throws: the errors of the index and what ends the call.
    @discardableResult
    func run(_ control: CallControl, wait: Bool, all: Bool = false) throws -> Bool {
      guard !store.isReadOnly else { return false }
      let timeout: Duration? = wait ? .seconds(Duration.tenYears) : nil
      let done: Void? = try FileLock.with(store.directory.lockFile, wait: timeout, control) {
        try makeDirectory()
        try removeLeftovers()
        if all {
          for range in try store.read(control, { try everything($0) }) { try make(range, control) }
        }
        while let range = try store.read(control, { try next($0) }) { try make(range, control) }
      }
      return done != nil
    }

    /// A range of rows and their number.
    private struct Piece {
      var first: Int64
      var last: Int64
      var images: Int
    }

    /// The ranges of all rows, each small enough for a segment. None splits an existing segment.
    private func everything(_ transaction: IndexTransaction) throws -> [ClosedRange<Int64>] {
      let rows = try transaction.segments()
      var pieces = try rows.map {
        Piece(first: $0.first, last: $0.last, images: try transaction.count(from: $0.first, through: $0.last))
      }
      var start = (rows.last?.last ?? 0) + 1
      let last = try transaction.lastImage()
      while start <= last {
        let piece = try piece(transaction, from: start, through: last)
        pieces.append(piece)
        start = piece.last + 1
      }
      var joined: [Piece] = []
      for piece in pieces {
        if let before = joined.last, before.images + piece.images <= mostImages {
          joined[joined.count - 1].last = piece.last
          joined[joined.count - 1].images += piece.images
        } else {
          joined.append(piece)
        }
      }
      return joined.map { $0.first...$0.last }
    }

    /// The rows, beginning with a key, that fit into a segment.
    private func piece(_ transaction: IndexTransaction, from first: Int64, through last: Int64) throws -> Piece {
      let end = try transaction.key(ofImage: mostImages, from: first, through: last) ?? last
      return Piece(first: first, last: end, images: try transaction.count(from: first, through: end))
    }

    /// The next range of rows that should become a segment.
    private func next(_ transaction: IndexTransaction) throws -> ClosedRange<Int64>? {
      let rows = try transaction.segments()
      let excluded = views.excluded
      for row in rows where excluded.contains(row.file) || !isThere(row) { return row.first...row.last }
      for row in rows {
        // With many deletions, a search wastes time on deleted candidates.
        let left = try transaction.count(from: row.first, through: row.last)
        if left * 4 < row.images * 3 { return row.first...row.last }
      }
      let start = (rows.last?.last ?? 0) + 1
      let last = try transaction.lastImage()
      guard last - start + 1 >= Int64(newerImages) else { return nil }
      var piece = try piece(transaction, from: start, through: last)
      guard piece.images >= min(newerImages / 2, mostImages) else { return nil }
      for row in rows.reversed() {
        guard row.images <= Self.growth * piece.images, row.images + piece.images <= mostImages else { break }
        piece.first = row.first
        piece.images += row.images
      }
      return piece.first...piece.last
    }

    private func isThere(_ row: SegmentRow) -> Bool {
      (try? Segment(
        directory: store.directory.segments, name: row.file, firstImage: row.first, lastImage: row.last)) != nil
    }

    /// Builds a segment from a range of rows, and replaces the segments of the range by it.
    private func make(_ range: ClosedRange<Int64>, _ control: CallControl) throws {
      let (first, last) = (range.lowerBound, range.upperBound)
      let (row, deletion) = try store.read(control) { transaction in
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
        let name = "\(first)-\(last)-\(try Platform.unpredictableName()).segment"
        let path = store.directory.segments + "/" + name
        do {
          let memory = try builder.build(rows: rows) { try SegmentMemory(creating: path + ".new", size: $0) }
          try memory.sync()
        } catch {
          Platform.remove(path + ".new")
          throw error
        }
        try IndexDirectory.orUnavailable("\(path) cannot be made") { try Platform.move(path + ".new", to: path) }
        try IndexDirectory.sync(store.directory.segments)
        return (SegmentRow(first: first, last: last, file: name, images: builder.images), deletion)
      }
      try store.write(control) {
        try $0.replaceSegments(from: first, through: last, with: row, deletion: deletion)
      }
    }

    private func makeDirectory() throws {
      let isNew = try IndexDirectory.orUnavailable("\(store.directory.segments) cannot be made") {
        try Platform.makeFolder(store.directory.segments)
      }
      if isNew { try IndexDirectory.sync(store.directory.path) } else { try store.directory.check() }
    }

    /// Removes the leftovers of an interrupted run, and replaced files after the grace period.
    private func removeLeftovers() throws {
      let known = Set(try store.read(life) { try $0.segments().map(\.file) })
      guard let folder = try? Platform.openFolder(store.directory.segments.utf8) else { return }
      defer { Platform.close(folder) }
      // If the directory cannot be read now, the next run tries again.
      try? Platform.forEachEntry(of: folder) { bytes in
        let name = String(decoding: bytes, as: UTF8.self)
        if name.hasSuffix(".segment.new") {
          Platform.remove(name, in: folder)
        } else if name.hasSuffix(".segment"), !known.contains(name),
          let status = try? Platform.status(in: folder, bytes, follow: false),
          Platform.unixTime - Int(status.modified / 1_000_000_000) > Self.grace
        {
          Platform.remove(name, in: folder)
        }
      }
    }
  }
#endif
