/// How a stored image shows a query.
public struct ImageMatch: Sendable, Hashable {
  /// How sure it is that both show the same, 0...1; comparable between queries and between indexes of different size.
  /// Accepted from ``accepted`` on.
  public let confidence: Double
  /// How little was changed, 0...100: the share of both images that is common, times how well that agrees.
  public let score: Double
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

  /// The least confidence of an accepted match.
  public static let accepted = 0.5
}
