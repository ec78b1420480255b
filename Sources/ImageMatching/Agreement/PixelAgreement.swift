import Rasters

/// Comparison of a miniature with the aligned query, window by window.
///
/// Windows of 5 × 5 pixels with structure are compared by their correlation, which brightness and contrast do not affect. Where the two
/// disagree, the stronger structure is determined: what covers a copy is stronger than what it covers, in one of the two images only; two
/// different images each have structure of their own.
struct PixelAgreement {
  /// Fraction of the structure in the overlap that agrees, 0...1.
  private(set) var agrees = 0.0
  /// Fractions of the structure that disagrees and is clearly stronger in the query, in the stored image, or in neither.
  private(set) var queryOver = 0.0
  private(set) var storedOver = 0.0
  private(set) var balanced = 0.0
  /// Fractions of the area that agree, differ, or are featureless in both.
  private(set) var areaAgrees = 0.0
  private(set) var areaDiffers = 0.0
  private(set) var areaEmpty = 1.0
  /// Fraction of the area where something else is in the place of one large piece, see ``Replacement``.
  private(set) var areaReplaced = 0.0
  /// Mean difference in gray levels after brightness and contrast were equalized.
  private(set) var grayDifference = 0.0
  /// Ratio of the query's contrast to that of the stored image, and by how many gray levels the query is brighter.
  private(set) var contrast = 1.0
  private(set) var brighter = 0.0

  /// Pixels from the centre of a window to its edge.
  private static let reach = 2
  /// Minimum number of a window's pixels inside the overlap.
  private static let leastPixels = 16.0
  /// Standard deviation in gray levels from which a window has structure …
  private static let structure = 4.0
  /// … and above which its weight does not increase.
  private static let mostStructure = 25.0

  /// Whether the images share only what surrounds their content. None of 4 700 copies is, of unrelated photographs in one
  /// frame, under one banner or caption two of three are (docs/benchmarks.md).
  var hasOtherContent: Bool { areaReplaced > Self.mostReplaced && areaDiffers > areaAgrees }
  private static let mostReplaced = 0.65

  /// - Parameter query: The query in the frame of the miniature, NaN outside of the query.
  init(_ query: [Float], _ stored: Miniature) {
    var places = AgreementMap()
    self.init(query, stored, squares: [], into: &places)
  }

