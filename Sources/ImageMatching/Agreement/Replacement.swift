/// Where two aligned images have structure that differs nearly everywhere in one large piece: two photographs in one frame or template, under one
/// banner or caption. What lies over a copy is smaller, flat, or lets parts of it through.
struct Replacement {
  private let width: Int
  private let height: Int
  /// For each pixel: 1 inside the overlap, 1 where both images have structure, and how much it differs there.
  private var cells: [SIMD4<Float>]

  /// Minimum fraction of a square inside the overlap, of its pixels that have structure, and of that structure that differs.
  private static let inside: Float = 0.9
  private static let structured: Float = 0.3
  private static let differing: Float = 0.8

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    cells = [SIMD4<Float>](repeating: SIMD4(), count: (width + 1) * (height + 1))
  }

  /// - Parameter difference: 0...1; `nil` where the images do not both have structure.
  mutating func add(_ x: Int, _ y: Int, difference: Double?) {
    cells[(y + 1) * (width + 1) + x + 1] = SIMD4(1, difference == nil ? 0 : 1, Float(difference ?? 0), 0)
  }

  /// The fraction of the overlap that is covered by differing squares of half the shorter side.
  func share() -> Double {
    let row = width + 1
    let side = min(width, height) / 2
    guard side >= 2 else { return 0 }
    var sums = cells
    for y in 1...height {
      var line = SIMD4<Float>()
      for x in 1...width {
        line += cells[y * row + x]
        sums[y * row + x] = line + sums[(y - 1) * row + x]
      }
    }
    // Differences of the number of squares over each pixel, which are summed up afterwards.
    var squares = [Int32](repeating: 0, count: row * (height + 1))
    let area = Float(side * side)
    for y in 0...height - side {
      for x in 0...width - side {
        let (top, bottom) = (y * row + x, (y + side) * row + x)
        let sum = sums[bottom + side] - sums[bottom] - sums[top + side] + sums[top]
        guard sum[0] >= Self.inside * area, sum[1] >= Self.structured * area, sum[2] >= Self.differing * sum[1]
        else { continue }
        squares[top] += 1
        squares[top + side] -= 1
        squares[bottom] -= 1
        squares[bottom + side] += 1
      }
    }
    var (covered, seen) = (0, 0)
    for y in 0..<height {
      var line: Int32 = 0
      for x in 0..<width {
        line += squares[y * row + x]
        squares[y * row + x] = line + (y > 0 ? squares[(y - 1) * row + x] : 0)
        guard cells[(y + 1) * row + x + 1][0] > 0 else { continue }
        seen += 1
        if squares[y * row + x] > 0 { covered += 1 }
      }
    }
    return Double(covered) / Double(max(1, seen))
  }
}
