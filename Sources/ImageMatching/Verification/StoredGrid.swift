import CMatchingKernels

/// The features of a stored image sorted by the cells of a grid, to find those near a point quickly.
///
/// A class, so that ``similarity`` is computed at most once, on demand.
final class StoredGrid {
  /// The features in the order of the cells.
  let set: FeatureSet
  /// log2 of their sizes.
  let doublings: [Float]
  /// Cosine and sine of their directions.
  let turns: [SIMD2<Float>]
  let spots: Spots
  /// See ``Distinctiveness``.
  private(set) lazy var similarity = Distinctiveness.similarity(spots)
  private let columns: Int
  private let rows: Int
  private let starts: [Int32]

  private static let side: Float = 32

  init(_ set: FeatureSet) {
    let columns = max(1, Int((set.width / Self.side).rounded(.up)))
    let rows = max(1, Int((set.height / Self.side).rounded(.up)))
    var starts = [Int32](repeating: 0, count: columns * rows + 1)
    let cells = (0..<set.count).map { i in
      let c = max(0, min(columns - 1, Int(set.x[i] / Self.side)))
      let r = max(0, min(rows - 1, Int(set.y[i] / Self.side)))
      return r * columns + c
    }
    for c in cells { starts[c + 1] += 1 }
    for c in 1..<starts.count { starts[c] += starts[c - 1] }
    var next = starts
    var order = [Int](repeating: 0, count: set.count)
    for (i, c) in cells.enumerated() {
      order[Int(next[c])] = i
      next[c] += 1
    }
    var sorted = FeatureSet(width: set.width, height: set.height)
    sorted.x = order.map { set.x[$0] }
    sorted.y = order.map { set.y[$0] }
    sorted.angle = order.map { set.angle[$0] }
    sorted.sigma = order.map { set.sigma[$0] }
    sorted.signatures = order.map { set.signatures[$0] }
    self.set = sorted
    spots = Spots(sorted)
    turns = sorted.angle.map { PackedFrame.turn($0) }
    doublings = sorted.sigma.map { PackedFrame.doublings($0) }
    self.columns = columns
    self.rows = rows
    self.starts = starts
  }

  /// Calls `body` with the grid as C pointers.
  func withGrid<R>(_ body: (matching_grid) -> R) -> R {
    set.withColumns(doublings: doublings) { features in
      starts.withUnsafeBufferPointer { starts in
        body(
          matching_grid(
            features: features, starts: starts.baseAddress, columns: Int32(columns), rows: Int32(rows),
            side: Self.side))
      }
    }
  }
}

extension FeatureSet {
  /// Calls `body` with the columns as C pointers.
  ///
  /// - Parameter doublings: log2 of the sizes, one per feature.
  func withColumns<R>(doublings: [Float], _ body: (matching_features) -> R) -> R {
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        angle.withUnsafeBufferPointer { angle in
          doublings.withUnsafeBufferPointer { doublings in
            signatures.withUnsafeBufferPointer { signatures in
              body(
                matching_features(
                  x: x.baseAddress, y: y.baseAddress, angle: angle.baseAddress, doubling: doublings.baseAddress,
                  signature: signatures.baseAddress, count: signatures.count))
            }
          }
        }
      }
    }
  }
}
