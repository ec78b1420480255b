/// Where in the query a stored image agrees with it, in squares of the upright query.
struct AgreementMap: Sendable, Hashable {
  /// Squares on each axis.
  static let side = 10

  /// Weight of what was compared in each square, and of what agrees of it.
  struct Part: Sendable, Hashable {
    var agrees = [Float](repeating: 0, count: side * side)
    var seen = [Float](repeating: 0, count: side * side)
  }

  private(set) var patches = Part()
  private(set) var pixels = Part()

  /// The square of a place in shares of the query's sides.
  static func square(_ x: Double, _ y: Double) -> Int {
    func place(_ share: Double) -> Int { max(0, min(side - 1, Int(max(0, min(1, share)) * Double(side)))) }
    return place(y) * side + place(x)
  }

  mutating func addPatch(_ square: Int, agrees: Float, weight: Float) {
    guard patches.seen.indices.contains(square) else { return }
    patches.agrees[square] += agrees * weight
    patches.seen[square] += weight
  }

  mutating func addPixels(_ square: Int, agrees: Float, weight: Float) {
    guard pixels.seen.indices.contains(square) else { return }
    pixels.agrees[square] += agrees * weight
    pixels.seen[square] += weight
  }
}
