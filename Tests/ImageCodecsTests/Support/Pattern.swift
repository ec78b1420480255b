import Rasters
import Testing

/// Images without any symmetry, so that a wrong orientation, order or channel is detected.
enum Pattern {
  static func color(_ width: Int, _ height: Int) throws -> ColorImage {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        pixels.append(UInt8(x * 255 / max(1, width - 1)))
        pixels.append(UInt8(y * 255 / max(1, height - 1)))
        pixels.append(UInt8((x * 7 + y * 13) & 255))
      }
    }
    return try image(width, height, pixels)
  }

  /// Without fine detail, so that a lossy codec preserves it almost exactly.
  static func smooth(_ width: Int, _ height: Int) throws -> ColorImage {
    let red = (0..<width).map { UInt8(40 + $0 * 150 / width) }
    let slope = (0..<width + height).map { UInt8(200 - $0 * 150 / (width + height)) }
    let pixels = [UInt8](unsafeUninitializedCapacity: 3 * width * height) { target, count in
      for y in 0..<height {
        let green = UInt8(60 + y * 150 / height)
        for x in 0..<width {
          target[count] = red[x]
          target[count &+ 1] = green
          target[count &+ 2] = slope[x &+ y]
          count &+= 3
        }
      }
    }
    return try image(width, height, pixels)
  }

  /// Hard to compress.
  static func noise(_ width: Int, _ height: Int, seed: UInt64 = 1) throws -> ColorImage {
    var random = SeededRandom(seed: seed)
    return try image(width, height, (0..<3 * width * height).map { _ in UInt8.random(in: 0...255, using: &random) })
  }

  static func image(_ width: Int, _ height: Int, _ pixels: [UInt8]) throws -> ColorImage {
    try #require(ColorImage(width: width, height: height, pixels: pixels))
  }
}

/// Deterministic pseudo-random numbers.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}

/// The largest difference between two rows of samples of the same length; 256 when the lengths differ.
func largestDifference(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Int {
  guard a.count == b.count else { return 256 }
  return zip(a, b).map { abs(Int($0) - Int($1)) }.max() ?? 0
}
