/// Converts an image that a service would refuse into one that it accepts: upright, small enough, in an accepted
/// format.
///
/// The core does not decode images; the package trait `LocalIndex` adds the layer that does.
package protocol ImagePreparing: Sendable {
  /// Returns at once when the task is cancelled, the deadline passes or ``close()`` is called; a codec that cannot be
  /// interrupted finishes in the background.
  ///
  /// - Parameters:
  ///   - source: a file or bytes.
  ///   - rules: the images that the service accepts.
  ///   - deadline: the call's deadline.
  /// - Returns: the image re-encoded, or the source itself if it is accepted as it is.
  /// - Throws: ``ImageSearchError`` of the image, for instance ``ImageSearchError/Code/corruptImage``, or of the end of
  ///   the call.
  func prepare(_ source: ImageSource, rules: ImagePreflight, deadline: Deadline?) async throws -> ImageSource

  /// Ends running calls with ``ImageSearchError/Code/closed``. Safe to call twice.
  func close()
}
