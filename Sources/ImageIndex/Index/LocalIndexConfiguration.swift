import ImageSearch

/// How a local index is opened and what it stores.
public struct LocalIndexConfiguration: Sendable {
  /// Makes the directory and an empty index where there is none. Default `true`.
  public var createIfMissing = true
  /// Opens without ever writing; adding and removing are errors. Default `false`.
  public var readOnly = false
  /// How many images are worked on at once, 1...256; `nil`, the default, is one a processor core.
  public var threads: Int?
  /// How long a write waits for another process's to end. Default 30 s.
  public var lockTimeout: Duration = .seconds(30)
  /// The total timeout of a call that gives none; `nil`, the default, is none.
  public var totalTimeout: Duration?
  /// The longer side of the stored thumbnails in pixels, 0 for none, at most 2048. Default 512.
  ///
  /// Overlays are made of thumbnails, and ``LocalIndex/rebuild(path:configuration:options:progress:)`` falls back on them
  /// where the original is gone. A photograph takes about 12 KB at 512.
  public var thumbnailSide = 512
  /// The quality of the thumbnails, which are WebP, 1...100. Default 40.
  public var thumbnailQuality = 40
  /// The largest file that is taken as an image, in bytes. Default 64 MiB.
  public var maximumImageBytes = 64 << 20
  /// The largest image that is decoded, in pixels. Default 100 million.
  public var maximumPixels = 100_000_000
  /// Images that are searched from memory before they become a segment: about 6.5 KB each in every process that has the
  /// index open. Tests make it small.
  package var newerImages = 2048
  /// The most images of a segment; what would exceed it becomes several. Tests make it small. A posting has 24 bits for an image, and
  /// an image has up to 256 postings, whose number has 32 bits.
  package var segmentImages = 16_000_000
  /// Fetches images that are given by URL; `nil` makes such calls the error ``ImageSearchError/Code/unsupported``.
  package var fetcher: (any ImageFetching)? = WebImageFetcher()

  /// The least level that ``logHandler`` is called for. Default ``LogEvent/Level/info``.
  public var logLevel: LogEvent.Level = .info
  /// Receives a line where each call ends; `nil`, the default, is silence.
  public var logHandler: LogHandler?
  /// Tells when an image was added.
  package var time: any TimeSource = SystemTime()

  /// The defaults.
  public init() {}

  /// The defaults, and images given by URL are fetched as a client of the web would.
  ///
  /// - Parameter web: timeouts, proxy and whether private addresses are allowed; its limits are for one host of images.
  public init(web: ClientConfiguration) throws {
    try web.validate()
    fetcher = WebImageFetcher(web)
    logLevel = web.logLevel
    logHandler = web.logHandler
  }

  /// A batch may take days, so that there is no limit but that of all times.
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
    /// What an image may cost.
    var limits: ImageLimits {
      var limits = ImageLimits()
      limits.maximumFileSize = maximumImageBytes
      limits.maximumPixels = maximumPixels
      return limits
    }
  }
#endif
