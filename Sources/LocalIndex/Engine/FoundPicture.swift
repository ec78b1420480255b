import ImageSearch

/// What the engine says about a picture that it found.
struct FoundPicture: Sendable {
  /// The key of the picture's row.
  var id: Int64
  /// 0–100, how much of the pictures is the same.
  var score: Double
  /// 0–1, how certain it is.
  var confidence: Double
  /// Query to match in pixels of the upright pictures as they were given, where the engine knows.
  var transform: AffineMap?
  var isMirrored: Bool
  /// Percent of the query that the match covers.
  var queryOverlap: Double?
  /// Percent of the match that the query covers.
  var matchOverlap: Double?
}
