/// Votes of one orientation of a query in one table, each in one word for fast sorting.
struct VoteList {
  /// Image 24 bits, feature of the query 12, distance 8, coarse frame of the stored feature 8; from high to low.
  private var votes: [UInt64] = []
  /// Weight of the votes of each feature of the query: common features count less.
  private var rarity: [Float] = []

  /// Maximum number of features of a query that vote.
  static let mostFeatures = 4096
  /// Number of votes of a feature from which they are weighted less.
  private static let common: Float = 24
  /// Spread of the Hamming distances of true pairs, of 40 bits.
  private static let spread: Float = 7

  var count: Int { votes.count }

  mutating func add(image: Int, feature: Int, distance: UInt8, coarse: UInt8) {
    votes.append(UInt64(image) << 28 | UInt64(feature) << 16 | UInt64(distance) << 8 | UInt64(coarse))
  }

  /// Ends the votes of one feature that began at `start`; drops them when there are more than `most`.
  mutating func closeFeature(from start: Int, most: Int) {
    let n = votes.count - start
    if n > most { votes.removeSubrange(start...) }
    rarity.append(n > Int(Self.common) ? (Self.common / Float(n)).squareRoot() : 1)
  }

  /// The images with the most votes that agree on rotation and scale.
  ///
  /// - Parameter coarse: The coarse frame of each feature of the query.
  func best(_ limit: Int, coarse: [UInt8], isLive: (Int) -> Bool) -> [(image: Int, votes: Float)] {
    let sorted = RadixSort.sorted(votes, from: 28, to: 52)
    var best: [(image: Int, votes: Float)] = []
    var bins = PoseAccumulator()
    var least: Float = 0
    var i = 0
    while i < sorted.count {
      let image = sorted[i] >> 28
      var end = i
      var lastFeature = Int.max
      var total: Float = 0
      bins.clear()
      while end < sorted.count, sorted[end] >> 28 == image {
        let feature = Int(sorted[end] >> 16 & 0xfff)
        // One vote of a feature for an image: within an image the votes are in the order of the features.
        if feature != lastFeature, feature < coarse.count, feature < rarity.count {
          let distance = Int(sorted[end] >> 8 & 0xff)
          let weight = Self.weights[min(40, distance)] * rarity[feature]
          total += weight
          bins.add(query: coarse[feature], stored: UInt8(truncatingIfNeeded: sorted[end]), weight: weight)
          lastFeature = feature
        }
        end += 1
      }
      i = end
      // The sum of all votes is an upper bound of agreeing ones.
      guard total > least || best.count < limit else { continue }
      let votes = bins.highest
      guard votes > least || best.count < limit, isLive(Int(image)) else { continue }
      best.append((Int(image), votes))
      if best.count >= 2 * max(1, limit) {
        best.sort { ($1.votes, $0.image) < ($0.votes, $1.image) }
        best.removeSubrange(limit...)
        least = best.last?.votes ?? 0
      }
    }
    best.sort { ($1.votes, $0.image) < ($0.votes, $1.image) }
    return Array(best.prefix(limit))
  }

  private static let weights: [Float] = (0...40).map {
    let d = Double($0) / Double(spread)
    return Float(PortableMath.exponential(-d * d))
  }
}

/// Weights of votes by rotation (16 steps) and scale (31 steps of 2^⅓) from query to stored image.
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

  /// The maximum weight of a 3 × 3 neighbourhood: a true pair may be off by one step on either axis.
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

/// Sorts words by some of their bits; stable.
enum RadixSort {
  /// - Parameters:
  ///   - low: First bit of the sort key.
  ///   - high: One past the last bit of the sort key, at most 64.
  static func sorted(_ words: [UInt64], from low: Int, to high: Int) -> [UInt64] {
    guard words.count > 1 else { return words }
    var from = words
    var to = words
    var shift = low
    while shift < high {
      let bits = min(11, high - shift)
      let mask = UInt64(1 << bits) - 1
      var places = [Int](repeating: 0, count: 1 << bits)
      for w in from { places[Int(w >> UInt64(shift) & mask)] += 1 }
      var sum = 0
      for i in places.indices { (places[i], sum) = (sum, sum + places[i]) }
      for w in from {
        let digit = Int(w >> UInt64(shift) & mask)
        to[places[digit]] = w
        places[digit] += 1
      }
      swap(&from, &to)
      shift += bits
    }
    return from
  }
}
