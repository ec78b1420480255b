#if LocalIndex
  import CSQLite
  import ImageSearch

  /// An index of the user's own images in a directory on disk, searched in this process.
  ///
  /// ```swift
  /// let index = try LocalIndex(path: "/var/lib/images")
  /// try await index.addImages([ImageItem(itemID: "1000", images: [.init(name: "front", source: .file("a.jpg"))])])
  /// let page = try await index.search(SearchRequest(image: .file("copy.jpg")))
  /// ```
  ///
  /// All methods may be called concurrently from any task, and several processes may have the same index open: one of
  /// them writes at a time; a search never waits for a write, and sees everything committed before it began. When an
  /// add or remove call returns, its changes are durable. The index must be on a local file system: SQLite's log needs
  /// shared memory.
  ///
  /// A process that forks must open the index again in the child; an index opened before is ``ImageSearchError/Code/closed``
  /// there.
  public final class LocalIndex: SearchService {
    /// The absolute path of the index.
    public var path: String { store.directory.path }
    /// The configuration that the index was opened with.
    public let configuration: LocalIndexConfiguration

    let store: IndexStore
    let views: IndexViewCache
    /// Builds segments in the background.
    let compactor: Compactor
    private let threads: IndexThreads
    /// Writes a log line at the end of each call.
    let log: CallLog
    /// For decoding, matching and reading.
    var workers: WorkQueue { threads.workers }
    /// Runs writes one at a time, so that they do not occupy workers that searches need.
    var writer: WorkQueue { threads.writer }
    let workerCount: Int
    private let epoch = ForkGuard.epoch

    /// Opens an index; by default creates it if there is none.
    ///
    /// Blocks: reads the disk, and may wait for another process that is creating the same index; no image is read.
    ///
    /// - Parameters:
    ///   - path: the directory; its parent must exist.
    ///   - configuration: limits, transport, log and the data stored per image.
    /// - Throws: ``ImageSearchError/Code/invalidArgument``, ``ImageSearchError/Code/indexUnavailable``,
    ///   ``ImageSearchError/Code/indexCorrupt``, ``ImageSearchError/Code/indexVersionMismatch``,
    ///   ``ImageSearchError/Code/diskFull``.
    public convenience init(path: String, configuration: LocalIndexConfiguration = .init()) throws {
      try self.init(path: path, configuration: configuration, anyVersion: false)
    }

    /// - Parameter anyVersion: also opens an index with tables or features of an earlier version, in order to upgrade
    ///   it.
    init(path: String, configuration: LocalIndexConfiguration, anyVersion: Bool) throws {
      try configuration.check()
      self.configuration = configuration
      var logging = ClientConfiguration()
      logging.logLevel = configuration.logLevel
      logging.logHandler = configuration.logHandler
      log = CallLog(service: "LocalIndex", configuration: logging, time: configuration.time)
      workerCount = configuration.threads ?? Platform.processors
      threads = try IndexThreads(workers: workerCount)
      do {
        let control = CallControl(deadline: configuration.totalTimeout.map { .after($0) })
        threads.alarm.add(control)
        store = try threads.workers.wait(control: control) {
          try Self.openStore(path, configuration, anyVersion: anyVersion, control)
        }
      } catch {
        threads.close()
        throw error
      }
      views = IndexViewCache(directory: store.directory.segments)
      compactor = Compactor(
        store: store, views: views, newerImages: configuration.newerImages, mostImages: configuration.segmentImages)
    }

    /// Blocks.
    private static func openStore(
      _ path: String, _ configuration: LocalIndexConfiguration, anyVersion: Bool, _ control: CallControl
    ) throws -> IndexStore {
      let creates = configuration.createIfMissing && !configuration.readOnly
      let store = try IndexStore(
        directory: IndexDirectory(path: path, create: creates), readOnly: configuration.readOnly, create: creates,
        matcher: MatchEngine.version, earlier: anyVersion && !configuration.readOnly,
        lockTimeout: configuration.lockTimeout, control: control)
      if anyVersion { return store }
      let found = try store.read(control) { try $0.state().matcher }
      guard found == MatchEngine.version else {
        throw ImageSearchError.local(
          .indexVersionMismatch,
          found == 0
            ? "The rebuild of the index has not ended; start it again"
            : "The index holds features of version \(found), this library compares version \(MatchEngine.version); "
              + "rebuild makes them anew")
      }
      return store
    }

    deinit { close() }

    /// `"LocalIndex"`.
    public var name: String { Self.serviceName }
    static let serviceName = "LocalIndex"

    /// All; images by URL only if the index fetches images.
    public var capabilities: Capabilities {
      var all: Capabilities = [.searchByUpload, .quota, .addImages, .removeImages, .imageCount]
      if configuration.fetcher != nil { all.insert(.searchByURL) }
      return all
    }

    /// Ends all calls with ``ImageSearchError/Code/closed``, except running commits. Does not wait for codecs or system
    /// calls. May be called twice.
    public func close() {
      if ForkGuard.epoch == epoch {
        compactor.close()
        threads.close()
        store.close()
      } else {
        store.abandon()
      }
    }

    /// An index has no quota; the number of remaining searches is ``ImageSearchError/Code/unsupported``.
    public func quota(options: CallOptions) async throws -> Quota {
      try await log.call("quota") {
        try checkProcess()
        return Quota(unit: .searches, remaining: nil)
      }
    }

    /// Number of images in the index.
    ///
    /// - Throws: ``ImageSearchError``.
    public func imageCount(options: CallOptions) async throws -> Int {
      try await log.call("imageCount") { try await imageCountNow(options: options) }
    }

    private func imageCountNow(options: CallOptions) async throws -> Int {
      let control = try control(options)
      return try await workers.run(control: control) { [store] in
        try store.read(control) { Int(clamping: try $0.state().images) }
      }
    }

    /// Starts compacting in the background.
    func compact() { threads.background.start { [compactor] in compactor.runInBackground() } }

    /// Begins a call.
    func control(_ options: CallOptions) throws -> CallControl {
      try checkProcess()
      try LocalIndexConfiguration.checkTotalTimeout(options.totalTimeout)
      let control = CallControl(
        deadline: options.deadline ?? (options.totalTimeout ?? configuration.totalTimeout).map { .after($0) })
      threads.alarm.add(control)
      return control
    }

    /// Threads do not survive a fork, and SQLite's connections must not be used after one (<https://www.sqlite.org/howtocorrupt.html>, 2.6).
    private func checkProcess() throws {
      guard ForkGuard.epoch == epoch else {
        throw ImageSearchError.local(
          .closed, "The process forked after the index was opened; open it again in the child")
      }
    }
  }

  extension LocalIndex {
    /// The libraries that an index uses, as loaded: pairs of name and version.
    package static var linkedLibraries: [(String, String)] {
      [("sqlite", String(cString: sqlite3_libversion()))]
    }

    /// The version of the matcher, then those of the libraries, for the command's reports. Not a stable interface.
    @_spi(Command) public static var versions: [(name: String, version: String)] {
      [("matcher", "\(MatchEngine.version)")] + LinkedLibraries.versions + linkedLibraries
    }
  }
#else
  /// The index of the user's own images, which a build without the package trait `LocalIndex` leaves out.
  @available(
    *, unavailable,
    message: """
      LocalIndex needs the package trait of that name: write .package(url: ..., traits: ["LocalIndex"]) in your manifest, or \
      build with --traits LocalIndex
      """
  )
  public final class LocalIndex {
    /// See the class.
    public init(path: String) throws {}
  }
#endif
