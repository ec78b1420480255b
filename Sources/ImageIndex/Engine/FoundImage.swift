import ImageMatching
import ImageSearch

/// What the engine says about an image that it found.
struct FoundImage: Sendable {
  /// The key of the image's row.
  var id: Int64
  /// 0–100, how little was changed.
  var score: Double
  /// 0–1, how certain it is.
  var confidence: Double
  /// Query to match in pixels of the upright images as they were given.
  var transform: AffineMap
  var isMirrored: Bool
  /// Percent of the query that the match covers.
  var queryOverlap: Double
  /// Percent of the match that the query covers.
  var matchOverlap: Double

  init(id: Int64, _ match: ImageMatch) {
    self.id = id
    score = match.score
    confidence = match.confidence
    transform = match.transform
    isMirrored = match.isMirrored
    queryOverlap = match.queryOverlap
    matchOverlap = match.matchOverlap
  }
}
