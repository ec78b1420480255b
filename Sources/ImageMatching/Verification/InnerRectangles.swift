import Rasters

/// The rectangles in an image that look like images of their own: one on a page, in a screenshot or over another image, or what remains of
/// one between stripes.
///
/// Such a rectangle has straight edges over its whole length, which separate different gray levels. An image that is a small part of the query
/// has few of the query's features; cut out, it has as many as any other, and can be compared as a whole.
struct InnerRectangles {
  /// Maximum number of rectangles.
  static let most = 3
  /// Longest side of the image that is searched.
  private static let side = 256
  /// Minimum difference in gray levels across an edge.
  private static let step: Float = 12
  /// Fraction of each edge with that difference.
  private static let straight = 0.9
  /// An edge is looked for where a stretch of this fraction of the side has nearly none without the difference …
  private static let stretch = 0.16
  private static let unbroken = 0.9
  /// … among so many of each direction, with so many pixels between them.
  private static let mostLines = 10
  private static let distance = 4
  /// Minimum sides of a rectangle, and of the longer one, as fractions of the image's; maximum area.
  private static let leastSide = 0.12
  private static let leastLonger = 0.2
  private static let mostArea = 0.9
  /// Minimum standard deviation of the gray levels inside.
  private static let leastDeviation = 6.0
  /// Minimum ratio of the common area of two rectangles to that of both for the weaker one to be left out.
  private static let alike = 0.7

  private let width: Int
  private let height: Int
  private let values: [Float]

  /// - Returns: The rectangles in pixels of the plane, the clearest and largest first.
  static func find(in plane: Plane) -> [PixelRect] {
    let size = Resampler.size(width: plane.width, height: plane.height, longest: side)
    let whole = PixelRect(x: 0, y: 0, width: plane.width, height: plane.height)
    guard min(size.width, size.height) >= 16,
      let values = Resampler.scale(plane, area: whole, width: size.width, height: size.height)
    else { return [] }
    let image = InnerRectangles(width: size.width, height: size.height, values: values)
    return image.best().map { $0.scaled(from: size, to: (plane.width, plane.height)) }
  }

  /// Edges in one direction: for each position across, the number of pixels along it that differ, up to each place.
  private struct Edges {
    /// Length of an edge over the whole image, and number of positions.
    let length: Int
    let positions: Int
    private var counts: [Int32]

    /// - Parameter value: The gray level at a position and a place along the edge.
    init(positions: Int, length: Int, _ value: (Int, Int) -> Float) {
      self.positions = positions
      self.length = length
      counts = [Int32](repeating: 0, count: (positions + 1) * (length + 1))
      for p in 2..<max(2, positions - 1) {
        var sum: Int32 = 0
        for k in 0..<length {
          let before = value(p - 1, k)
          if max(abs(value(p, k) - before), abs(value(p + 1, k) - before)) > InnerRectangles.step { sum += 1 }
          counts[p * (length + 1) + k + 1] = sum
        }
      }
    }

    private func count(_ p: Int, _ from: Int, _ to: Int) -> Int {
      Int(counts[p * (length + 1) + to] - counts[p * (length + 1) + from])
    }

    /// The fraction of an edge that differs, without its ends; `nil` at the image's border.
    func share(_ p: Int, _ from: Int, _ to: Int) -> Double? {
      p > 0 && p < positions ? Double(count(p, from + 1, to - 1)) / Double(max(1, to - from - 2)) : nil
    }

    /// The image's borders, and the positions of the clearest edges.
    var lines: [Int] {
      let window = max(8, Int(InnerRectangles.stretch * Double(length)))
      guard window <= length else { return [0, positions] }
      let scores = (0...positions).map { p -> Double in
        let most = (0...length - window).reduce(0) { max($0, count(p, $1, $1 + window)) }
        let run = Double(most) / Double(window)
        return run >= InnerRectangles.unbroken ? run + Double(count(p, 0, length)) / Double(length) : 0
      }
      var lines: [Int] = []
      for p in scores.indices.sorted(by: { (scores[$1], $0) < (scores[$0], $1) }) {
        guard scores[p] > 0, lines.count < InnerRectangles.mostLines else { break }
        if lines.allSatisfy({ abs($0 - p) >= InnerRectangles.distance }) { lines.append(p) }
      }
      return [0, positions] + lines
    }
  }

  private func best() -> [PixelRect] {
    let upright = Edges(positions: width, length: height) { values[$1 * width + min(width - 1, $0)] }
    let level = Edges(positions: height, length: width) { values[min(height - 1, $0) * width + $1] }
    let (columns, rows) = (upright.lines.sorted(), level.lines.sorted())
    let area = Double(width * height)
    var found: [(score: Double, rect: PixelRect)] = []
    for (i, left) in columns.enumerated() {
      for right in columns[(i + 1)...] where Double(right - left) >= Self.leastSide * Double(width) {
        for (j, top) in rows.enumerated() {
          for bottom in rows[(j + 1)...] where Double(bottom - top) >= Self.leastSide * Double(height) {
            let rect = PixelRect(x: left, y: top, width: right - left, height: bottom - top)
            let share = Double(rect.width * rect.height) / area
            let longer = Double(max(rect.width, rect.height))
            guard share <= Self.mostArea, longer >= Self.leastLonger * Double(max(width, height)) else { continue }
            let edges = [
              upright.share(left, top, bottom), upright.share(right, top, bottom), level.share(top, left, right),
              level.share(bottom, left, right),
            ].compactMap { $0 }
            guard edges.count >= 2, edges.allSatisfy({ $0 >= Self.straight }) else { continue }
            let mean = edges.reduce(0, +) / Double(edges.count)
            found.append((mean * (Double(edges.count) * share.squareRoot()).squareRoot(), rect))
          }
        }
      }
    }
    var chosen: [PixelRect] = []
    for i in found.indices.sorted(by: { (found[$1].score, $0) < (found[$0].score, $1) }) {
      guard chosen.count < Self.most else { break }
      let rect = found[i].rect
      if chosen.allSatisfy({ Self.overlap($0, rect) < Self.alike }), deviation(rect) >= Self.leastDeviation {
        chosen.append(rect)
      }
    }
    return chosen
  }

  private static func overlap(_ a: PixelRect, _ b: PixelRect) -> Double {
    let across = max(0, min(a.x + a.width, b.x + b.width) - max(a.x, b.x))
    let down = max(0, min(a.y + a.height, b.y + b.height) - max(a.y, b.y))
    let common = Double(across * down)
    return common / (Double(a.width * a.height + b.width * b.height) - common)
  }

  private func deviation(_ rect: PixelRect) -> Double {
    var (sum, squares) = (0.0, 0.0)
    for y in rect.y..<rect.y + rect.height {
      for x in rect.x..<rect.x + rect.width {
        let value = Double(values[y * width + x])
        sum += value
        squares += value * value
      }
    }
    let n = Double(max(1, rect.width * rect.height))
    return max(0, squares / n - sum / n * (sum / n)).squareRoot()
  }
}
