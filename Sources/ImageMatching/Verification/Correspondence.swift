/// A feature of the query and a stored one that may be the same.
struct Correspondence: Sendable, Equatable {
  var query: Int
  var stored: Int
  /// Differing bits of 64.
  var distance: Int
}
