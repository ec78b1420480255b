/// Why an image or stored features cannot be used for matching.
package enum MatchingError: Error, Equatable, Sendable {
  /// A side is below ``FeatureExtractor/leastSide``.
  case tooSmall(width: Int, height: Int)
  /// Flat, or so plain that it would match every other plain image.
  case tooLittleDetail
  /// The region asked for is empty or not inside the image.
  case badRegion
  /// Stored features cannot be read; what is wrong with them.
  case damagedFeatures(String)
  /// Stored features were made by another version of the algorithm.
  case otherVersion(Int)
}
