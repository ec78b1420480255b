import ImageMatching
import Rasters

/// Synthetic images with many corners and blobs: overlapping discs and bars with a texture on a gradient.
///
/// A scene is a function of continuous coordinates, so that the same scene can be drawn through any transform without
/// resampling pixels.
struct Scene {
  private struct Shape {
    let x, y, a, b, angle, level: Double
    let isBar: Bool
  }

  private let shapes: [Shape]
  private let slope: (Double, Double)
  /// Texture: gray levels at the points of a lattice of `lattice` × `lattice`, so that two scenes have no equal corners.
  private let texture: [Double]
  private static let lattice = 48

  init(seed: UInt64, shapes count: Int = 60) {
    var random = SplitMix(seed)
    shapes = (0..<count).map { i in
      // Large shapes first, so that small ones stay visible.
      let size = 0.22 * (1 - 0.9 * Double(i) / Double(count))
      return Shape(
        x: .random(in: 0...1, using: &random), y: .random(in: 0...1, using: &random),
        a: size * .random(in: 0.3...1, using: &random), b: size * .random(in: 0.2...0.7, using: &random),
        angle: .random(in: 0...3, using: &random), level: .random(in: 10...245, using: &random),
        isBar: .random(using: &random))
    }
    texture = (0..<Self.lattice * Self.lattice).map { _ in .random(in: -24...24, using: &random) }
    slope = (.random(in: -60...60, using: &random), .random(in: -60...60, using: &random))
  }

  /// Gray level at a point of the unit square, which continues outside of it.
  func level(_ x: Double, _ y: Double) -> Double {
    var value = 128 + slope.0 * (x - 0.5) + slope.1 * (y - 0.5)
    for s in shapes {
      let dx = x - s.x
      let dy = y - s.y
      if abs(dx) > s.a * 1.5 || abs(dy) > s.a * 1.5 { continue }
      // A parabola instead of a cosine: exact, no library needed.
      let c = 1 - s.angle * s.angle * 2 / 9
      let t = (1 - c * c).squareRoot()
      let u = (dx * c + dy * t) / s.a
      let v = (dy * c - dx * t) / s.b
      if s.isBar ? (abs(u) < 0.8 && abs(v) < 0.6) : (u * u + v * v < 1) { value = s.level }
    }
    return min(255, max(0, value + textureLevel(x, y)))
  }

  /// The texture between the points of its lattice.
  private func textureLevel(_ x: Double, _ y: Double) -> Double {
    let n = Self.lattice
    let u = min(0.9999, max(0, x)) * Double(n - 1)
    let v = min(0.9999, max(0, y)) * Double(n - 1)
    let (i, j) = (Int(u), Int(v))
    let (fx, fy) = (u - Double(i), v - Double(j))
    let upper = texture[j * n + i] * (1 - fx) + texture[j * n + i + 1] * fx
    let lower = texture[(j + 1) * n + i] * (1 - fx) + texture[(j + 1) * n + i + 1] * fx
    return upper * (1 - fy) + lower * fy
  }

  /// Draws the scene: `map` takes a point of the drawn image (0...1 on both axes) to a point of the scene, or to `nil`
  /// for a white pixel.
  func drawn(_ width: Int, _ height: Int, map: (Double, Double) -> (Double, Double)? = { ($0, $1) }) -> GrayImage {
    var pixels = [UInt8](repeating: 255, count: width * height)
    for y in 0..<height {
      for x in 0..<width {
        var sum = 0.0
        for k in 0..<2 {
          let px = (Double(x) + 0.25 + 0.5 * Double(k)) / Double(width)
          let py = (Double(y) + 0.25 + 0.5 * Double(k)) / Double(height)
          if let (sx, sy) = map(px, py) { sum += level(sx, sy) } else { sum += 255 }
        }
        pixels[y * width + x] = UInt8(sum / 2)
      }
    }
    return GrayImage(width: width, height: height, pixels: pixels) ?? .empty
  }
}

extension GrayImage {
  /// An image without pixels; the fallback of the helpers, so that a wrong helper fails its test instead of trapping.
  static let empty = emptyImage()

  /// A uniform image.
  static func flat(_ width: Int, _ height: Int, level: UInt8) -> GrayImage {
    GrayImage(width: width, height: height, pixels: Array(repeating: level, count: width * height)) ?? .empty
  }

  /// The image rotated and mirrored pixel by pixel.
  func applying(_ d: Dihedral) -> GrayImage {
    let w = d.transposes ? height : width
    let h = d.transposes ? width : height
    var result = [UInt8](repeating: 0, count: w * h)
    for y in 0..<h {
      for x in 0..<w {
        let tx = d.flipsHorizontally ? w - 1 - x : x
        let ty = d.flipsVertically ? h - 1 - y : y
        result[y * w + x] = d.transposes ? pixels[tx * width + ty] : pixels[ty * width + tx]
      }
    }
    return GrayImage(width: w, height: h, pixels: result) ?? .empty
  }
}

private func emptyImage() -> GrayImage {
  guard let image = GrayImage(width: 0, height: 0, pixels: []) else { preconditionFailure("0 × 0 has no pixels") }
  return image
}
