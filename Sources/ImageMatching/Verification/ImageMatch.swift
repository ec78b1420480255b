/// How a stored image shows a query.
public struct ImageMatch: Sendable, Hashable {
  /// How sure it is that both show the same, 0...1; comparable between queries and between indexes of different size.
  /// Accepted from ``accepted`` on.
  public internal(set) var confidence: Double
  /// How little was changed, 0...100: the share of both images that is common, times how well that agrees.
  public internal(set) var score: Double
  /// Percent of the query (of its region, when one was given) that the stored image covers, 0...100.
  public let queryOverlap: Double
  /// Percent of the stored image that the query covers, 0...100.
  public let matchOverlap: Double
  /// From pixels of the query to pixels of the stored image, in their original sizes. Mirrors when ``isMirrored``.
  public let transform: Affine
  /// Whether one is the mirror image of the other.
  public let isMirrored: Bool
  /// Features that agree in place and look; 0 when only the code of the whole image agrees.
  public let inliers: Int
  /// Nats of evidence that the agreement is no chance, of geometry and of the codes of the whole images.
  public internal(set) var evidence = 0.0
  /// How the two images belong together.
  public internal(set) var kind = Kind.altered
  /// Where they agree; `nil` when they were not compared all over.
  public internal(set) var shares: Shares?
  /// What the relation was told by, for measuring.
  @_spi(Benchmarks) public internal(set) var measures: [Double] = []

  /// The relations that ImageSearch's `Match.Relation` names; `identical` is for whoever has the bytes.
  public enum Kind: String, Sendable, Hashable {
    case reencoded, altered, partial, shared
  }

  /// Shares of the area that both images have in common; the sum is 1.
  public struct Shares: Sendable, Hashable {
    /// Both show the same.
    public var agrees: Double
    /// They show something different.
    public var differs: Double
    /// Even in both.
    public var empty: Double
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
  public static let accepted = 0.5
}
