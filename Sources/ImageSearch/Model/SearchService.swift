/// What a service can do. Every other call throws ``ImageSearchError/Code/unsupported``.
public struct Capabilities: OptionSet, Sendable, Hashable {
  /// The bits, stable across versions; the C header has the same numbers.
  public let rawValue: UInt32

  /// - Parameter rawValue: the bits; unknown ones are kept.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Search by the URL of an image.
  public static let searchByURL = Capabilities(rawValue: 1 << 0)
  /// Search by an image's bytes or file.
  public static let searchByUpload = Capabilities(rawValue: 1 << 1)
  /// Say how many searches are left.
  public static let remainingSearches = Capabilities(rawValue: 1 << 2)
  /// Add images.
  public static let addImages = Capabilities(rawValue: 1 << 3)
  /// Remove images.
  public static let removeImages = Capabilities(rawValue: 1 << 4)
  /// Say how many images are indexed.
  public static let imageCount = Capabilities(rawValue: 1 << 5)
  /// Say what is left of a quota, whatever it counts.
  public static let quota = Capabilities(rawValue: 1 << 6)
}

/// A service that finds images. All methods may be called from any task at once; cancelling the task cancels the call.
public protocol SearchService: Sendable {
  /// The name in errors and logs, for instance `"TinEye"`.
  var name: String { get }
  /// What the service can do; every other method throws ``ImageSearchError/Code/unsupported``.
  var capabilities: Capabilities { get }

  /// Finds images like the given one, best first.
  ///
  /// - Throws: ``ImageSearchError``. No match is an empty page and not an error.
  func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage
  /// Returns what is left of what the service counts: searches, or images that may still be added.
  ///
  /// - Throws: ``ImageSearchError``.
  func quota(options: CallOptions) async throws -> Quota
  /// Returns how many images the service has indexed.
  ///
  /// - Throws: ``ImageSearchError``.
  func imageCount(options: CallOptions) async throws -> Int
  /// Adds images. One bad image does not stop the rest: the report has an entry for each.
  ///
  /// - Throws: ``ImageSearchError`` when nothing was added for a reason that concerns the whole call (a wrong key, a
  ///   full instance, cancellation); the failure of a single image is in the report.
  func addImages(_ items: [ImageItem], options: CallOptions) async throws -> AddReport
  /// Removes images; removing one that does not exist succeeds.
  ///
  /// - Returns: how many images were removed; `nil` when the provider does not say.
  /// - Throws: ``ImageSearchError``.
  func removeImages(_ requests: [RemoveRequest], options: CallOptions) async throws -> Int?
  /// Draws the query and a match in one image.
  ///
  /// - Parameters:
  ///   - match: a match of this service.
  ///   - query: the query image; not needed by a provider that draws the overlay itself.
  ///   - style: the layout.
  ///   - options: limits of this call.
  /// - Returns: an encoded image.
  /// - Throws: ``ImageSearchError``.
  func overlay(of match: Match, query: ImageSource?, style: OverlayStyle, options: CallOptions) async throws -> [UInt8]
  /// Ends running calls with ``ImageSearchError/Code/cancelled`` and overwrites the keys that it holds; copies in
  /// requests and in a proxy's URL that went through libcurl, TLS and Swift's strings are freed, not overwritten. Safe
  /// to call twice.
  func close()
}

/// The layout of an overlay of query and match; the numbers are those of the C header.
public enum OverlayStyle: Int32, Sendable, CaseIterable {
  /// The left half is the match, the right half the query, aligned (docs/sources/tineye.md, section 8).
  case aligned = 0
  /// The two images side by side, as they are.
  case sideBySide = 1
  /// The mean of the match and the aligned query.
  case blend = 2
}

// MARK: - With the client's time limits

extension SearchService {
  /// See ``search(_:options:)``; with the client's time limits.
  public func search(_ request: SearchRequest) async throws -> SearchPage {
    try await search(request, options: .init())
  }

  /// See ``quota(options:)``; with the client's time limits.
  public func quota() async throws -> Quota { try await quota(options: .init()) }

  /// See ``imageCount(options:)``; with the client's time limits.
  public func imageCount() async throws -> Int { try await imageCount(options: .init()) }

