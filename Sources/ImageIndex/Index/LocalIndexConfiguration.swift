import ImageSearch

/// How a local index is opened and what it stores.
public struct LocalIndexConfiguration: Sendable {
  /// Creates the directory and an empty index if there is none. Default `true`.
  public var createIfMissing = true
  /// Opens the index read-only; adding and removing are errors. Default `false`.
  public var readOnly = false
  /// Number of images processed in parallel, 1...256; `nil`, the default, is the number of processor cores.
  public var threads: Int?
  /// How long a write waits for another process's write to end. Default 30 s.
  public var lockTimeout: Duration = .seconds(30)
  /// The default total timeout of a call; `nil`, the default, is none.
  public var totalTimeout: Duration?
  /// The longer side of the stored thumbnails in pixels, 0 for none, at most 2048. Default 512.
  ///
  /// Overlays and ``LocalIndex/rebuild(path:configuration:options:progress:)`` use thumbnails when the original no
  /// longer exists. A photograph takes about 12 KB at 512.
  public var thumbnailSide = 512
  /// The quality of the thumbnails, which are WebP, 1...100. Default 38.
  public var thumbnailQuality = 38
  /// Maximum size of an image file in bytes. Default 64 MiB.
  public var maximumImageBytes = 64 << 20
  /// Maximum number of pixels of an image. Default 100 million.
  public var maximumPixels = 100_000_000
  /// Number of images that are searched from memory before they become a segment: about 6.5 KB per image in every
  /// process that has the index open. Tests set a small number.
  package var newerImages = 2048
  /// Maximum number of images in a segment; more are split into several. A posting stores the image number in 24 bits;
  /// an image has up to 256 postings, which are counted in 32 bits. Tests set a small number.
  package var segmentImages = 16_000_000
  /// Fetches images that are given by URL; with `nil`, such calls throw ``ImageSearchError/Code/unsupported``.
  package var fetcher: (any ImageFetching)? = WebImageFetcher()

  /// The minimum level of events that ``logHandler`` receives. Default ``LogEvent/Level/info``.
  public var logLevel: LogEvent.Level = .info
  /// Receives an event at the end of each call; `nil`, the default, disables logging.
  public var logHandler: LogHandler?
  /// The clock for the time an image was added.
  package var time: any TimeSource = SystemTime()

  /// The defaults.
  public init() {}

  /// The defaults, with a configuration for fetching images given by URL.
  ///
  /// - Parameter web: timeouts, proxy, and whether private addresses are allowed; its limits apply to each host.
  public init(web: ClientConfiguration) throws {
    try web.validate()
    fetcher = WebImageFetcher(web)
    logLevel = web.logLevel
    logHandler = web.logHandler
  }

  /// A batch may take days: the only limit is that of every duration.
  static func checkTotalTimeout(_ timeout: Duration?) throws {
    guard let timeout, timeout <= .zero || timeout.inSeconds > Duration.tenYears else { return }
    throw ImageSearchError.local(.invalidArgument, "totalTimeout is \(timeout), it must be more than 0 seconds")
  }

  /// Now, in microseconds since 1970.
  var now: Int64 { Int64(exactly: (time.unixTime * 1_000_000).rounded()) ?? 0 }

  /// - Throws: ``ImageSearchError/Code/invalidArgument`` with the name of the field and its limits.
  func check() throws {
    func refuse(_ what: String) -> ImageSearchError {
      ImageSearchError.local(.invalidArgument, what)
    }
    if let threads, !(1...256).contains(threads) { throw refuse("threads is \(threads), allowed are 1 to 256") }
    if lockTimeout < .zero || lockTimeout.inSeconds > Duration.tenYears {
      throw refuse("lockTimeout is \(lockTimeout), it must be 0 or more seconds")
    }
    try Self.checkTotalTimeout(totalTimeout)
    if !(0...2048).contains(thumbnailSide) {
      throw refuse("thumbnailSide is \(thumbnailSide), allowed are 0 to 2048 pixels")
    }
    if !(1...100).contains(thumbnailQuality) {
      throw refuse("thumbnailQuality is \(thumbnailQuality), allowed are 1 to 100")
    }
    if maximumImageBytes < 1 { throw refuse("maximumImageBytes is \(maximumImageBytes), it must be 1 or more") }
    if maximumPixels < 1 { throw refuse("maximumPixels is \(maximumPixels), it must be 1 or more") }
  }
}

#if LocalIndex
  import ImageCodecs

  extension LocalIndexConfiguration {
    /// The limits for decoding an image.
    var limits: ImageLimits {
      var limits = ImageLimits()
      limits.maximumFileSize = maximumImageBytes
      limits.maximumPixels = maximumPixels
      return limits
    }
  }
#endif
