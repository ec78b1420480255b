import ImageSearch

extension ImageSearchError {
  /// An error of the local index.
  static func local(_ code: Code, _ message: String) -> ImageSearchError {
    ImageSearchError(code, message, service: "LocalIndex")
  }
}
