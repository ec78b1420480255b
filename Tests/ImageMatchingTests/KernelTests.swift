import CMatchingKernels
import Rasters
import Testing

@testable import ImageMatching

/// The kernels against their definitions, in widths with and without columns that fill no vector.
struct KernelTests {
  static let sides = [(7, 9), (31, 12), (32, 8), (33, 10), (63, 7), (65, 30), (100, 41)]

  static func plane(_ width: Int, _ height: Int, seed: UInt64) -> [Float] {
    var random = SplitMix(seed)
    return (0..<width * height).map { _ in Float(random.next() % 2048) / 8 }
  }

  @Test(arguments: sides, [1, 4, 5, 7, 10])
  func blurIsASumOfWeightedNeighbours(_ side: (Int, Int), radius: Int) {
    let (w, h) = side
    let source = Self.plane(w, h, seed: 3)
    let kernel = (0...radius).map { Float(radius + 1 - $0) / Float((radius + 1) * (radius + 1)) }
    var scratch = [Float](repeating: 0, count: w + 2 * radius)
    var (target, difference) = ([Float](repeating: -1, count: w * h), [Float](repeating: -1, count: w * h))
    matching_blur(source, w, h, kernel, radius, &scratch, &target, &difference)
    for y in 0..<h {
      for x in 0..<w {
        var sum: Double = 0
        for v in -radius...radius {
          for u in -radius...radius {
            let value = source[max(0, min(h - 1, y + v)) * w + max(0, min(w - 1, x + u))]
            sum += Double(kernel[abs(u)] * kernel[abs(v)] * value)
          }
        }
        #expect(abs(Double(target[y * w + x]) - sum) < 0.01, "at \(x), \(y)")
        #expect(difference[y * w + x] == target[y * w + x] - source[y * w + x])
      }
    }
  }

  @Test(arguments: sides, [Float(0), 200])
  func extremaAreNoLowerOrNoHigherThanAllNeighbours(_ side: (Int, Int), threshold: Float) {
    let (w, h) = side
    let levels = (0..<3).map { Self.plane(w, h, seed: UInt64($0)).map { $0 - 128 } }
    var expected: [SIMD2<Int>] = []
    for y in 1..<h - 1 {
      for x in 1..<w - 1 {
        let around = (0..<27).map { levels[$0 / 9][(y + $0 / 3 % 3 - 1) * w + x + $0 % 3 - 1] }
        let value = levels[1][y * w + x]
        if abs(value) > threshold / 2, value > 0 ? around.max() == value : around.min() == value {
          expected.append(SIMD2(x, y))
        }
      }
    }
    var scratch = [Float](repeating: 0, count: 2 * w)
    var found = [matching_pixel](repeating: matching_pixel(), count: w * h)
    let count = matching_extrema(
      levels[0], levels[1], levels[2], w, h, threshold / 2, 1, &scratch, &found, found.count)
    #expect(found.prefix(count).map { SIMD2(Int($0.x), Int($0.y)) } == expected)
    // What has no place is counted.
    #expect(matching_extrema(levels[0], levels[1], levels[2], w, h, threshold / 2, 1, &scratch, &found, 1) == count)
  }

  @Test(arguments: sides, [1, 8, 13, 32])
  func samplesOfALineLieBetweenTheirNeighbours(_ side: (Int, Int), count: Int) {
    let (w, h) = side
    let source = Self.plane(w, h, seed: 9)
    var values = [Float](repeating: -1, count: count)
    // From outside of the plane to outside of it.
    let (x, y): (Float, Float) = (-2.25, -1.5)
    let (dx, dy) = (Float(w + 4) / Float(count), Float(h + 3) / Float(count))
    matching_sample_line(source, w, h, x, y, dx, dy, count, &values)
    for i in 0..<count {
      let px = max(0, min(Float(w - 1), x + Float(i) * dx))
      let py = max(0, min(Float(h - 1), y + Float(i) * dy))
      let (left, top) = (min(w - 2, Int(px)), min(h - 2, Int(py)))
      let (a, b) = (px - Float(left), py - Float(top))
      func value(_ u: Int, _ v: Int) -> Float { source[(top + v) * w + left + u] }
      let expected = (1 - b) * ((1 - a) * value(0, 0) + a * value(1, 0)) + b * ((1 - a) * value(0, 1) + a * value(1, 1))
      #expect(abs(values[i] - expected) < 0.01, "sample \(i)")
    }
  }

  /// With and without vector code, for sets that fill no vector, fill some, and crowd one cell.
  @Test(arguments: [0, 1, 7, 8, 9, 200, 700], [Float(6), 28, 500])
  func neighboursAreTheSameWithVectorCode(count: Int, distance: Float) {
    var random = SplitMix(UInt64(count))
    func set(_ count: Int) -> FeatureSet {
      var set = FeatureSet(width: 200, height: 150)
      for i in 0..<count {
        set.x.append(i % 5 == 0 ? 50 : .random(in: -2...202, using: &random))
        set.y.append(i % 5 == 0 ? 50 : .random(in: -2...152, using: &random))
        set.angle.append(.random(in: 0..<1, using: &random))
        set.sigma.append(.random(in: 1...20, using: &random))
        set.signatures.append(random.next())
      }
      return set
    }
    let (query, stored) = (set(90), StoredGrid(set(count)))
    let doublings = query.sigma.map { Float(PortableMath.logarithm(Double($0))) }
    let map: [Float] = [0.9, -0.2, 7, 0.2, 0.9, -4]
    let tolerance = matching_tolerance(distance: distance, turn: 0.09, doubling: 0.8)
    let both = [matching_meet, matching_meet_portable].map { meet -> (met: Int, meetings: [[Int]]) in
      var meetings = [matching_meeting](repeating: matching_meeting(), count: query.count)
      let met = stored.withGrid { grid in
        query.withColumns(doublings: doublings) { features in
          withUnsafePointer(to: features) { features in
            withUnsafePointer(to: grid) { meet(map, 0.93, 0.1, features, $0, tolerance, 24, &meetings) }
          }
        }
      }
      return (met, meetings.map { [Int($0.nearest), Int($0.neighbours), Int($0.distance)] })
    }
    #expect(both[0].met == both[1].met && both[0].meetings == both[1].meetings)
    let neighbours = both[0].meetings.reduce(0) { $0 + $1[1] }
    #expect(count < 200 || distance < 28 || neighbours > 20)
  }
}
