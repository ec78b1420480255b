/// Where in the query a stored image agrees with it, in squares of the upright query.
struct AgreementMap: Sendable, Hashable {
  /// Squares on each axis.
  static let side = 10

  /// Weight of the patches that were compared in each square, and of what agrees of them.
  private(set) var seen = [Float](repeating: 0, count: side * side)
  private(set) var agrees = [Float](repeating: 0, count: side * side)

  /// The square of a place in shares of the query's sides.
  static func square(_ x: Double, _ y: Double) -> Int {
    func place(_ share: Double) -> Int { max(0, min(side - 1, Int(max(0, min(1, share)) * Double(side)))) }
    return place(y) * side + place(x)
  }

  mutating func add(_ square: Int, agrees share: Float, weight: Float) {
    guard seen.indices.contains(square) else { return }
    agrees[square] += share * weight
    seen[square] += weight
  }

  /// Share that agrees in a square, 0 where next to nothing was compared.
  func share(_ square: Int) -> Float { seen[square] >= Self.leastSeen ? agrees[square] / seen[square] : 0 }

  /// Weight from which on a square was compared.
  private static let leastSeen: Float = 0.5
}
