/// Place, direction and size of a stored feature in 32 bits: x 10, y 10, direction 7, size 5.
package struct PackedFrame: Sendable, Hashable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Steps of x and y in a working pixel.
  private static let steps: Float = 1024 / Float(FeatureExtractor.workingSide)
  /// Steps of the size in a doubling; 32 of them reach from 1.6 to 64 pixels.
  private static let sizeSteps: Float = 6

  init(x: Float, y: Float, angle: Float, sigma: Float) {
    let px = Self.limited(x * Self.steps, 1023)
    let py = Self.limited(y * Self.steps, 1023)
    let turn = UInt32(Self.limited(angle * 128, 128)) & 127
    let size = Self.limited(Self.doublings(sigma) * Self.sizeSteps, 31)
    rawValue = UInt32(px) | UInt32(py) << 10 | turn << 20 | UInt32(size) << 27
  }

  /// Position in working pixels.
  var x: Float { Float(rawValue & 1023) / Self.steps }
  var y: Float { Float(rawValue >> 10 & 1023) / Self.steps }
  /// Direction as a share of a turn.
  var angle: Float { Float(rawValue >> 20 & 127) / 128 }
  /// Standard deviation in working pixels.
  var sigma: Float { Self.sigmas[Int(rawValue >> 27)] }

  /// Direction in 16 and size in 16 steps (thirds of a doubling): what a posting carries.
  package var coarse: UInt8 { UInt8(rawValue >> 23 & 15) << 4 | UInt8(rawValue >> 28 & 15) }

  /// The same for a feature of a query.
  static func coarse(angle: Float, sigma: Float) -> UInt8 { PackedFrame(x: 0, y: 0, angle: angle, sigma: sigma).coarse }

  /// log2 of the size over the smallest.
  static func doublings(_ sigma: Float) -> Float {
    Float(PortableMath.logarithm(Double(sigma) / ScaleSpace.firstSigma) / 0.6931471805599453)
  }

  /// Cosine and sine of a stored direction.
  static func turn(_ angle: Float) -> SIMD2<Float> { turns[Int(angle * 128) & 127] }

  private static let turns = (0..<128).map { k in
    let a = Double(k) / 128 * 2 * PortableMath.pi
    return SIMD2(Float(PortableMath.cosine(a)), Float(PortableMath.sine(a)))
  }

  private static let sigmas = (0..<32).map {
    Float(ScaleSpace.firstSigma * PortableMath.exponential(Double($0) / Double(sizeSteps) * 0.6931471805599453))
  }

  private static func limited(_ value: Float, _ most: Float) -> Float {
    value.isFinite ? max(0, min(most, value.rounded())) : 0
  }
}
