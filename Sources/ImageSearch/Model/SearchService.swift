/// A service that finds images. All methods may be called from any task at once; cancelling the task cancels the call.
public protocol SearchService: Sendable {
  /// The name in errors and logs, for instance `"TinEye"`.
  var name: String { get }
  /// What the service can do; the methods it cannot do throw ``ImageSearchError/Code/unsupported``.
  var capabilities: Capabilities { get }

  /// Finds images like the given one, best first.
  ///
  /// - Throws: ``ImageSearchError``. No match is an empty page and not an error.
  func search(_ request: SearchRequest, options: CallOptions) async throws -> SearchPage
  /// Says what is left of what was paid for.
  ///
  /// - Throws: ``ImageSearchError``.
  func remainingSearches(options: CallOptions) async throws -> Quota
  /// Says how many images the service has indexed.
  ///
  /// - Throws: ``ImageSearchError``.
  func imageCount(options: CallOptions) async throws -> Int64
  /// Adds images. One bad image does not stop the rest: the report has an entry for each.
  ///
  /// - Throws: ``ImageSearchError`` when nothing was added for a reason that concerns the call as a whole (a wrong key, a full
  ///   instance, a cancelled call); what failed for one image is in the report.
  func addImages(_ items: [ImageItem], options: CallOptions) async throws -> AddReport
  /// Removes images; what is not there counts as removed.
  ///
  /// - Returns: how many images were removed; `nil` when the provider does not tell.
  /// - Throws: ``ImageSearchError``.
  func removeImages(_ requests: [RemoveRequest], options: CallOptions) async throws -> Int?
  /// An image of query and match, aligned.
  ///
  /// - Parameters:
  ///   - query: the image that was searched with; a provider that draws the overlay itself needs none.
  ///   - match: a match of this service.
  /// - Returns: an encoded image.
  /// - Throws: ``ImageSearchError``.
  func overlay(query: ImageSource?, match: Match, style: OverlayStyle, options: CallOptions) async throws -> [UInt8]
  /// Ends running calls with ``ImageSearchError/Code/cancelled`` and wipes keys from memory. Safe to call twice.
  func close()
}

extension SearchService {
  /// See ``search(_:options:)``; with the client's time limits.
  public func search(_ request: SearchRequest) async throws -> SearchPage {
    try await search(request, options: .init())
  }

  /// See ``remainingSearches(options:)``; with the client's time limits.
  public func remainingSearches() async throws -> Quota { try await remainingSearches(options: .init()) }

  /// See ``imageCount(options:)``; with the client's time limits.
  public func imageCount() async throws -> Int64 { try await imageCount(options: .init()) }

  /// See ``addImages(_:options:)``; with the client's time limits.
  public func addImages(_ items: [ImageItem]) async throws -> AddReport { try await addImages(items, options: .init()) }

  /// See ``removeImages(_:options:)``; with the client's time limits.
  public func removeImages(_ requests: [RemoveRequest]) async throws -> Int? {
    try await removeImages(requests, options: .init())
  }

  /// The error of a call that the service cannot answer.
  package func unsupported(_ what: String) -> ImageSearchError {
    ImageSearchError(.unsupported, "\(name) cannot \(what)", service: name)
  }

  /// See the protocol; a service that cannot do this says so.
  public func remainingSearches(options: CallOptions) async throws -> Quota { throw unsupported("say what is left") }

  /// See the protocol; a service that cannot do this says so.
  public func imageCount(options: CallOptions) async throws -> Int64 { throw unsupported("count its images") }

  /// See the protocol; a service that cannot do this says so.
  public func addImages(_ items: [ImageItem], options: CallOptions) async throws -> AddReport {
    throw unsupported("add images")
  }

  /// See the protocol; a service that cannot do this says so.
  public func removeImages(_ requests: [RemoveRequest], options: CallOptions) async throws -> Int? {
    throw unsupported("remove images")
  }

  /// See the protocol; a service that cannot do this says so.
  public func overlay(
    query: ImageSource?, match: Match, style: OverlayStyle, options: CallOptions
  ) async throws -> [UInt8] {
    throw unsupported("make overlays")
  }
}
