import Rasters

/// Finds the image inside uniform borders: letterboxes, frames, white margins.
package enum BorderTrim {
  /// Gray levels by which a border line may vary (compression noise).
  private static let lineTolerance: Float = 20
  /// Gray levels between border lines of one side.
  private static let sideTolerance: Float = 12
  /// Borders are only cut off if at least this fraction of each side remains.
  private static let leastShare = 0.25

  /// - Returns: The area inside the borders; the whole plane when there are none or too little would remain.
  package static func area(of plane: Plane) -> PixelRect {
    let w = plane.width
    let h = plane.height
    let whole = PixelRect(x: 0, y: 0, width: w, height: h)
    guard w > 8, h > 8 else { return whole }
    return plane.values.withUnsafeBufferPointer { values in
      let top = lines(h) { line(values, start: $0 * w, step: 1, count: w) }
      let bottom = lines(h) { line(values, start: (h - 1 - $0) * w, step: 1, count: w) }
      guard Double(h - top - bottom) >= leastShare * Double(h) else { return whole }
      let inner = h - top - bottom
      let left = lines(w) { line(values, start: top * w + $0, step: w, count: inner) }
      let right = lines(w) { line(values, start: top * w + w - 1 - $0, step: w, count: inner) }
      guard Double(w - left - right) >= leastShare * Double(w) else { return whole }
      return PixelRect(x: left, y: top, width: w - left - right, height: inner)
    }
  }

  /// Number of border lines on one side, at most `limit`.
  private static func lines(_ limit: Int, _ mean: (Int) -> Float?) -> Int {
    guard let first = mean(0) else { return 0 }
    var n = 1
    while n < limit, let next = mean(n), abs(next - first) <= sideTolerance { n += 1 }
    return n
  }

  /// Mean of a line; `nil` when it is not uniform.
  private static func line(_ values: UnsafeBufferPointer<Float>, start: Int, step: Int, count: Int) -> Float? {
    var low = Float.infinity
    var high = -Float.infinity
    var sum: Float = 0
    var at = start
    for _ in 0..<count {
      let v = values[at]
      low = min(low, v)
      high = max(high, v)
      if high - low > lineTolerance { return nil }
      sum += v
      at += step
    }
    return sum / Float(count)
  }
}
