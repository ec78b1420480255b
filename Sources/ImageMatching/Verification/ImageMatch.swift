import Rasters

/// The match of a stored image with a query.
package struct ImageMatch: Sendable, Hashable {
  /// Confidence that both show the same, 0...1; comparable between queries and between indexes of different size.
  /// Accepted if at least ``accepted``.
  package internal(set) var confidence: Double
  /// Similarity, 0...100: the fraction of both images that overlaps, times its agreement.
  package internal(set) var score: Double
  /// Percentage of the query (of its region, if there is one) that the stored image covers, 0...100.
  package let queryOverlap: Double
  /// Percentage of the stored image that the query covers, 0...100.
  package let matchOverlap: Double
  /// Maps pixels of the query to pixels of the stored image, both in original size. Mirrors if ``isMirrored``.
  package let transform: AffineMap
  /// Whether one is the mirror image of the other.
  package let isMirrored: Bool
  /// Number of features that agree in position and appearance; 0 when only the global code agrees.
  package let inliers: Int
  /// Evidence in nats against agreement by chance, of geometry and global codes.
  package internal(set) var evidence = 0.0
  /// The relation.
  package internal(set) var kind = Kind.altered
  /// The agreement of the overlap; `nil` when no pixels were compared.
  package internal(set) var shares: Shares?
  /// The measures that the relation was decided by, for evaluation.
  package internal(set) var measures: [Double] = []

  /// The relations of ImageSearch's `Match.Relation`, except `identical`, which needs the bytes of both files.
  package enum Kind: String, Sendable, Hashable {
    case reencoded, altered, partial, shared
  }

  /// Fractions of the overlap; the sum is 1.
  package struct Shares: Sendable, Hashable {
    /// Both show the same.
    package var agrees: Double
    /// They show something different.
    package var differs: Double
    /// Both are featureless.
    package var empty: Double
  }

  /// The sort key: copies before shared elements, then by evidence, and by score only among matches of nearly equal evidence. A
  /// copy of one image of a template has more evidence for that image than for the others, while their scores are almost equal.
  package var order: Order {
    let agreeing = max(1e-3, evidence) * (shares.map { $0.agrees + $0.empty } ?? 1)
    return Order(
      isCopy: kind != .shared, evidence: Int((PortableMath.logarithm(max(1e-3, agreeing)) / 0.05).rounded()),
      score: score)
  }

  /// The sort key of a match; the greatest comes first.
  package struct Order: Sendable, Hashable, Comparable {
    package let isCopy: Bool
    /// In steps of a twentieth.
    package let evidence: Int
    package let score: Double

    /// The evidence in nats, rounded to the steps of the order.
    package var nats: Double { PortableMath.exponential(0.05 * Double(evidence)) }

    package static func < (a: Order, b: Order) -> Bool {
      if a.isCopy != b.isCopy { return b.isCopy }
      return (a.evidence, a.score) < (b.evidence, b.score)
    }
  }

  /// Minimum confidence of an accepted match.
  package static let accepted = 0.5
}
