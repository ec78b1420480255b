import CMatchingKernels
import Rasters

/// Extracts features from images.
package enum FeatureExtractor {
  /// Minimum length of an image's shorter side in pixels.
  package static let leastSide = 24
  /// Longest side of the working image in pixels.
  package static let workingSide = 512
  /// Maximum number of features stored for an image.
  package static let indexCount = 256
  /// Maximum number of keypoints of a query.
  package static let queryCount = 640
  /// An image with fewer features than this and no global detail cannot be matched.
  private static let leastFeatures = 8

  /// Samples of an orientation histogram, in standard deviations of the keypoint.
  private static let orientationStep: Float = 0.42
  /// Samples of a descriptor: 16 of them span 12 standard deviations, as in SIFT.
  static let descriptorStep: Float = 0.75
  /// A second direction is used if its peak reaches this fraction of the highest.
  private static let secondPeak: Float = 0.8

  /// Maximum memory of extracting features from a working image of that size, in bytes: scale space, planes, features.
  static func workingBytes(_ size: (width: Int, height: Int)) -> Int {
    (2 << 20) + 96 * min(size.width, 1 << 16) * min(size.height, 1 << 16)
  }

  /// An image scaled to working size.
  struct Working {
    let plane: Plane
    let trim: PixelRect
    let spectrum: GlobalSpectrum
  }

  /// - Parameter size: Size of the working image.
  /// - Throws: ``MatchingError/tooSmall(width:height:)``.
  static func prepare(_ image: GrayImage, size: (width: Int, height: Int)) throws -> Working {
    guard min(image.width, image.height) >= leastSide, min(size.width, size.height) >= ScaleSpace.leastSide,
      let plane = Resampler.scale(image, width: size.width, height: size.height)
    else { throw MatchingError.tooSmall(width: image.width, height: image.height) }
    let trim = BorderTrim.area(of: plane)
    guard let spectrum = GlobalSpectrum(of: plane, area: trim) else {
      throw MatchingError.tooSmall(width: image.width, height: image.height)
    }
    return Working(plane: plane, trim: trim, spectrum: spectrum)
  }

  /// Whether an image has enough detail to be matched.
  static func hasEnoughDetail(_ spectrum: GlobalSpectrum, features: Int) -> Bool {
    spectrum.detail >= GlobalSpectrum.leastDetail || features >= 4 * leastFeatures
  }

  /// Computes the features of the selected keypoints of a working image.
  ///
  /// - Parameters:
  ///   - count: Maximum number of keypoints.
  ///   - forQuery: Also computes second directions, key margins, and the mirrored features.
  /// - Returns: The features, those of the mirrored image (empty unless for a query), and the scale space.
  static func features(
    of plane: Plane, count: Int, forQuery: Bool
  ) -> (upright: FeatureSet, mirrored: FeatureSet, space: ScaleSpace?) {
    let width = Float(plane.width)
    var upright = FeatureSet(width: width, height: Float(plane.height))
    var mirrored = upright
    var reversed = [Float](repeating: 0, count: DescriptorProjection.length)
    let space = describe(plane, count: count, directions: forQuery ? 2 : 1) { k, angle, descriptor in
      upright.append(x: k.x + 0.5, y: k.y + 0.5, angle: angle, sigma: k.sigma, descriptor, margins: forQuery)
      guard forQuery else { return }
      mirror(descriptor, into: &reversed)
      // Mirroring left to right maps a direction φ to half a turn minus φ.
      let other = angle <= 0.5 ? 0.5 - angle : 1.5 - angle
      mirrored.append(x: width - 0.5 - k.x, y: k.y + 0.5, angle: other, sigma: k.sigma, reversed, margins: true)
    }
    return (upright, mirrored, space)
  }

  /// Calls `body` with every selected keypoint, each of its directions (in turns), and its descriptor.
  ///
  /// - Returns: The scale space.
  @discardableResult
  static func describe(
    _ plane: Plane, count: Int, directions most: Int, _ body: (Keypoint, Float, [Float]) -> Void
  ) -> ScaleSpace? {
    guard let space = ScaleSpace(plane) else { return nil }
    let chosen = KeypointSelection.choose(
      KeypointDetector.keypoints(in: space), count: count, width: plane.width, height: plane.height)
    var descriptor = [Float](repeating: 0, count: DescriptorProjection.length)
    for k in chosen {
      guard let values = space.plane(k.octave, k.level) else { continue }
      let o = space.octaves[k.octave]
      let unit = Float(1 << k.octave)
      let (x, y, sigma) = (k.x / unit, k.y / unit, k.sigma / unit)
      for angle in directions(values, o, x: x, y: y, sigma: sigma, most: most) {
        let turn = Double(angle) * 2 * PortableMath.pi
        matching_descriptor(
          values, o.width, o.height, x, y, Float(PortableMath.cosine(turn)), Float(PortableMath.sine(turn)),
          descriptorStep * sigma, &descriptor)
        body(k, angle, descriptor)
      }
    }
    space.dropDifferences()
    return space
  }

  /// The highest peaks of the histogram of gradient directions, in turns.
  private static func directions(
    _ plane: UnsafePointer<Float>, _ o: ScaleSpace.Octave, x: Float, y: Float, sigma: Float, most: Int
  ) -> [Float] {
    let bins = Int(matching_orientation_bins)
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: bins) { histogram in
      guard let base = histogram.baseAddress else { return [] }
      matching_orientations(plane, o.width, o.height, x, y, orientationStep * sigma, base)
      let highest = histogram.max() ?? 0
      guard highest > 0 else { return [0] }
      var peaks: [(height: Float, angle: Float)] = []
      for i in 0..<bins {
        let here = histogram[i]
        let before = histogram[(i + bins - 1) % bins]
        let after = histogram[(i + 1) % bins]
        guard here > before, here >= after, here >= secondPeak * highest else { continue }
        let bend = before - 2 * here + after
        let shift = bend < 0 ? (before - after) / (2 * bend) : 0
        var angle = (Float(i) + shift) / Float(bins)
        if angle < 0 { angle += 1 }
        if angle >= 1 { angle -= 1 }
        peaks.append((here, angle))
      }
      if peaks.isEmpty { return [0] }
      peaks.sort { ($1.height, $0.angle) < ($0.height, $1.angle) }
      return peaks.prefix(most).map(\.angle)
    }
  }

  /// The descriptor of the mirrored patch: rows of cells in reverse order, directions negated.
  static func mirror(_ descriptor: [Float], into result: inout [Float]) {
    for row in 0..<4 {
      for column in 0..<4 {
        for direction in 0..<8 {
          result[((3 - row) * 4 + column) * 8 + (8 - direction) % 8] = descriptor[(row * 4 + column) * 8 + direction]
        }
      }
    }
  }
}

extension FeatureSet {
  /// Adds a feature with the signature of a descriptor.
  mutating func append(x: Float, y: Float, angle: Float, sigma: Float, _ descriptor: [Float], margins: Bool) {
    self.x.append(x)
    self.y.append(y)
    self.angle.append(angle)
    self.sigma.append(sigma)
    let bits = DescriptorProjection.bits
    withUnsafeTemporaryAllocation(of: Float.self, capacity: bits) { projected in
      guard let base = projected.baseAddress else { return }
      DescriptorProjection.project(descriptor, into: base)
      var signature: UInt64 = 0
      for k in 0..<bits {
        signature = signature << 1 | (projected[k] > DescriptorProjection.medians[k] ? 1 : 0)
      }
      signatures.append(signature)
      if margins {
        for k in 0..<Self.keyBits {
          keyMargins.append(abs(projected[k] - DescriptorProjection.medians[k]) * DescriptorProjection.certainty[k])
        }
      }
    }
  }
}
