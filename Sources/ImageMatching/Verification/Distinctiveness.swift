import CMatchingKernels

/// How much agreement is to be expected between two unrelated images of the same kind.
///
/// Corners of boxes, letters and icons look alike: a drawing has many of them, as has any other drawing, even in the
/// same arrangement if both have lines and columns. Features that an image repeats are therefore no evidence that
/// another image is a copy. Two measures, both computed from the two images only: how many other spots look like the
/// one that agrees, and how similar the spots of an image are to each other, beyond what is usual in a photograph.
struct Distinctiveness {
  /// Spots are similar within this many bits more than the distance of the counterparts.
  private static let slack = 3
  /// Weight of the fraction of similar spots in the likelihood of an agreement by chance: they are not spread at random
  /// but in lines and groups, so many of them agree together.
  private static let lookalikeWeight = 32.0
  /// The same for the fraction of similar pairs.
  private static let similarityWeight = 20.0
  /// Fraction of the pairs of spots of a photograph that differ in at most 0, 1 … 21 bits: the 90th percentile of
  /// photographs.
  private static let usual = [
    0.12, 0.3, 0.6, 1.2, 1.8, 3, 4.2, 6, 7.8, 10.2, 13.2, 18, 24, 33, 42, 54, 72, 96, 126, 168, 222, 300,
  ].map { $0 * 1e-4 }

  private let query: Spots
  private let stored: Spots
  /// Likelihood of a distance by chance, from all spots of both images.
  private let general: [Double]

  init(_ query: Spots, _ stored: Spots, querySimilarity: [Double], storedSimilarity: [Double]) {
    self.query = query
    self.stored = stored
    general = Self.usual.indices.map { d in
      let excess = [querySimilarity, storedSimilarity].reduce(0) { sum, similarity in
        sum + (d < similarity.count ? max(0, similarity[d] - Self.usual[d]) : 0)
      }
      return Self.similarityWeight * excess
    }
  }

  /// Fractions of similar pairs in an image, as ``init(_:_:querySimilarity:storedSimilarity:)`` needs them.
  static func similarity(_ spots: Spots) -> [Double] { spots.selfSimilarity(upTo: usual.count - 1) }

  /// Likelihood that two features agree this much by chance, relative to that between photographs.
  func chance(query q: Int, _ querySignature: UInt64, stored s: Int, _ storedSignature: UInt64, distance: Int) -> Double
  {
    let near = distance + Self.slack
    let elsewhere =
      stored.lookalikes(of: querySignature, elsewhereThan: s, within: near)
      + query.lookalikes(of: storedSignature, elsewhereThan: q, within: near)
    return Self.lookalikeWeight * elsewhere + (distance >= 0 && distance < general.count ? general[distance] : 0)
  }
}

/// The features of an image grouped in spots, and the similarity of spots.
///
/// One corner yields keypoints of several sizes and directions, which agree or disagree together: they are one spot.
struct Spots: Sendable {
  private let set: FeatureSet
  private let reach: [Float]

  /// Features within this many working pixels are one spot …
  private static let least: Float = 4
  /// … and within this many of their own sizes.
  private static let sizes: Float = 1.5

  init(_ set: FeatureSet) {
    self.set = set
    reach = set.sigma.map { max(Self.least, Self.sizes * $0) }
  }

  /// Whether two features are the same spot.
  func coincide(_ a: Int, _ b: Int) -> Bool {
    let dx = set.x[a] - set.x[b]
    let dy = set.y[a] - set.y[b]
    let reach = max(reach[a], reach[b])
    return dx * dx + dy * dy < reach * reach
  }

  /// Fraction of all features that are at other spots than feature `at` and differ from `signature` in at most `most`
  /// bits.
  func lookalikes(of signature: UInt64, elsewhereThan at: Int, within most: Int) -> Double {
    guard set.count > 0, at >= 0, at < set.count else { return 0 }
    return withColumns { Double(matching_lookalikes(&$0, at, signature, UInt32(max(0, min(64, most))))) }
      / Double(set.count)
  }

  /// Fraction of all pairs of features at different spots that differ in at most 0, 1, 2 … `most` bits.
  func selfSimilarity(upTo most: Int) -> [Double] {
    var histogram = [UInt32](repeating: 0, count: 65)
    let last = max(0, min(64, most))
    withColumns { matching_self_distances(&$0, UInt32(last), &histogram) }
    let pairs = Double(max(1, set.count * (set.count - 1) / 2))
    var sum = 0.0
    return histogram.prefix(last + 1).map {
      sum += Double($0)
      return sum / pairs
    }
  }

  private func withColumns<R>(_ body: (inout matching_spots) -> R) -> R {
    set.x.withUnsafeBufferPointer { x in
      set.y.withUnsafeBufferPointer { y in
        reach.withUnsafeBufferPointer { reach in
          set.signatures.withUnsafeBufferPointer { signatures in
            var spots = matching_spots(
              x: x.baseAddress, y: y.baseAddress, reach: reach.baseAddress, signature: signatures.baseAddress,
              count: signatures.count)
            return body(&spots)
          }
        }
      }
    }
  }
}