  /// - Parameters:
  ///   - squares: For each pixel its cell in `places`, which receives the agreement where both images have structure.
  init(_ query: [Float], _ stored: Miniature, squares: [Int], into places: inout AgreementMap) {
    let (width, height) = (stored.width, stored.height)
    guard query.count == width * height else { return }
    var sums = WindowSums(width: width, height: height, reach: Self.reach)
    var n = 0.0
    var (q1, q2, s1, s2) = (0.0, 0.0, 0.0, 0.0)
    for i in query.indices where !query[i].isNaN {
      let (q, s) = (Double(query[i]), Double(stored.pixels[i]))
      n += 1
      q1 += q
      q2 += q * q
      s1 += s
      s2 += s * s
      sums.set(i, q, s)
    }
    guard n >= Self.leastPixels else { return }
    let queryDeviation = max(0, q2 / n - q1 / n * (q1 / n)).squareRoot()
    let storedDeviation = max(0, s2 / n - s1 / n * (s1 / n)).squareRoot()
    contrast = queryDeviation / max(1, storedDeviation)
    brighter = (q1 - s1) / n
    let ratio = max(0.05, min(1.5, contrast))
    for i in query.indices where !query[i].isNaN {
      let q = (Double(query[i]) - q1 / n) / max(0.05, contrast)
      grayDifference += abs(q - (Double(stored.pixels[i]) - s1 / n)) / n
    }
    var total = 0.0
    var windows = 0.0
    var (good, over, under, even) = (0.0, 0.0, 0.0, 0.0)
    var (agreeing, differing) = (0.0, 0.0)
    var replacement = Replacement(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width where !query[y * width + x].isNaN {
        let w = sums.window(x, y)
        guard w.n >= Self.leastPixels else { continue }
        windows += 1
        let q = max(0, w.qq / w.n - w.q / w.n * (w.q / w.n)).squareRoot()
        let s = max(0, w.ss / w.n - w.s / w.n * (w.s / w.n)).squareRoot()
        let scaled = q / ratio
        replacement.add(x, y, difference: nil)
        guard scaled > Self.structure || s > Self.structure else { continue }
        let covariance = w.qs / w.n - w.q / w.n * (w.s / w.n)
        let correlation = max(-1, min(1, covariance / max(q * s, 0.3 * ratio)))
        let agreement = max(0, min(1, (correlation - 0.25) / 0.45))
        let weight = min(Self.mostStructure, max(scaled, s))
        let bad = weight * (1 - agreement)
        let queryOver = max(0, min(1, (scaled / max(s, 1) - 1.3) / 1.2))
        let storedOver = max(0, min(1, (s / max(scaled, 1) - 1.3) / 1.2))
        if squares.indices.contains(y * width + x) {
          places.add(
            squares[y * width + x], agrees: Float(agreement),
            weight: Float(min(Self.mostStructure, min(scaled, s)) / Self.mostStructure))
        }
        total += weight
        good += weight * agreement
        over += bad * queryOver
        under += bad * storedOver
        even += bad * (1 - queryOver - storedOver)
        agreeing += agreement
        differing += 1 - agreement
        if min(scaled, s) > Self.structure { replacement.add(x, y, difference: 1 - agreement) }
      }
    }
    if windows > 0 {
      areaAgrees = agreeing / windows
      areaDiffers = differing / windows
      areaEmpty = max(0, 1 - areaAgrees - areaDiffers)
      areaReplaced = replacement.share()
    }
    guard total > 0 else { return }
    agrees = good / total
    self.queryOver = over / total
    self.storedOver = under / total
    balanced = even / total
  }
}

extension PixelAgreement {
  typealias Number = any WritableKeyPath<PixelAgreement, Double> & Sendable

  /// All stored properties, in the order in which they are encoded.
  static let numbers: [Number] = [
    \.agrees, \.queryOver, \.storedOver, \.balanced, \.areaAgrees, \.areaDiffers, \.areaEmpty, \.areaReplaced,
    \.grayDifference, \.contrast, \.brighter,
  ]

  init(numbers: some Sequence<Double>) {
    for (path, number) in zip(Self.numbers, numbers) { self[keyPath: path] = number }
  }
}

/// Sums over square windows of two planes and their products, from an integral image (summed-area table).
private struct WindowSums {
  private let width: Int
  private let height: Int
  private let reach: Int
  private var cells: [SIMD8<Double>]
  private var summed = false

  init(width: Int, height: Int, reach: Int) {
    self.width = width
    self.height = height
    self.reach = reach
    cells = [SIMD8<Double>](repeating: SIMD8(), count: (width + 1) * (height + 1))
  }

  mutating func set(_ i: Int, _ q: Double, _ s: Double) {
    let (x, y) = (i % width, i / width)
    cells[(y + 1) * (width + 1) + x + 1] = SIMD8(1, q, s, q * q, s * s, q * s, 0, 0)
  }

  mutating func window(_ x: Int, _ y: Int) -> (n: Double, q: Double, s: Double, qq: Double, ss: Double, qs: Double) {
    if !summed { sumUp() }
    let (left, right) = (max(0, x - reach), min(width, x + reach + 1))
    let (top, bottom) = (max(0, y - reach), min(height, y + reach + 1))
    let row = width + 1
    let v =
      cells[bottom * row + right] - cells[top * row + right] - cells[bottom * row + left] + cells[top * row + left]
    return (v[0], v[1], v[2], v[3], v[4], v[5])
  }

  private mutating func sumUp() {
    let row = width + 1
    for y in 1...height {
      var line = SIMD8<Double>()
      for x in 1...width {
        line += cells[y * row + x]
        cells[y * row + x] = line + cells[(y - 1) * row + x]
      }
    }
    summed = true
  }
}
