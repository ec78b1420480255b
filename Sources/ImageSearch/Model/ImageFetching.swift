/// Fetches an image from the web for a service that takes bytes only: the local index, and providers without search by URL.
///
/// The core's own HTTP client is the implementation; tests give one of theirs.
package protocol ImageFetching: Sendable {
  /// The bytes behind an address.
  ///
  /// - Parameters:
  ///   - url: an absolute http or https URL.
  ///   - options: time limits of the call; what is `nil` is the fetcher's own default.
  /// - Throws: ``ImageSearchError``, among others ``ImageSearchError/Code/invalidURL``,
  ///   ``ImageSearchError/Code/urlNotFetched`` and ``ImageSearchError/Code/addressRefused``.
  func fetch(_ url: String, options: CallOptions) async throws -> [UInt8]
}
