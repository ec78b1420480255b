#if LocalIndex
  extension LocalIndex {
    /// How files become items, and how many are written at once.
    public struct BatchOptions: Sendable {
      /// What the item of a file is called.
      public enum Naming: Sendable {
        /// Each file is an item: its identifier is the path within the folder, its image's name the name of the file.
        case itemPerFile
        /// Each folder is an item with its files as images: its identifier is the folder's path within the folder given,
        /// `.` for that folder itself.
        case itemPerFolder
      }

      /// What the item of a file is called. Default ``Naming/itemPerFile``.
      public var naming = Naming.itemPerFile
      /// What every item id begins with, for instance `shop-a/`: two folders with files of the same names do not replace each other then.
      /// Empty by default.
      public var prefix = ""
      /// Looks into folders in the folder. Default `true`. Links to folders are not followed.
      public var recursive = true
      /// The category of every image.
      public var category: String?
      /// The custom content of every image.
      public var customContent: String?
      /// How many images are written in one transaction, 1...1000; what was written stays when the call is ended. Default 32.
      public var transactionSize = 32
      /// How many images are worked on at once, 1...256 and never more than ``LocalIndexConfiguration/threads``; `nil`, the default, is
      /// as many as that.
      public var threads: Int?
      /// Takes a file with the size and the time that it had for unchanged without reading it. Default `true`; `false` reads every file,
      /// and the same bytes stay unchanged all the same.
      public var skipsUnchangedFiles = true
      /// Forgets the images from the folder whose files are gone, when all others are added; see ``LocalIndex/prune(folder:apply:options:)``
      /// and ``AddReport/prunedCount``. Default `false`.
      public var prune = false

      /// The defaults.
      public init() {}
    }

    /// How far a batch has come.
    public struct BatchProgress: Sendable, Hashable {
      /// Images that are done, failed and unchanged ones among them.
      public var done: Int
      /// Images in all.
      public var total: Int
      /// Images that failed.
      public var failed: Int
      /// Images a second, over the last half minute.
      public var perSecond: Double
      /// How long the rest will take at that rate, in seconds; `nil` before anything is done.
      public var secondsLeft: Double?
    }

    /// Called after every transaction of a batch, on any thread, one call at a time.
    public typealias BatchProgressHandler = @Sendable (BatchProgress) -> Void
  }

  /// Measures progress over the last half minute.
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
