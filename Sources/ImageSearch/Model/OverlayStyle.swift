/// How an overlay shows query and match; the numbers are those of the C header.
public enum OverlayStyle: Int32, Sendable, CaseIterable {
  /// The left half is the match, the right half the query, aligned (docs/sources/tineye.md, section 8).
  case aligned = 0
  /// The two images beside each other, as they are.
  case sideBySide = 1
  /// The aligned query laid over the match, half and half.
  case blend = 2
}
