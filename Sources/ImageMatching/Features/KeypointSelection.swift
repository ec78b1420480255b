/// Chooses which keypoints are kept: spread over the image, and not the finest only.
///
/// Spreading them over a grid is what lifted recall most in the reference study (text overlays 80 → 100 %), because a
/// caption or a busy corner then cannot take all places. Coarse keypoints have places of their own, because they are the
/// ones that survive blur and thumbnails.
enum KeypointSelection {
  /// Cells on each axis.
  private static let grid = 10
  /// Share of the places for keypoints of octave 2 and above, then octave 1; the rest is for anything.
  private static let coarseShare = 0.2
  private static let middleShare = 0.3

  static func choose(_ keypoints: [Keypoint], count: Int, width: Int, height: Int) -> [Keypoint] {
    guard keypoints.count > count else { return keypoints }
    let coarse = keypoints.filter { $0.octave >= 2 }
    let middle = keypoints.filter { $0.octave == 1 }
    var chosen = spread(coarse, Int(Double(count) * coarseShare), width, height)
    let fromMiddle = spread(middle, Int(Double(count) * middleShare), width, height)
    chosen.taken += fromMiddle.taken
    let rest = keypoints.filter { $0.octave == 0 } + chosen.left + fromMiddle.left
    return chosen.taken + spread(rest, count - chosen.taken.count, width, height).taken
  }

  /// The strongest of every cell, then the second of every cell, and so on; within a round the strongest first.
  private static func spread(
    _ keypoints: [Keypoint], _ count: Int, _ width: Int, _ height: Int
  ) -> (taken: [Keypoint], left: [Keypoint]) {
    guard keypoints.count > count else { return (keypoints, []) }
    // Ties are broken by position, so that the choice does not depend on the sort.
    let order = keypoints.indices.sorted { a, b in
      let (p, q) = (keypoints[a], keypoints[b])
      return (q.response, p.y, p.x, a) < (p.response, q.y, q.x, b)
    }
    var filled = [Int](repeating: 0, count: grid * grid)
    var ranked: [(round: Int, index: Int)] = []
    ranked.reserveCapacity(order.count)
    for index in order {
      let k = keypoints[index]
      let column = max(0, min(grid - 1, Int(k.x) * grid / max(1, width)))
      let row = max(0, min(grid - 1, Int(k.y) * grid / max(1, height)))
      ranked.append((filled[row * grid + column], index))
      filled[row * grid + column] += 1
    }
    // `order` is by strength already; a stable order by round is what remains.
    let byRound = ranked.indices.sorted { (ranked[$0].round, $0) < (ranked[$1].round, $1) }
    return (
      byRound.prefix(count).map { keypoints[ranked[$0].index] },
      byRound.dropFirst(count).map { keypoints[ranked[$0].index] }
    )
  }
}
