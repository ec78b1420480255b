import ImageMatching
import ImageSearch

extension ImageMatch {
  var relation: Match.Relation {
    if min(queryOverlap, matchOverlap) < 80 { return .partial }
    return score >= 85 ? .reencoded : .altered
  }
  var evidence: Double { 0 }
  var agreement: Match.Agreement? { nil }
}
