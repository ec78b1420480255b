extension Overlay {
  /// An image in the frame of another one.
  struct Warped {
    let image: ColorImage
    /// Which pixels the image reaches.
    let covered: [Bool]
  }

  /// Samples along each axis when an image is made smaller, at most.
  private static let mostSamples = 4

  /// Draws an image through a map: bilinear, with more samples a pixel the more it shrinks.
  ///
  /// - Returns: `nil` when the map cannot be inverted.
  static func warp(_ image: ColorImage, into size: (width: Int, height: Int), by map: Affine) -> Warped? {
    guard let back = map.inverse, size.width > 0, size.height > 0 else { return nil }
    let shrink = back.scale
    let n = shrink.isFinite ? max(1, min(mostSamples, Int(min(100, shrink).rounded(.up)))) : 1
    var pixels = [UInt8](repeating: empty, count: 3 * size.width * size.height)
    var covered = [Bool](repeating: false, count: size.width * size.height)
    for y in 0..<size.height {
      for x in 0..<size.width {
        var sums = SIMD4<Double>()
        for j in 0..<n {
          for i in 0..<n {
            let p = back.apply(
              Double(x) + (Double(i) + 0.5) / Double(n), Double(y) + (Double(j) + 0.5) / Double(n))
            sums += sample(image, p.x, p.y)
          }
        }
        guard sums[3] * 2 > Double(n * n) else { continue }
        let at = y * size.width + x
        covered[at] = true
        for c in 0..<3 { pixels[3 * at + c] = UInt8(max(0, min(255, (sums[c] / sums[3]).rounded()))) }
      }
    }
    guard let result = ColorImage(width: size.width, height: size.height, pixels: pixels) else { return nil }
    return Warped(image: result, covered: covered)
  }

  /// Red, green, blue and 1 at a place of the image; zeros outside.
  private static func sample(_ image: ColorImage, _ x: Double, _ y: Double) -> SIMD4<Double> {
    let w = image.width
    let h = image.height
    guard x >= 0, y >= 0, x <= Double(w), y <= Double(h) else { return SIMD4() }
    let px = max(0, min(Double(w - 1), x - 0.5))
    let py = max(0, min(Double(h - 1), y - 0.5))
    let left = Int(px)
    let top = Int(py)
    let right = min(w - 1, left + 1)
    let bottom = min(h - 1, top + 1)
    let fx = px - Double(left)
    let fy = py - Double(top)
    func pixel(_ x: Int, _ y: Int) -> SIMD4<Double> {
      let i = 3 * (y * w + x)
      return SIMD4(Double(image.pixels[i]), Double(image.pixels[i + 1]), Double(image.pixels[i + 2]), 1)
    }
    let upper = pixel(left, top) * (1 - fx) + pixel(right, top) * fx
    let lower = pixel(left, bottom) * (1 - fx) + pixel(right, bottom) * fx
    return upper * (1 - fy) + lower * fy
  }
}
