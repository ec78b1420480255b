/// A stored image that may show the query.
package struct VotedImage: Sendable, Hashable {
  /// Which of the tables given to the voter.
  package let table: Int
  /// Number of the image in that table.
  package let image: Int
  /// Whether the mirrored query found it.
  package let mirrored: Bool
  /// Weighted votes that agree in turn and scale.
  package let votes: Float
}
