import CMatchingKernels

/// The features of an image as places that are looked at, and how alike what is there is.
///
/// One corner gives keypoints of several sizes and directions, which agree or not together: they are one spot.
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

  /// Whether two features are one spot.
  func coincide(_ a: Int, _ b: Int) -> Bool {
    let dx = set.x[a] - set.x[b]
    let dy = set.y[a] - set.y[b]
    let reach = max(reach[a], reach[b])
    return dx * dx + dy * dy < reach * reach
  }

  /// Share of all features that are at other spots than feature `at` and differ from `signature` in at most `most` bits.
  func lookalikes(of signature: UInt64, elsewhereThan at: Int, within most: Int) -> Double {
    guard set.count > 0, at >= 0, at < set.count else { return 0 }
    return withColumns { Double(matching_lookalikes(&$0, at, signature, UInt32(max(0, min(64, most))))) }
      / Double(set.count)
  }

  /// Share of all pairs of features at different spots that differ in at most 0, 1, 2 … `most` bits.
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
