import Rasters

/// Draws images that show how a query and a match align.
package enum Overlay {
  /// How the two images are drawn.
  package enum Style: Sendable, Hashable, CaseIterable {
    /// In the frame of the match: its left half, and the right half of the query warped onto it.
    case halves
    /// The query and the match whole, next to each other at the same height.
    case sideBySide
    /// In the frame of the match: the mean of both where the query covers it.
    case blend
  }

  /// Gray value of pixels that neither image covers.
  static let empty: UInt8 = 128
  /// Pixels between the images of ``Style/sideBySide``.
  static let gap = 8
  /// Maximum longest side in pixels.
  static let mostPixels = 4096

  /// Draws a query and a match.
  ///
  /// - Parameters:
  ///   - query: The query; it may be scaled down.
  ///   - querySize: Size of the query that `transform` refers to; that of `query` when `nil`.
  ///   - match: The match; it may be scaled down.
  ///   - matchSize: Size of the match that `transform` refers to; that of `match` when `nil`.
  ///   - transform: Maps pixels of the query to pixels of the match, ``ImageMatch/transform``.
  ///   - style: How the two images are drawn.
  ///   - longest: Longest side of the match in the result in pixels, 1...4096; it is not drawn larger than `match` is.
  /// - Returns: `nil` when an image is empty, a size is not positive, or the transform cannot be inverted.
  package static func draw(
    query: ColorImage, querySize: (width: Int, height: Int)? = nil, match: ColorImage,
    matchSize: (width: Int, height: Int)? = nil, transform: AffineMap, style: Style, longest: Int = 1024
  ) -> ColorImage? {
    guard query.width > 0, query.height > 0, match.width > 0, match.height > 0, longest > 0 else { return nil }
    let side = min(longest, mostPixels, max(match.width, match.height))
    let size = Resampler.size(width: match.width, height: match.height, longest: side)
    guard let framed = warp(match, into: size, by: scaling(match, to: size)) else { return nil }
    if style == .sideBySide { return sideBySide(query, framed) }
    let qs = querySize ?? (query.width, query.height)
    let ms = matchSize ?? (match.width, match.height)
    guard qs.width > 0, qs.height > 0, ms.width > 0, ms.height > 0 else { return nil }
    let toQuery = AffineMap.scaling(Double(qs.width) / Double(query.width), Double(qs.height) / Double(query.height))
    let toFrame = AffineMap.scaling(Double(size.width) / Double(ms.width), Double(size.height) / Double(ms.height))
    guard let warped = warp(query, into: size, by: toQuery.then(transform).then(toFrame)) else { return nil }
    var pixels = Array(framed.image.pixels)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let i = y * size.width + x
        for c in 3 * i..<3 * i + 3 {
          switch style {
          case .halves: if x >= size.width / 2 { pixels[c] = warped.image.pixels[c] }
          default:
            guard warped.covered[i] else { continue }
            pixels[c] = UInt8((Int(pixels[c]) + Int(warped.image.pixels[c]) + 1) / 2)
          }
        }
      }
    }
    return ColorImage(width: size.width, height: size.height, pixels: pixels)
  }

  private static func sideBySide(_ query: ColorImage, _ match: Warped) -> ColorImage? {
    let height = match.image.height
    let wide = Double(query.width) * Double(height) / Double(query.height)
    let width = max(1, min(mostPixels, Int(wide.rounded())))
    guard let left = warp(query, into: (width, height), by: scaling(query, to: (width, height))) else { return nil }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(3 * height * (width + gap + match.image.width))
    for y in 0..<height {
      pixels += left.image.pixels[3 * y * width..<3 * (y + 1) * width]
      pixels += repeatElement(255, count: 3 * gap)
      pixels += match.image.pixels[3 * y * match.image.width..<3 * (y + 1) * match.image.width]
    }
    return ColorImage(width: width + gap + match.image.width, height: height, pixels: pixels)
  }

  private static func scaling(_ image: ColorImage, to size: (width: Int, height: Int)) -> AffineMap {
    .scaling(Double(size.width) / Double(image.width), Double(size.height) / Double(image.height))
  }
}

extension Overlay {
  /// An image warped to the frame of another one.
  struct Warped {
    let image: ColorImage
    /// Whether the image covers a pixel.
    let covered: [Bool]
  }

  /// Maximum number of samples per axis and pixel when an image is scaled down.
  private static let mostSamples = 4

  /// Warps an image by a map: bilinear, with more samples per pixel the more it is scaled down.
  ///
  /// - Returns: `nil` when the map cannot be inverted.
  static func warp(_ image: ColorImage, into size: (width: Int, height: Int), by map: AffineMap) -> Warped? {
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

  /// Red, green, blue and 1 at a position of the image; zeros outside.
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
