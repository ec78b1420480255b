#if LocalIndex
  import PictureCodecs
  import PictureMatching

  /// A picture that is drawn from a seed: shapes of many sizes on a gradient, with detail everywhere as photographs have.
  struct Drawing {
    private struct Shape {
      var x: Double
      var y: Double
      var width: Double
      var height: Double
      var slant: Double
      var isRound: Bool
      var color: (Int, Int, Int)
    }

    private var shapes: [Shape] = []
    private let ground: ((Int, Int, Int), (Int, Int, Int))

    init(seed: UInt64) {
      var random = SplitMix(state: seed &* 0xD134_2543_DE82_EF95 &+ 0x1234_5678)
      func color() -> (Int, Int, Int) { (Int(random.next() & 255), Int(random.next() & 255), Int(random.next() & 255)) }
      ground = (color(), color())
      for i in 0..<140 {
        let size = i < 12 ? 0.3 : i < 50 ? 0.12 : 0.04
        shapes.append(
          Shape(
            x: random.unit(), y: random.unit(), width: size * (0.3 + random.unit()),
            height: size * (0.3 + random.unit()), slant: random.unit() * 2 - 1, isRound: random.unit() < 0.5,
            color: color()))
      }
    }

    /// Painted shape by shape: tests run without optimization.
    func drawn(_ width: Int = 240, _ height: Int = 180) -> ColorPicture {
      var pixels = [UInt8](repeating: 0, count: 3 * width * height)
      pixels.withUnsafeMutableBufferPointer { pixels in
        for y in 0..<height {
          for x in 0..<width {
            let t = (x * 128 / width) + (y * 128 / height)
            let at = 3 * (y * width + x)
            pixels[at] = UInt8((ground.0.0 * (256 - t) + ground.1.0 * t) >> 8)
            pixels[at + 1] = UInt8((ground.0.1 * (256 - t) + ground.1.1 * t) >> 8)
            pixels[at + 2] = UInt8((ground.0.2 * (256 - t) + ground.1.2 * t) >> 8)
          }
        }
        for shape in shapes {
          let top = Int((shape.y - shape.height / 2) * Double(height))
          let bottom = Int((shape.y + shape.height / 2) * Double(height))
          for y in max(0, top)..<max(0, top, min(height, bottom)) {
            let v = ((Double(y) + 0.5) / Double(height) - shape.y) / shape.height
            let half = shape.isRound ? max(0, 0.25 - v * v).squareRoot() : 0.5
            let middle = shape.x + shape.slant * v * shape.height / 2
            let left = max(0, Int((middle - half * shape.width) * Double(width)))
            let right = min(width, Int((middle + half * shape.width) * Double(width)))
            var x = left
            while x < right {
              let at = 3 * (y * width + x)
              pixels[at] = UInt8(shape.color.0)
              pixels[at + 1] = UInt8(shape.color.1)
              pixels[at + 2] = UInt8(shape.color.2)
              x += 1
            }
          }
        }
      }
      guard let picture = ColorPicture(width: width, height: height, pixels: pixels) else {
        preconditionFailure("there are three bytes a pixel")
      }
      return picture
    }

    /// A picture of one colour.
    static func flat() throws -> [UInt8] {
      guard let picture = ColorPicture(width: 60, height: 50, pixels: [UInt8](repeating: 128, count: 9000)) else {
        preconditionFailure("there are three bytes a pixel")
      }
      return try PictureEncoder.png(picture)
    }

    func jpeg(_ width: Int = 240, _ height: Int = 180, quality: Int = 85) throws -> [UInt8] {
      try PictureEncoder.jpeg(drawn(width, height), quality: quality)
    }
  }

  /// Steele, Lea and Flood's generator: the same numbers everywhere.
  struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }

    /// 0..<1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
  }
#endif