  /// See ``addImages(_:options:)``; with the client's time limits.
  public func addImages(_ items: [ImageItem]) async throws -> AddReport { try await addImages(items, options: .init()) }

  /// See ``removeImages(_:options:)``; with the client's time limits.
  public func removeImages(_ requests: [RemoveRequest]) async throws -> Int? {
    try await removeImages(requests, options: .init())
  }

  /// See ``overlay(of:query:style:options:)``; with the client's time limits.
  public func overlay(
    of match: Match, query: ImageSource? = nil, style: OverlayStyle = .aligned
  ) async throws -> [UInt8] {
    try await overlay(of: match, query: query, style: style, options: .init())
  }
}

// MARK: - What is left

extension SearchService {
  /// Returns how many searches are left, if searches are what the service counts.
  ///
  /// - Throws: ``ImageSearchError``; ``ImageSearchError/Code/unsupported`` when the service counts something else or nothing.
  public func remainingSearches(options: CallOptions = .init()) async throws -> Quota {
    guard capabilities.contains(.remainingSearches) else { throw doesNotCountSearches }
    let quota = try await quota(options: options)
    guard quota.unit == .searches else { throw doesNotCountSearches }
    return quota
  }

  private var doesNotCountSearches: ImageSearchError {
    unsupported("say how many searches are left" + (capabilities.contains(.quota) ? "; ask for its quota" : ""))
  }

  /// Checks before a batch that enough searches (or images to add) are left.
  ///
  /// - Parameters:
  ///   - count: number that the batch needs, 0 or more; each page of a search is one.
  ///   - unit: what is counted.
  ///   - options: limits of this call.
  /// - Returns: what is left.
  /// - Throws: ``ImageSearchError/Code/noSearchesLeft`` (``ImageSearchError/Code/capacityReached`` for images) with both numbers
  /// when fewer are left; ``ImageSearchError/Code/unsupported`` when the service does not say or counts something else;
  /// errors of the request itself.
  @discardableResult
  public func ensureQuota(
    for count: Int, of unit: Quota.Unit = .searches, options: CallOptions = .init()
  ) async throws -> Quota {
    guard count >= 0 else {
      throw ImageSearchError(.invalidArgument, "the batch has \(count) entries; it must have 0 or more", service: name)
    }
    let quota = try await quota(options: options)
    guard let remaining = quota.remaining else { return quota }
    guard quota.unit == unit else {
      throw unsupported(unit == .searches ? "say how many searches are left" : "say how many images may be added")
    }
    guard remaining >= count else {
      let things = unit == .searches ? "searches" : "images"
      throw ImageSearchError(
        unit == .searches ? .noSearchesLeft : .capacityReached,
        "the batch needs \(count) \(things) and \(remaining) are left; nothing was sent", service: name)
    }
    return quota
  }
}

// MARK: - What a service cannot do

extension SearchService {
  /// The error of a call that the service does not support.
  package func unsupported(_ what: String) -> ImageSearchError {
    ImageSearchError(.unsupported, "\(name) cannot \(what)", service: name)
  }

  /// Throws ``ImageSearchError/Code/unsupported``, for services that cannot do this.
  public func quota(options: CallOptions) async throws -> Quota { throw unsupported("say what is left") }

  /// Throws ``ImageSearchError/Code/unsupported``, for services that cannot do this.
  public func imageCount(options: CallOptions) async throws -> Int { throw unsupported("count its images") }

  /// Throws ``ImageSearchError/Code/unsupported``, for services that cannot do this.
  public func addImages(_ items: [ImageItem], options: CallOptions) async throws -> AddReport {
    throw unsupported("add images")
  }

  /// Throws ``ImageSearchError/Code/unsupported``, for services that cannot do this.
  public func removeImages(_ requests: [RemoveRequest], options: CallOptions) async throws -> Int? {
    throw unsupported("remove images")
  }

  /// Throws ``ImageSearchError/Code/unsupported``, for services that cannot do this.
  public func overlay(
    of match: Match, query: ImageSource?, style: OverlayStyle, options: CallOptions
  ) async throws -> [UInt8] {
    throw unsupported("make overlays")
  }
}
