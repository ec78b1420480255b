/// Makes an image that a service refuses into one that it takes: upright, small enough, of a format that it knows.
///
/// The core decodes no images; the layer that does comes with the package trait `LocalIndex`.
package protocol ImagePreparing: Sendable {
  /// Returns at once when the task is cancelled, the deadline comes, or ``close()`` is called; what a codec does not let go of ends behind
  /// it.
  ///
  /// - Parameters:
  ///   - source: a file or bytes.
  ///   - rules: what the service takes.
  ///   - deadline: of the call.
  /// - Returns: the image re-encoded, or the source itself when it fits already.
  /// - Throws: ``ImageSearchError`` of the image, for instance ``ImageSearchError/Code/corruptImage``, and of what ended the call.
  func prepare(_ source: ImageSource, rules: ImagePreflight, deadline: Deadline?) async throws -> ImageSource

  /// Ends what runs with ``ImageSearchError/Code/closed``. Safe to call twice.
  func close()
}
