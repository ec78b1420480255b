#if LocalIndex
  extension LocalIndex {
    /// Options of ``LocalIndex/addFolder(_:batch:options:progress:)`` and the other batch calls.
    public struct BatchOptions: Sendable {
      /// How item ids and image names are derived from paths.
      public enum Naming: Sendable {
        /// One item per file: the item id is the path within the folder, the image name is the file name.
        case itemPerFile
        /// One item per folder, with its files as images: the item id is the path within the folder given, `.` for that
        /// folder itself.
        case itemPerFolder
      }

      /// How item ids and image names are derived from paths. Default ``Naming/itemPerFile``.
      public var naming = Naming.itemPerFile
      /// A prefix of every item id, for instance `shop-a/`, so that folders with equal file names do not replace each
      /// other's images. Empty by default.
      public var prefix = ""
      /// Whether subfolders are included. Default `true`. Symbolic links to folders are not followed.
      public var recursive = true
      /// The category of every image.
      public var category: String?
      /// The custom content of every image.
      public var customContent: String?
      /// Number of images per transaction, 1...1000; committed images stay when the call is ended. Default 32.
      public var transactionSize = 32
      /// Number of images processed in parallel, 1...256, at most ``LocalIndexConfiguration/threads``, which is also
      /// the default (`nil`).
      public var threads: Int?
      /// Whether a file with the stored size and modification time counts as unchanged without being read. Default
      /// `true`; with `false` every file is read, and still unchanged if its bytes are the same.
      public var skipsUnchangedFiles = true
      /// Whether images whose files no longer exist in the folder are removed after the others were added; see
      /// ``LocalIndex/prune(folder:apply:options:)`` and ``AddReport/prunedCount``. Default `false`.
      public var prune = false

      /// The defaults.
      public init() {}
    }

    /// The progress of a batch.
    public struct BatchProgress: Sendable, Hashable {
      /// Number of images done, including failed and unchanged ones.
      public var done: Int
      /// Total number of images.
      public var total: Int
      /// Number of images that failed.
      public var failed: Int
      /// Images per second over the last 30 seconds.
      public var perSecond: Double
      /// Estimated remaining time at that rate in seconds; `nil` before anything is done.
      public var secondsLeft: Double?
    }

    /// Called after every transaction of a batch, on any thread, one call at a time.
    public typealias BatchProgressHandler = @Sendable (BatchProgress) -> Void
  }

  /// Measures progress over the last 30 seconds.
  struct BatchMeter {
    private var marks: [(time: ContinuousClock.Instant, done: Int)]
    var total: Int
    private var failed = 0

    init(total: Int) {
      self.total = total
      marks = [(.now, 0)]
    }

    mutating func advance(to done: Int, failed more: Int) -> LocalIndex.BatchProgress {
      let now = ContinuousClock.now
      failed += more
      marks.append((now, done))
      while marks.count > 2, now - marks[1].time > .seconds(30) { marks.removeFirst() }
      let span = (now - marks[0].time) / .seconds(1)
      let rate = span > 0 ? Double(done - marks[0].done) / span : 0
      return LocalIndex.BatchProgress(
        done: done, total: total, failed: failed, perSecond: rate,
        secondsLeft: rate > 0 ? Double(total - done) / rate : nil)
    }
  }
#endif
