/// What geometric verification found for one orientation of a query and one stored image.
struct Verification {
  /// From working pixels of the (possibly mirrored) query to working pixels of the stored image.
  var map: Affine
  /// Pairs under the map, at most one for a spot on either side.
  var inliers: [Correspondence]
  /// Nats, see ``Evidence``.
  var evidence: Double
  /// Share of the query's features with neighbours that found their counterpart, 0...1.
  var share: Double
}
