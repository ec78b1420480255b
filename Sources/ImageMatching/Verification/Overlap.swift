/// How much of one rectangle another one covers after a map.
enum Overlap {
  /// - Returns: Area of the part of the rectangle `width` × `height` that `map` takes into the rectangle
  ///   `otherWidth` × `otherHeight`, as a share of its own area (0...1).
  static func share(
    _ width: Double, _ height: Double, through map: Affine, inside otherWidth: Double, _ otherHeight: Double
  ) -> Double {
    guard width > 0, height > 0, abs(map.determinant) > 1e-12 else { return 0 }
    var corners = [(0.0, 0.0), (width, 0), (width, height), (0, height)].map { map.apply($0.0, $0.1) }
    corners = clipped(corners) { $0.x }
    corners = clipped(corners) { otherWidth - $0.x }
    corners = clipped(corners) { $0.y }
    corners = clipped(corners) { otherHeight - $0.y }
    let part = area(corners) / abs(map.determinant)
    return max(0, min(1, part / (width * height)))
  }

  /// The part of a polygon where `depth` is not negative (Sutherland and Hodgman).
  private static func clipped(
    _ corners: [(x: Double, y: Double)], _ depth: ((x: Double, y: Double)) -> Double
  ) -> [(x: Double, y: Double)] {
    var result: [(x: Double, y: Double)] = []
    for (i, corner) in corners.enumerated() {
      let before = corners[(i + corners.count - 1) % corners.count]
      let d = depth(corner)
      let e = depth(before)
      if (d >= 0) != (e >= 0), d != e {
        let t = e / (e - d)
        result.append((before.x + t * (corner.x - before.x), before.y + t * (corner.y - before.y)))
      }
      if d >= 0 { result.append(corner) }
    }
    return result
  }

  private static func area(_ corners: [(x: Double, y: Double)]) -> Double {
    var sum = 0.0
    for (i, corner) in corners.enumerated() {
      let next = corners[(i + 1) % corners.count]
      sum += corner.x * next.y - next.x * corner.y
    }
    return abs(sum) / 2
  }
}
