/// Makes a picture that a service refuses into one that it takes: upright, small enough, of a format that it knows.
///
/// The core decodes no pictures; the layer that does comes with the package trait `LocalIndex`.
package protocol PicturePreparing: Sendable {
  /// - Parameters:
  ///   - source: a file or bytes.
  ///   - rules: what the service takes.
  /// - Returns: the picture re-encoded, or the source itself when it fits already.
  /// - Throws: ``ImageSearchError`` of the picture, for instance ``ImageSearchError/Code/corruptPicture``.
  func prepare(_ source: ImageSource, rules: PicturePreflight) throws -> ImageSource
}
