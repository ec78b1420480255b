extension Array {
  /// The element, or `nil` where an index from C is out of range: a trap would end the host program.
  subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
