import ImageMatching
import Rasters

/// The images that fuzz targets of the index start with.
enum FuzzedImages {
  /// Smooth noise, the first with the same seed as ``query``.
  static let features: [ImageFeatures] = (1...3).compactMap { try? ImageFeatures(of: image(UInt64($0))) }
  /// Small, for many searches per second.
  static let query = try? QueryFeatures(of: image(1, width: 96, height: 72))

  private static func image(_ seed: UInt64, width: Int = 192, height: Int = 144) -> GrayImage {
    var state = seed
    func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 56)
    }
    let cells = 24
    let corners = (0..<(cells + 1) * (cells + 1)).map { _ in next() }
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let (u, v) = (x * cells * 16 / width, y * cells * 16 / height)
        let at = (v >> 4) * (cells + 1) + (u >> 4)
        let (fx, fy) = (u & 15, v & 15)
        let top = corners[at] * (16 - fx) + corners[at + 1] * fx
        let low = corners[at + cells + 1] * (16 - fx) + corners[at + cells + 2] * fx
        pixels.append(UInt8((top * (16 - fy) + low * fy) >> 8))
      }
    }
    guard let image = GrayImage(width: width, height: height, pixels: pixels) else {
      fatalError("there is a byte a pixel")
    }
    return image
  }
}
