import CMatchingKernels
import Rasters

/// The image at increasing blur, each octave at half the size of the one before (Lowe 2004, section 3).
///
/// One block of memory, about 8 MB for a working image of 512 × 512.
///
/// `@unchecked`: the block is written while keypoints are detected, octave by octave, and only read afterwards.
final class ScaleSpace: @unchecked Sendable {
  /// One octave: `levels` planes of the same size.
  struct Octave {
    let width: Int
    let height: Int
    /// Offset of the first plane in the block.
    let offset: Int
  }

  /// Number of levels per octave in which the blur doubles.
  static let scales = 3
  static let levels = scales + 3
  /// Blur of the first level in pixels of its octave.
  static let firstSigma = 1.6
  /// Assumed blur of the input image.
  static let ownSigma = 0.5
  /// Minimum length of an octave's shorter side in pixels.
  static let leastSide = 12

  let octaves: [Octave]
  private let block: UnsafeMutableBufferPointer<Float>
  private var differences: UnsafeMutableBufferPointer<Float>

  /// - Returns: `nil` when the plane is smaller than ``leastSide``.
  init?(_ plane: Plane) {
    guard min(plane.width, plane.height) >= Self.leastSide else { return nil }
    var octaves: [Octave] = []
    var w = plane.width
    var h = plane.height
    var total = 0
    while min(w, h) >= Self.leastSide {
      octaves.append(Octave(width: w, height: h, offset: total))
      total += w * h * Self.levels
      w = w / 2
      h = h / 2
    }
    self.octaves = octaves
    block = .allocate(capacity: total)
    differences = .allocate(capacity: plane.width * plane.height * (Self.levels - 1))
    blurFirst(plane)
  }

  deinit {
    block.deallocate()
    differences.deallocate()
  }

  /// A plane of the scale space; `octave` and `level` must exist.
  func plane(_ octave: Int, _ level: Int) -> UnsafeMutablePointer<Float>? {
    let o = octaves[octave]
    return block.baseAddress.map { $0 + o.offset + level * o.width * o.height }
  }

  /// The level whose blur is closest to `sigma`: its values, its octave, and the pixels of the image per pixel of the
  /// level.
  func level(sigma: Double) -> (values: UnsafeMutablePointer<Float>, octave: Octave, unit: Double)? {
    guard sigma.isFinite else { return nil }
    let steps = PortableMath.logarithm(max(0.1, sigma) / Self.firstSigma) / 0.6931471805599453 * Double(Self.scales)
    let nearest = max(0, Int(min(1e3, steps).rounded()))
    let octave = min(octaves.count - 1, max(0, nearest - 1) / Self.scales)
    let level = min(Self.levels - 1, nearest - octave * Self.scales)
    guard octave >= 0 else { return nil }
    return plane(octave, level).map { ($0, octaves[octave], Double(1 << octave)) }
  }

  /// Frees the differences, which only the keypoint detector needs.
  func dropDifferences() {
    differences.deallocate()
    differences = .init(start: nil, count: 0)
  }

  /// Computes the levels of one octave (after the octave before), and calls `body` with the differences between
  /// neighbouring levels.
  func withDifferences<R>(octave: Int, _ body: (UnsafePointer<Float>, Octave) -> R) -> R? {
    let o = octaves[octave]
    let size = o.width * o.height
    guard let first = plane(octave, 0), let differences = differences.baseAddress else { return nil }
    if octave > 0, let source = plane(octave - 1, Self.scales) {
      let wide = octaves[octave - 1].width
      for y in 0..<o.height {
        for x in 0..<o.width { first[y * o.width + x] = source[2 * y * wide + 2 * x] }
      }
    }
    var scratch = [Float](repeating: 0, count: o.width + 96)
    for level in 1..<Self.levels {
      let kernel = Self.kernels[level - 1]
      matching_blur(
        first + (level - 1) * size, o.width, o.height, kernel, kernel.count - 1, &scratch, first + level * size,
        differences + (level - 1) * size)
    }
    return body(differences, o)
  }

  private func blurFirst(_ plane: Plane) {
    let s = Self.firstSigma
    let kernel = Self.kernel(sigma: (s * s - Self.ownSigma * Self.ownSigma).squareRoot())
    var scratch = [Float](repeating: 0, count: plane.width + 96)
    matching_blur(
      plane.values, plane.width, plane.height, kernel, kernel.count - 1, &scratch, self.plane(0, 0), nil)
  }

  /// The kernels that blur level i to level i + 1.
  private static let kernels: [[Float]] = (1..<levels).map { level in
    let ratio = PortableMath.exponential(0.6931471805599453 / Double(scales))
    var sigma = firstSigma
    for _ in 1..<level { sigma *= ratio }
    return kernel(sigma: sigma * (ratio * ratio - 1).squareRoot())
  }

  /// The middle and one side of a Gaussian kernel that reaches three standard deviations.
  private static func kernel(sigma: Double) -> [Float] {
    let radius = Int((3 * sigma).rounded(.up))
    let weights = (0...radius).map { PortableMath.exponential(-Double($0 * $0) / (2 * sigma * sigma)) }
    let sum = 2 * weights.reduce(0, +) - weights[0]
    return weights.map { Float($0 / sum) }
  }
}
