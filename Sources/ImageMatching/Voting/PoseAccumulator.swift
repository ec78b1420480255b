/// Weights of votes by the turn (16 steps) and the scale (31 steps of a third of a doubling) from query to stored image.
struct PoseAccumulator {
  private static let turns = 16
  private static let scales = 32
  private var weights = [Float](repeating: 0, count: turns * scales)
  private var used: [Int] = []

  mutating func clear() {
    for bin in used { weights[bin] = 0 }
    used.removeAll(keepingCapacity: true)
  }

  mutating func add(query: UInt8, stored: UInt8, weight: Float) {
    let turn = Int(stored >> 4) - Int(query >> 4) + Self.turns
    let scale = Int(stored & 15) - Int(query & 15) + 15
    let bin = turn % Self.turns * Self.scales + scale
    if weights[bin] == 0 { used.append(bin) }
    weights[bin] += weight
  }

  /// The heaviest 3 × 3 neighbourhood: a true pair is off by up to a step on either axis.
  var highest: Float {
    var most: Float = 0
    for bin in used {
      let turn = bin / Self.scales
      let scale = bin % Self.scales
      var sum: Float = 0
      for dt in -1...1 {
        let row = (turn + dt + Self.turns) % Self.turns * Self.scales
        for s in max(0, scale - 1)...min(Self.scales - 1, scale + 1) { sum += weights[row + s] }
      }
      most = max(most, sum)
    }
    return most
  }
}
