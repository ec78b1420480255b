/// Makes an image that a service refuses into one that it takes: upright, small enough, of a format that it knows.
///
/// The core decodes no images; the layer that does comes with the package trait `LocalIndex`.
package protocol ImagePreparing: Sendable {
  /// - Parameters:
  ///   - source: a file or bytes.
  ///   - rules: what the service takes.
  ///   - check: called every few milliseconds of work; what it throws ends it.
  /// - Returns: the image re-encoded, or the source itself when it fits already.
  /// - Throws: ``ImageSearchError`` of the image, for instance ``ImageSearchError/Code/corruptImage``.
  func prepare(
    _ source: ImageSource, rules: ImagePreflight, check: @escaping () throws -> Void
  ) throws -> ImageSource
}
