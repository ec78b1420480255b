import ImageMatching
import ImageSearch

/// The engine's findings in the terms of the library.
extension ImageMatch {
  /// How the two images belong together; `identical` is for whoever compares bytes.
  var relation: Match.Relation {
    switch kind {
    case .reencoded: .reencoded
    case .altered: .altered
    case .partial: .partial
    case .shared: .shared
    }
  }

  /// Where they agree; `nil` when they were not compared all over.
  var agreement: Match.Agreement? {
    shares.map { Match.Agreement(agrees: $0.agrees, differs: $0.differs, empty: $0.empty) }
  }
}
