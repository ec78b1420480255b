import Rasters

/// The residual of a map: the displacement of feature pairs from their mapped positions, smoothed over the stored
/// image. Lens distortion, perspective or a curled page deform an image slightly, which an affine map cannot follow.
struct LocalShift {
  private static let columns = 9
  private static let rows = 9
  /// Radius in working pixels in which a pair has influence.
  private static let reach = 48.0
  /// Weight of a residual of zero, in pairs.
  private static let stiffness = 0.7

  private let width: Double
  private let height: Double
  private var nodes: [SIMD2<Double>]

  /// - Parameters:
  ///   - pairs: Mapped positions of the query's features, and positions of their counterparts.
  ///   - size: Size of the stored image.
  init(_ pairs: [(there: SIMD2<Double>, at: SIMD2<Double>)], size: (width: Double, height: Double)) {
    width = max(1, size.width)
    height = max(1, size.height)
    let left = pairs.map { (at: $0.at, rest: $0.at - $0.there) }
    nodes = []
    nodes.reserveCapacity(Self.columns * Self.rows)
    for r in 0..<Self.rows {
      for c in 0..<Self.columns {
        let node = SIMD2(
          width * Double(c) / Double(Self.columns - 1), height * Double(r) / Double(Self.rows - 1))
        var sum = SIMD2<Double>()
        var weight = Self.stiffness
        for pair in left {
          let d = pair.at - node
          let t = 1 + (d.x * d.x + d.y * d.y) / (Self.reach * Self.reach)
          let w = 1 / (t * t)
          sum += w * pair.rest
          weight += w
        }
        nodes.append(sum / weight)
      }
    }
  }

  /// The displacement at a position of the stored image.
  func at(_ x: Double, _ y: Double) -> SIMD2<Double> {
    let u = max(0, min(Double(Self.columns - 1), x / width * Double(Self.columns - 1)))
    let v = max(0, min(Double(Self.rows - 1), y / height * Double(Self.rows - 1)))
    let (c, r) = (min(Self.columns - 2, Int(u)), min(Self.rows - 2, Int(v)))
    let (fu, fv) = (u - Double(c), v - Double(r))
    let i = r * Self.columns + c
    let upper = nodes[i] * (1 - fu) + nodes[i + 1] * fu
    let lower = nodes[i + Self.columns] * (1 - fu) + nodes[i + Self.columns + 1] * fu
    return upper * (1 - fv) + lower * fv
  }
}
