import CMatchingKernels
import Rasters

/// A query aligned with a stored image: maps positions in the stored image to the query.
struct Laying {
  let alignment: Alignment
  let ground: Ground

  /// The pixels that a stored image is compared with.
  enum Ground {
    /// The working image of a query.
    case space(ScaleSpace)
    /// A stored image, whose working size is given.
    case miniature(Miniature, width: Double, height: Double)

    var size: (width: Double, height: Double) {
      switch self {
      case .space(let space): (Double(space.octaves.first?.width ?? 0), Double(space.octaves.first?.height ?? 0))
      case .miniature(_, let width, let height): (width, height)
      }
    }
  }

  private var width: Double { ground.size.width }
  private var height: Double { ground.size.height }

  /// Maps a position in the stored image to the query; `nil` outside of the query.
  func place(_ x: Double, _ y: Double) -> (x: Double, y: Double)? {
    let p = alignment.place(x, y)
    return p.x >= 0 && p.y >= 0 && p.x <= width && p.y <= height ? (p.x, p.y) : nil
  }

  /// The patch of the query at the position of a stored feature.
  struct Patch {
    /// Index of the stored feature.
    var feature: Int
    /// Hamming distance of the query's patch at that position.
    var distance: Int
    /// Scale in pixels of the query: below 1.6 the query's resolution is too low for the patch.
    var sigma: Double
    /// Mean gradient of the query's patch, in gray levels per sample.
    var strength: Float
    /// Cell of the ``AgreementMap`` of the upright query.
    var square: Int
  }

  /// Computes the query's descriptor at the position, direction and scale of each stored feature, whether or not the
  /// query has a keypoint there. So a place that looks different is distinguished from a keypoint that is missing by chance.
  ///
  /// - Parameter negative: Whether the stored image is compared with the query's negative.
  /// - Returns: `nil` when there are no pixels to compute descriptors from.
  func patches(_ stored: FeatureSet, negative: Bool) -> [Patch]? {
    guard case .space(let space) = ground else { return nil }
    let (width, height) = ground.size
    var all: [Patch] = []
    all.reserveCapacity(stored.count)
    var descriptor = [Float](repeating: 0, count: DescriptorProjection.length)
    for i in 0..<stored.count {
      guard let p = place(Double(stored.x[i]), Double(stored.y[i])) else { continue }
      let m = alignment.back.slope(Double(stored.x[i]), Double(stored.y[i]))
      let shrink = abs(m.xx * m.yy - m.xy * m.yx).squareRoot()
      let sigma = Double(stored.sigma[i])
      // A patch that the query's edge cuts off is no evidence.
      let reach = 3 * sigma * shrink
      guard p.x >= reach, p.y >= reach, p.x <= width - reach, p.y <= height - reach,
        let level = space.level(sigma: sigma * shrink)
      else { continue }
      let turn = PackedFrame.turn(stored.angle[i])
      let (c, s) = (Double(turn.x), Double(turn.y))
      let step = sigma * Double(FeatureExtractor.descriptorStep) / level.unit
      let xx = (m.xx * c + m.xy * s) * step
      let xy = (m.xy * c - m.xx * s) * step
      let yx = (m.yx * c + m.yy * s) * step
      let yy = (m.yy * c - m.yx * s) * step
      let axes = [Float(xx), Float(xy), Float(yx), Float(yy)]
      let strength = matching_patch_descriptor(
        level.values, level.octave.width, level.octave.height, Float((p.x - 0.5) / level.unit),
        Float((p.y - 0.5) / level.unit), axes, 1, &descriptor)
      let signature = DescriptorProjection.signature(descriptor) ^ (negative ? DescriptorProjection.opposing : 0)
      all.append(
        Patch(
          feature: i, distance: (signature ^ stored.signatures[i]).nonzeroBitCount, sigma: sigma * shrink,
          strength: strength, square: AgreementMap.square(p.x / width, p.y / height)))
    }
    return all
  }

  /// The positions in the query of a miniature's pixels, row by row; NaN outside of the query.
  func places(_ small: Miniature) -> [SIMD2<Double>] {
    let (sx, sy) = (alignment.width / Double(small.width), alignment.height / Double(small.height))
    var all: [SIMD2<Double>] = []
    all.reserveCapacity(small.width * small.height)
    for j in 0..<small.height {
      for i in 0..<small.width {
        let p = place((Double(i) + 0.5) * sx, (Double(j) + 0.5) * sy)
        all.append(p.map { SIMD2($0.x, $0.y) } ?? SIMD2(repeating: .nan))
      }
    }
    return all
  }

  /// The query resampled in the frame of a miniature; NaN outside of the query.
  ///
  /// - Parameters:
  ///   - places: The positions of its pixels in the query.
  ///   - pitch: Working pixels of the stored image per pixel of the miniature.
  func values(_ places: [SIMD2<Double>], pitch: Double) -> [Float] {
    switch ground {
    case .space(let space):
      // A box filter of side s has the standard deviation 0.29 s.
      guard let level = space.level(sigma: 0.4 * pitch * alignment.shrink) else { return [] }
      let source = UnsafeBufferPointer(start: level.values, count: level.octave.width * level.octave.height)
      return Self.sampled(places, source, level.octave.width, level.octave.height) {
        (Float(($0.x - 0.5) / level.unit), Float(($0.y - 0.5) / level.unit))
      }
    case .miniature(let other, let width, let height):
      let (ux, uy) = (width / Double(other.width), height / Double(other.height))
      return other.pixels.map { Float($0) }.withUnsafeBufferPointer { source in
        Self.sampled(places, source, other.width, other.height) {
          (Float($0.x / ux - 0.5), Float($0.y / uy - 0.5))
        }
      }
    }
  }

  /// Bilinear samples of a plane of `w` × `h`.
  private static func sampled(
    _ places: [SIMD2<Double>], _ source: UnsafeBufferPointer<Float>, _ w: Int, _ h: Int,
    at index: (SIMD2<Double>) -> (Float, Float)
  ) -> [Float] {
    guard w > 0, h > 0, source.count >= w * h else { return [Float](repeating: .nan, count: places.count) }
    return places.map { place in
      guard !place.x.isNaN else { return .nan }
      let at = index(place)
      let x = max(0, min(Float(w - 1), at.0))
      let y = max(0, min(Float(h - 1), at.1))
      let (left, top) = (Int(x), Int(y))
      let (right, down) = (min(w - 1, left + 1), min(h - 1, top + 1))
      let (fx, fy) = (x - Float(left), y - Float(top))
      let upper = source[top * w + left] * (1 - fx) + source[top * w + right] * fx
      let lower = source[down * w + left] * (1 - fx) + source[down * w + right] * fx
      return upper * (1 - fy) + lower * fy
    }
  }
}

extension QueryFeatures {
  /// The pixels that a stored image is compared with; `nil` when there are none.
  var ground: Laying.Ground? {
    if let space { return .space(space) }
    sent?.noteMissingPixels()
    return miniature.map { .miniature($0, width: Double(upright.width), height: Double(upright.height)) }
  }
}
