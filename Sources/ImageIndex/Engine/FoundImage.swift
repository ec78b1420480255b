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

  /// How it and the query belong together.
  var relation: Match.Relation
  /// Where they agree.
  var agreement: Match.Agreement?
  /// Its place among the others.
  var order: ImageMatch.Order

  init(id: Int64, _ match: ImageMatch) {
    self.id = id
    relation = match.relation
    agreement = match.agreement
    order = match.order
    score = match.score
    confidence = match.confidence
    transform = match.transform
    isMirrored = match.isMirrored
    queryOverlap = match.queryOverlap
    matchOverlap = match.matchOverlap
  }

  /// What several looks found, each image once, in the order of ``ImageMatch/order``.
  static func best(of looks: [[FoundImage]]) -> [FoundImage] {
    guard looks.count > 1 else { return looks.first ?? [] }
    var places: [Int64: Int] = [:]
    var all: [FoundImage] = []
    for found in looks.joined() {
      if let place = places[found.id] {
        if found.order > all[place].order { all[place] = found }
      } else {
        places[found.id] = all.count
        all.append(found)
      }
    }
    return all.sorted { $0.order != $1.order ? $0.order > $1.order : $0.id < $1.id }
  }
}
