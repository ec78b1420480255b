/// Local features of one image (or of its mirror image), in columns of equal length.
package struct FeatureSet: Sendable, Equatable {
  /// Size of the working image that positions refer to, in pixels.
  package let width: Float
  package let height: Float
  /// Position in working pixels, 0 at the left or upper edge of the first pixel.
  package internal(set) var x: [Float] = []
  package internal(set) var y: [Float] = []
  /// Direction in turns, 0..<1.
  package internal(set) var angle: [Float] = []
  /// Size: standard deviation in working pixels.
  package internal(set) var sigma: [Float] = []
  /// The descriptor's signature, 64 bits; the high ``keyBits`` bits are its cell key.
  package internal(set) var signatures: [UInt64] = []
  /// For a query: the margin of each of the ``keyBits`` bits, that is, its distance from flipping, highest bit first,
  /// `keyBits` values per feature. Empty for stored features.
  package internal(set) var keyMargins: [Float] = []

  /// Number of high bits of a signature that are its cell key.
  package static let keyBits = 24

  package var count: Int { signatures.count }

  init(width: Float, height: Float) {
    self.width = width
    self.height = height
  }

  /// The cell key of a signature.
  package static func key(of signature: UInt64) -> UInt32 { UInt32(signature >> UInt64(64 - keyBits)) }
}

/// Place, direction and size of a stored feature in 32 bits: x 10, y 10, direction 7, size 5.
package struct PackedFrame: Sendable, Hashable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Steps of x and y per working pixel.
  private static let steps: Float = 1024 / Float(FeatureExtractor.workingSide)
  /// Steps of the size per factor of two; 32 steps reach from 1.6 to 64 pixels.
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
  /// Direction in turns.
  var angle: Float { Float(rawValue >> 20 & 127) / 128 }
  /// Standard deviation in working pixels.
  var sigma: Float { Self.sigmas[Int(rawValue >> 27)] }

  /// Direction in 16 steps and size in 16 steps (of 2^⅓), as stored in a posting.
  package var coarse: UInt8 { UInt8(rawValue >> 23 & 15) << 4 | UInt8(rawValue >> 28 & 15) }

  /// The same for a feature of a query.
  static func coarse(angle: Float, sigma: Float) -> UInt8 { PackedFrame(x: 0, y: 0, angle: angle, sigma: sigma).coarse }

  /// log2 of the ratio of a size to the smallest one.
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

/// Features of the mirror image and of the negative, by flipping bits.
extension FeatureSet {
  /// The features of the image mirrored left to right.
  var mirrored: FeatureSet {
    var other = self
    other.x = x.map { width - $0 }
    other.angle = angle.map { $0 <= 0.5 ? 0.5 - $0 : 1.5 - $0 }
    other.signatures = signatures.map { $0 ^ DescriptorProjection.mirroring }
    return other
  }

  /// The features of the image's negative.
  var negative: FeatureSet {
    var other = self
    other.angle = angle.map { $0 < 0.5 ? $0 + 0.5 : $0 - 0.5 }
    other.signatures = signatures.map { $0 ^ DescriptorProjection.inverting }
    return other
  }
}

extension GlobalCode {
  /// The code of the negative.
  var negative: GlobalCode { GlobalCode(words: SIMD4(~words[0], ~words[1], ~words[2], ~words[3])) }
}
