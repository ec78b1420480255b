/// A segment is of no use and has to be made anew.
struct SegmentDamage: Error {
  /// The name of its file.
  var name: String
}
