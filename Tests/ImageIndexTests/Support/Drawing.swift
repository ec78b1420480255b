#if LocalIndex
  import ImageCodecs
  import ImageMatching
  import Rasters

  /// An image drawn from a seed: smooth noise at several scales, so that all places look different, as in photographs
  /// and unlike in drawings of shapes.
  struct Drawing {
    /// Random heights on square grids of increasing resolution; a cell of a grid is 1 / cells of the image.
    private let grids: [(cells: Int, heights: [Int])]
    private let colors: [(Int, Int, Int)]

    init(seed: UInt64) {
      var random = SplitMix(state: seed &* 0xD134_2543_DE82_EF95 &+ 0x1234_5678)
      grids = [3, 7, 15, 31, 63].map { cells in
        (cells, (0..<(cells + 1) * (cells + 1)).map { _ in Int(random.next() & 255) })
      }
      colors = (0..<4).map { _ in (Int(random.next() & 255), Int(random.next() & 255), Int(random.next() & 255)) }
    }

    /// Integer arithmetic only: tests run without optimization.
    func drawn(_ width: Int = 240, _ height: Int = 180) -> ColorImage {
      var heights = [Int](repeating: 0, count: width * height)
      heights.withUnsafeMutableBufferPointer { heights in
        for (k, grid) in grids.enumerated() {
          let (cells, row) = (grid.cells, grid.cells + 1)
          let weight = [5, 4, 3, 2, 2][k]
          grid.heights.withUnsafeBufferPointer { corners in
            for y in 0..<height {
              let v = (2 * y + 1) * cells * 128 / height
              let (gy, fy) = (v >> 8, v & 255)
              for x in 0..<width {
                let u = (2 * x + 1) * cells * 128 / width
                let at = gy &* row &+ u >> 8
                let fx = u & 255
                let top = corners[at] &* (256 &- fx) &+ corners[at &+ 1] &* fx
                let low = corners[at &+ row] &* (256 &- fx) &+ corners[at &+ row &+ 1] &* fx
                heights[y &* width &+ x] &+= weight &* ((top &* (256 &- fy) &+ low &* fy) >> 16)
              }
            }
          }
        }
      }
      var pixels = [UInt8](repeating: 0, count: 3 * width * height)
      pixels.withUnsafeMutableBufferPointer { pixels in
        for i in 0..<heights.count {
          // 0...4080 in three steps between four colours, with contrast around the middle.
          let level = max(0, min(767, (heights[i] - 1000) * 768 / 2080))
          let (step, t) = (level >> 8, level & 255)
          let (a, b) = (colors[step], colors[step + 1])
          pixels[3 * i] = UInt8((a.0 * (256 - t) + b.0 * t) >> 8)
          pixels[3 * i + 1] = UInt8((a.1 * (256 - t) + b.1 * t) >> 8)
          pixels[3 * i + 2] = UInt8((a.2 * (256 - t) + b.2 * t) >> 8)
        }
      }
      guard let image = ColorImage(width: width, height: height, pixels: pixels) else {
        preconditionFailure("there are three bytes a pixel")
      }
      return image
    }

    /// An image of one colour.
    static func flat() throws -> [UInt8] {
      guard let image = ColorImage(width: 60, height: 50, pixels: [UInt8](repeating: 128, count: 9000)) else {
        preconditionFailure("there are three bytes a pixel")
      }
      return try ImageEncoder.png(image)
    }

    func jpeg(_ width: Int = 240, _ height: Int = 180, quality: Int = 85) throws -> [UInt8] {
      try ImageEncoder.jpeg(drawn(width, height), quality: quality)
    }
  }

  /// The SplitMix64 generator by Steele, Lea and Flood: the same numbers everywhere.
  struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }
#endif
