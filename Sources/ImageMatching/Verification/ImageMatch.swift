import Rasters

/// How a stored image shows a query.
package struct ImageMatch: Sendable, Hashable {
  /// How sure it is that both show the same, 0...1; comparable between queries and between indexes of different size.
  /// Accepted from ``accepted`` on.
  package internal(set) var confidence: Double
  /// How little was changed, 0...100: the share of both images that is common, times how well that agrees.
  package internal(set) var score: Double
  /// Percent of the query (of its region, when one was given) that the stored image covers, 0...100.
  package let queryOverlap: Double
  /// Percent of the stored image that the query covers, 0...100.
  package let matchOverlap: Double
  /// From pixels of the query to pixels of the stored image, in their original sizes. Mirrors when ``isMirrored``.
  package let transform: AffineMap
  /// Whether one is the mirror image of the other.
  package let isMirrored: Bool
  /// Features that agree in place and look; 0 when only the code of the whole image agrees.
  package let inliers: Int
  /// Nats of evidence that the agreement is no chance, of geometry and of the codes of the whole images.
  package internal(set) var evidence = 0.0
  /// How the two images belong together.
  package internal(set) var kind = Kind.altered
  /// Where they agree; `nil` when they were not compared all over.
  package internal(set) var shares: Shares?
  /// What the relation was told by, for measuring.
  package internal(set) var measures: [Double] = []

  /// The relations that ImageSearch's `Match.Relation` names; `identical` is for whoever has the bytes.
  package enum Kind: String, Sendable, Hashable {
    case reencoded, altered, partial, shared
  }

  /// Shares of the area that both images have in common; the sum is 1.
  package struct Shares: Sendable, Hashable {
    /// Both show the same.
    package var agrees: Double
    /// They show something different.
    package var differs: Double
    /// Even in both.
    package var empty: Double
  }

  /// Places matches: copies before what is merely shared, then by evidence, and only among those of like evidence by score. A
  /// copy of one image of a template has more evidence for that image than for the others, while scores say little between them.
  package var order: Order {
    let agreeing = max(1e-3, evidence) * (shares.map { $0.agrees + $0.empty } ?? 1)
    return Order(
      isCopy: kind != .shared, evidence: Int((PortableMath.logarithm(max(1e-3, agreeing)) / 0.05).rounded()),
      score: score)
  }

  /// A match's place; the greatest comes first.
  package struct Order: Sendable, Hashable, Comparable {
    package let isCopy: Bool
    /// In steps of a twentieth.
    package let evidence: Int
    package let score: Double

    /// Nats of evidence as far as the order goes by them: the same number for all that are of like evidence.
    package var nats: Double { PortableMath.exponential(0.05 * Double(evidence)) }

    package static func < (a: Order, b: Order) -> Bool {
      if a.isCopy != b.isCopy { return b.isCopy }
      return (a.evidence, a.score) < (b.evidence, b.score)
    }
  }

  /// The least confidence of an accepted match.
  package static let accepted = 0.5
}
