import ImageMatching

extension ColorImage {
  /// The image with its longer side at most `longestSide` pixels, by exact area averages; itself when it is small enough.
  func shrunk(longestSide: Int) -> ColorImage {
    guard longestSide > 0, max(width, height) > longestSide else { return self }
    let size = Resampler.size(width: width, height: height, longest: longestSide)
    let columns = AreaWeights(from: width, to: size.width)
    let rows = AreaWeights(from: height, to: size.height)
    let targetWidth = 3 * size.width
    var result = [UInt8](repeating: 0, count: targetWidth * size.height)
    var line = [Float](repeating: 0, count: 3 * width)
    pixels.withUnsafeBufferPointer { source in
      result.withUnsafeMutableBufferPointer { target in
        line.withUnsafeMutableBufferPointer { line in
          for y in 0..<size.height {
            for i in line.indices { line[i] = 0 }
            for (k, weight) in rows.of(y) {
              let start = k * 3 * width
              for i in line.indices { line[i] += weight * Float(source[start + i]) }
            }
            for x in 0..<size.width {
              var sum = SIMD3<Float>(repeating: 0.5)
              for (k, weight) in columns.of(x) {
                sum += weight * SIMD3(line[3 * k], line[3 * k + 1], line[3 * k + 2])
              }
              let at = y * targetWidth + 3 * x
              for channel in 0..<3 { target[at + channel] = UInt8(max(0, min(255, sum[channel]))) }
            }
          }
        }
      }
    }
    return ColorImage(width: size.width, height: size.height, pixels: result) ?? self
  }

  /// Which samples an output covers and by how much; the weights of each output add up to 1.
  private struct AreaWeights {
    private let starts: [Int]
    private let weights: [[Float]]

    init(from source: Int, to target: Int) {
      let scale = Double(source) / Double(target)
      var starts: [Int] = []
      var weights: [[Float]] = []
      for i in 0..<target {
        let low = Double(i) * scale
        let high = min(Double(source), Double(i + 1) * scale)
        let first = min(source - 1, Int(low))
        let last = max(first, min(source - 1, Int(high.rounded(.up)) - 1))
        starts.append(first)
        weights.append((first...last).map { Float((min(high, Double($0 + 1)) - max(low, Double($0))) / scale) })
      }
      self.starts = starts
      self.weights = weights
    }

    func of(_ output: Int) -> some Sequence<(Int, Float)> {
      zip(starts[output]..., weights[output])
    }
  }
}
